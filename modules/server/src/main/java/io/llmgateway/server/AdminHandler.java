package io.llmgateway.server;

import io.llmgateway.http.RequestHead;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.RequestId;
import io.llmgateway.model.Secret;
import io.llmgateway.pipeline.LastWords;
import io.llmgateway.server.AdminListener.Keys;
import io.llmgateway.server.AdminListener.Page;
import io.llmgateway.server.AdminListener.Reply;
import io.llmgateway.server.AdminListener.Route;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers operators: who may, on which path, from which page of a browser. Thread-safe. */
final class AdminHandler implements HttpHandler {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String BEARER = "Bearer ";
    private static final int NO_CONTENT = 204;
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int MISDIRECTED = 421;

    private final Supplier<Keys> keys;
    private final Map<String, Route> routes;

    AdminHandler(Supplier<Keys> keys, List<Route> routes) {
        this.keys = keys;
        this.routes = routes.stream().collect(Collectors.toUnmodifiableMap(Route::path, each -> each));
    }

    @Override
    public void handle(HttpRequest request, HttpAnswer answer) {
        Keys current = keys.get();
        if (request.head().count("authorization") > 1 || request.head().count("origin") > 1) {
            say(answer, BAD_REQUEST, "the request has more than one field 'Authorization' or 'Origin'");
            return;
        }
        if (!HostNames.admits(
                request.header("host"),
                request.header("origin"),
                !current.admin().isEmpty())) {
            say(
                    answer,
                    MISDIRECTED,
                    request.header("origin") == null
                            ? "the field Host has a name; without admin.key only an IP address or localhost is served"
                            : "the field Origin names a web page of another address; only its own are served");
            return;
        }
        Route route = routes.get(request.rawPath());
        if ("*".equals(request.rawPath()) && "OPTIONS".equals(request.method())) {
            allow(answer, "GET, HEAD, POST, OPTIONS");
        } else if (route == null) {
            say(answer, NOT_FOUND, "not found");
        } else {
            at(route, current, request, answer);
        }
    }

    private static void at(Route route, Keys current, HttpRequest request, HttpAnswer answer) {
        String allowed = route.change() ? "POST, OPTIONS" : "GET, HEAD, OPTIONS";
        String method = request.method();
        if ("OPTIONS".equals(method)) {
            allow(answer, allowed);
            return;
        }
        boolean taken = route.change() ? "POST".equals(method) : "GET".equals(method) || "HEAD".equals(method);
        if (!taken) {
            answer.header("allow", allowed);
            say(answer, METHOD_NOT_ALLOWED, "this path takes " + allowed);
            return;
        }
        if (route.open()) {
            send(route.page(), request, answer);
        } else {
            serve(current, route, request, answer);
        }
    }

    private static void allow(HttpAnswer answer, String methods) {
        answer.header("allow", methods);
        answer.whole(NO_CONTENT, "", new byte[0]);
    }

    private static void serve(Keys keys, Route route, HttpRequest request, HttpAnswer answer) {
        Secret presented = presented(request);
        boolean admin = !keys.admin().isEmpty() && keys.admin().equals(presented);
        boolean reader = admin || (!keys.read().isEmpty() && keys.read().equals(presented));
        if (!keys.admin().isEmpty() && !reader) {
            say(answer, UNAUTHORIZED, "the admin key is missing or wrong; send it as 'Authorization: Bearer KEY'");
        } else if (route.change() && keys.admin().isEmpty()) {
            say(answer, FORBIDDEN, "changes need a key: set admin.key in the configuration");
        } else if (route.change() && !admin) {
            say(answer, FORBIDDEN, "this key may look, but not change anything");
        } else {
            send(route.page(), request, answer);
        }
    }

    private static Secret presented(HttpRequest request) {
        String value = Objects.requireNonNullElse(request.header("authorization"), "");
        boolean bearer = value.regionMatches(true, 0, BEARER, 0, BEARER.length());
        return Secret.of(bearer ? value.substring(BEARER.length()).strip() : "");
    }

    private static void send(Page page, HttpRequest request, HttpAnswer answer) {
        Reply reply;
        try {
            reply = page.answer(query(request.rawQuery()));
        } catch (IllegalArgumentException e) {
            say(answer, BAD_REQUEST, String.valueOf(e.getMessage()));
            return;
        }
        answer.whole(reply.status(), reply.contentType(), reply.text().getBytes(StandardCharsets.UTF_8));
    }

    /** The parameters of a query; of a name that comes twice, the first. */
    private static Map<String, String> query(String raw) {
        Map<String, String> query = new HashMap<>();
        for (String each : raw.split("&", -1)) {
            int end = each.indexOf('=');
            String name = end < 0 ? each : each.substring(0, end);
            if (!name.isEmpty()) {
                query.putIfAbsent(decoded(name), end < 0 ? "" : decoded(each.substring(end + 1)));
            }
        }
        return query;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static void say(HttpAnswer answer, int status, String why) {
        answer.whole(status, TEXT, (why + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void refuse(GatewayError error, RequestHead head, HttpAnswer answer) {
        say(answer, error.ownStatus().orElseGet(() -> status(error.kind())), error.message());
    }

    private static int status(ErrorKind kind) {
        return switch (kind) {
            case REQUEST_TIMEOUT -> 408;
            case TOO_LARGE -> 413;
            case HEADERS_TOO_LARGE -> 431;
            case INTERNAL -> 500;
            default -> BAD_REQUEST;
        };
    }

    @Override
    public LastWords lastWords(GatewayError error, @Nullable String path, @Nullable RequestId id) {
        return new LastWords("", "", (error.message() + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean leaving() {
        return false;
    }
}
