package io.llmgateway.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What both listeners answer when something is wrong: the right status, readable, and an end that is said. */
@Tag("attack")
class HttpAnswersAttackTest {
    private static final Duration QUIET = Duration.ofSeconds(6);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(3);
    private static final String ADMIN_KEY = "operator-key-0123456789abcdef";
    private static final int MIB = 1024 * 1024;

    @TempDir
    private static Path folder;

    private static ScriptedUpstream upstream;
    private static Victim victim;

    @BeforeAll
    static void start() throws IOException {
        upstream = ScriptedUpstream.start(ProviderAnswers::serve);
        victim = Victim.start(folder, "128m", """
                server: {port: 0, max-body: 64KiB, max-headers: 40, header-timeout: 2s, body-timeout: 2s}
                admin: {port: 0, key: "%s"}
                providers: {openai: {type: openai, instances: [{name: o, base-url: "%s/v1"}]}}
                routing: {default-provider: openai}
                """.formatted(ADMIN_KEY, upstream.url()));
    }

    @AfterAll
    static void stop() throws IOException {
        victim.close();
        upstream.close();
    }

    private static int port(String listener) {
        return listener.equals("admin") ? victim.adminPort() : victim.port();
    }

    private static String post(String key, String type, String more) {
        return "POST " + Victim.CHAT + " HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + key + "\r\nContent-Type: "
                + type + "\r\n" + more + "\r\n";
    }

    /** One answer with this status that says the end of the connection, and the end. */
    private static void refused(Exchange said, int... statuses) {
        SoftAssertions softly = new SoftAssertions();
        softly.assertThat(statuses).as("statuses for %s", said.text()).contains(said.status());
        softly.assertThat(said.answers()).as("answers").isEqualTo(1);
        softly.assertThat(said.field("connection")).as("Connection").isEqualTo("close");
        softly.assertThat(said.end()).as("the end").isEqualTo(Exchange.End.CLOSED);
        softly.assertAll();
    }

    /** One answer with this status; the connection ends if, and only if, that is said. */
    private static void answered(Exchange said, int status) {
        boolean closing = said.field("connection").equals("close");
        SoftAssertions softly = new SoftAssertions();
        softly.assertThat(said.status()).as("status of %s", said.text()).isEqualTo(status);
        softly.assertThat(said.answers()).as("answers").isEqualTo(1);
        softly.assertThat(said.end()).as("the end").isEqualTo(closing ? Exchange.End.CLOSED : Exchange.End.OPEN);
        softly.assertAll();
    }

    // --- HEAD, OPTIONS, methods

    @ParameterizedTest
    @CsvSource({
        "data, /health",
        "data, /ready",
        "data, /",
        "data, /v1/models",
        "data, /v1/models/x",
        "data, /nothing",
        "data, /v1/chat/completions",
        "admin, /metrics",
        "admin, /instances",
        "admin, /limits",
        "admin, /usage",
        "admin, /config/status",
        "admin, /explain",
        "admin, /",
        "admin, /nothing",
        "admin, /reload"
    })
    @Execution(ExecutionMode.CONCURRENT)
    void head_isLikeGet_withoutABody(String listener, String path) throws IOException {
        for (String key : List.of(Victim.KEY, ADMIN_KEY, "wrong")) {
            String fields =
                    " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + key + "\r\n\r\n";
            Exchange get = Exchange.talk(port(listener), "GET " + path + fields, QUIET);
            Exchange head = Exchange.talk(port(listener), "HEAD " + path + fields, QUIET);

            assertThat(head.body()).as("the body of HEAD with %s", key).isEmpty();
            assertThat(head.status())
                    .as("%s, where GET says %s", head.text(), get.text())
                    .isEqualTo(get.status());
            assertThat(head.field("content-type")).isEqualTo(get.field("content-type"));
            assertThat(head.end()).isEqualTo(Exchange.End.CLOSED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"data", "admin"})
    void head_onAConnectionThatLivesOn_leavesNothingBefore_theNextAnswer(String listener) throws IOException {
        String path = listener.equals("data") ? "/health" : "/metrics";
        String fields = " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + ADMIN_KEY + "\r\n";
        Exchange said = Exchange.talk(
                port(listener),
                "HEAD " + path + fields + "\r\nGET /nothing" + fields + "Connection: close\r\n\r\n",
                QUIET);

        assertThat(said.status()).isEqualTo(200);
        assertThat(said.body()).startsWith("HTTP/1.1 404 ");
        assertThat(said.answers()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "data, PUT, /v1/chat/completions, POST",
        "data, GET, /v1/chat/completions, POST",
        "data, DELETE, /v1/messages, POST",
        "data, PATCH, /v1/messages/count_tokens, POST",
        "data, POST, /v1/models, GET",
        "data, POST, /health, GET",
        "data, DELETE, /ready, GET",
        "data, TRACE, /health, GET",
        "data, BREW, /health, GET",
        "admin, POST, /metrics, GET",
        "admin, DELETE, /instances, GET",
        "admin, GET, /reload, POST",
        "admin, PUT, /drain, POST"
    })
    void otherMethod_isRefused_withTheOnesThatAreAllowed(String listener, String method, String path, String allowed)
            throws IOException {
        for (String key : List.of(Victim.KEY, ADMIN_KEY)) {
            Exchange said = Exchange.talk(
                    port(listener),
                    method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n"
                            + "Authorization: Bearer " + key + "\r\n\r\n",
                    QUIET);

            refused(said, 405, 401);
            if (said.status() == 405) {
                assertThat(said.field("allow").toUpperCase(Locale.ROOT)).contains(allowed);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"data, /v1/chat/completions", "data, *", "data, /health", "admin, /metrics", "admin, *"})
    void options_isAnsweredWithoutABodyOrRefused_andOpensNothingToOtherOrigins(String listener, String path)
            throws IOException {
        Exchange said = Exchange.talk(
                port(listener),
                "OPTIONS " + path + " HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n"
                        + "Access-Control-Request-Method: POST\r\nConnection: close\r\n\r\n",
                QUIET);

        assertThat(said.status()).as(said.text()).isIn(200, 204, 401, 403, 405, 421);
        assertThat(said.field("access-control-allow-origin")).isEmpty();
        assertThat(said.answers()).isEqualTo(1);
    }

    // --- refusals that are really sent

    @ParameterizedTest
    @CsvSource({"wrong-key, text/plain, 401", "wrong-key, application/json, 401", Victim.KEY + ", text/plain, 415"})
    void authentication_isLookedAt_beforeTheMediaType(String key, String type, int status) throws IOException {
        answered(Exchange.talk(victim.port(), post(key, type, "Content-Length: 5\r\n") + "hello", SOON), status);
    }

    @Test
    void headThatStalls_is408() throws IOException {
        refused(Exchange.talk(victim.port(), "GET /health HTTP/1.1\r\nHost: loc", QUIET), 408);
        refused(Exchange.talk(victim.port(), "GET /he", QUIET), 408);
        // the operators' listener has a timer of its own
        refused(Exchange.talk(victim.adminPort(), "GET /metrics HTTP/1.1\r\nHost: loc", LONG), 408);
    }

    @Test
    void bodyThatStalls_is408() throws IOException {
        String head = post(Victim.KEY, "application/json", "Content-Length: 1000\r\n");
        refused(Exchange.talk(victim.port(), head + "{\"model\"", QUIET), 408);
        refused(
                Exchange.talk(
                        victim.port(),
                        head.replace("Content-Length: 1000", "Transfer-Encoding: chunked") + "5\r\n{",
                        QUIET),
                408);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data", "admin"})
    @Execution(ExecutionMode.CONCURRENT)
    void longLines_areNamedRightly(String listener) throws IOException {
        String host = "Host: localhost\r\nAuthorization: Bearer " + ADMIN_KEY + "\r\n";
        refused(
                Exchange.talk(port(listener), "GET /" + "a".repeat(10_000) + " HTTP/1.1\r\n" + host + "\r\n", QUIET),
                414);
        refused(
                Exchange.talk(
                        port(listener),
                        "GET /health HTTP/1.1\r\n" + host + "X: " + "a".repeat(20_000) + "\r\n\r\n",
                        QUIET),
                431);
        refused(
                Exchange.talk(
                        port(listener), "GET /health HTTP/1.1\r\n" + host + "X: a\r\n".repeat(2_000) + "\r\n", QUIET),
                431);
        StringBuilder many = new StringBuilder(host);
        for (int i = 0; i < 200; i++) {
            many.append("x").append(i).append(": a\r\n");
        }
        refused(Exchange.talk(port(listener), "GET /health HTTP/1.1\r\n" + many + "\r\n", QUIET), 431);
    }

    @Test
    void bodyTooLarge_is413_howeverItIsSent() throws IOException {
        refused(
                Exchange.talk(victim.port(), post(Victim.KEY, "application/json", "Content-Length: 70000\r\n"), QUIET),
                413);
        String chunked = post(Victim.KEY, "application/json", "Transfer-Encoding: chunked\r\n");
        refused(Exchange.talk(victim.port(), chunked + "11170\r\n" + " ".repeat(70_000) + "\r\n0\r\n\r\n", QUIET), 413);
        refused(Exchange.talk(victim.port(), chunked + "1;a=b\r\n \r\n".repeat(70_000) + "0\r\n\r\n", QUIET), 413, 400);
    }

    /** A change that operators ask for needs no body: it is made before the body has come, or refused. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 70000", "Content-Length: 1000", "Transfer-Encoding: chunked"})
    void bodyForOperators_thatNeverComes_isNotWaitedForWithoutEnd(String framing) throws IOException {
        refused(
                Exchange.talk(
                        victim.adminPort(),
                        "POST /resume HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + ADMIN_KEY + "\r\n"
                                + framing + "\r\n\r\n1",
                        LONG),
                200,
                408,
                413);
    }

    /** As clients send it: the head, then the body as fast as it is taken, and only then they read. */
    @ParameterizedTest
    @CsvSource({
        "multipart/form-data; boundary=x, " + Victim.KEY + ", 100, 415",
        "text/plain, " + Victim.KEY + ", 2000000, 415",
        "application/json, " + Victim.KEY + ", 2000000, 413",
        "application/json, wrong, 2000000, 401",
        "application/json, wrong, 50000, 401"
    })
    void earlyAnswer_canBeRead_byAClientThatSendsFirst(String type, String key, int length, int status)
            throws Exception {
        for (int i = 0; i < 6; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), victim.port())) {
                socket.setTcpNoDelay(true);
                socket.getOutputStream()
                        .write(post(key, type, "Content-Length: " + length + "\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                byte[] part = new byte[Math.min(length, 10_000)];
                for (int sent = 0; sent < length; sent += part.length) {
                    socket.getOutputStream().write(part);
                }
                answered(Exchange.read(socket, SOON), status);
            }
        }
    }

    // --- the connection's end, and what is behind a message

    static final List<String> BEHIND = List.of(
            "",
            "Expect: 100-continue\r\n",
            "Connection: close\r\n",
            "Connection: close\r\nExpect: 100-continue\r\n",
            "Expect: other\r\n");

    @ParameterizedTest
    @CsvSource({
        "admin, POST, /reload, wrong",
        "admin, POST, /nothing, " + ADMIN_KEY,
        "admin, POST, /metrics, " + ADMIN_KEY,
        "admin, GET, /metrics, " + ADMIN_KEY,
        "admin, PUT, /drain, " + ADMIN_KEY,
        "data, POST, /nothing, " + Victim.KEY,
        "data, PUT, /v1/chat/completions, " + Victim.KEY,
        "data, POST, /v1/chat/completions, wrong"
    })
    @Execution(ExecutionMode.CONCURRENT)
    void nothingInABody_isReadAsARequest(String listener, String method, String path, String key) throws IOException {
        String inner = "GET /instances HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + ADMIN_KEY + "\r\n\r\n";
        for (String more : BEHIND) {
            for (boolean chunked : new boolean[] {false, true}) {
                String body = chunked ? Integer.toHexString(inner.length()) + "\r\n" + inner + "\r\n0\r\n\r\n" : inner;
                Exchange said = Exchange.talk(
                        port(listener),
                        method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + key + "\r\n"
                                + more
                                + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + inner.length())
                                + "\r\n\r\n" + body,
                        Duration.ofSeconds(2));

                assertThat(said.answers())
                        .as("%s %s: %s", more, chunked, said.text())
                        .isEqualTo(1);
                assertThat(said.end()).as("the end after %s", more).isNotEqualTo(Exchange.End.RESET);
                if (more.contains("close")) {
                    assertThat(said.field("connection"))
                            .as("Connection after %s", more)
                            .isEqualTo("close");
                    assertThat(said.end()).isEqualTo(Exchange.End.CLOSED);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"/nothing, 404", "/metrics, 405", "/reload, 401"})
    void adminRefusals_keepToConnectionClose(String path, int status) throws IOException {
        String key = status == 401 ? "wrong" : ADMIN_KEY;
        refused(
                Exchange.talk(
                        victim.adminPort(),
                        "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + key
                                + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                        QUIET),
                status);
    }

    @Test
    void largeRefusedBodies_leaveALineInTheLog() throws IOException {
        long before = victim.log().lines().filter(line -> line.contains("413")).count();
        try (RawClient client = RawClient.connect(victim.port())) {
            client.send(post(Victim.KEY, "application/json", "Transfer-Encoding: chunked\r\n"));
            byte[] chunk = ("4000\r\n" + " ".repeat(0x4000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            for (int sent = 0; sent < MIB; sent += chunk.length) {
                client.send(chunk);
            }
        } catch (IOException e) {
            // it does not take all of it
            assertThat(e).isNotNull();
        }
        Victim.await(Duration.ofSeconds(5), "no line about the 413", () -> {
            try {
                return victim.log().lines().filter(line -> line.contains("413")).count() > before;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }
}
