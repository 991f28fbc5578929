package io.llmgateway.simulator;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Answers one request as its script says. Confined to one request. */
final class Playback {
    private final Journal journal;
    private final Dialect dialect;
    private final SimulatedClient peer;
    private final ServerResponse response;
    private final SimulatedRequest ask;
    private final Script script;
    private final Reply reply;
    private final long number;

    Playback(
            Journal journal,
            Dialect dialect,
            SimulatedClient peer,
            ServerResponse response,
            SimulatedRequest ask,
            Script script) {
        this.journal = journal;
        this.dialect = dialect;
        this.peer = peer;
        this.response = response;
        this.ask = ask;
        this.script = script;
        this.reply = Reply.to(ask, script);
        this.number = journal.nextNumber();
    }

    void run() throws IOException {
        boolean complete = false;
        journal.opened();
        try {
            beforeHead();
            if (!refused()) {
                answer();
                if (!script.is("no-usage")) {
                    journal.produced(ask.inputTokens() + reply.cachedTokens(), reply.outputTokens());
                }
            }
            complete = true;
        } catch (UncheckedIOException | ServerConnectionException e) {
            throw new CloseConnectionException("the peer left", e);
        } finally {
            journal.ended(complete);
        }
        if (peer.spent()) {
            if (response instanceof RoutingResponse routed) {
                // only this writes the last chunk
                routed.commit();
            }
            throw new CloseConnectionException("the connection was watched, its next bytes are lost");
        }
    }

    private void beforeHead() {
        if (script.is("hang")) {
            peer.hang();
        }
        if (script.is("reset-before-head") || script.is("close-before-head")) {
            throw peer.cut();
        }
        peer.pause(script.duration("slow-whole-"));
        if (!ask.stream()) {
            peer.pause(script.duration("slow-first-token-"));
        }
    }

    /** Answers with an error when the script asks for one. */
    private boolean refused() {
        Script.Status status = script.status();
        if (status != null) {
            if (!status.retryAfter().isEmpty()) {
                response.header(HeaderNames.RETRY_AFTER, status.retryAfter());
            }
            error(status.code(), "", "simulated error " + status.code());
        } else if (script.is("quota")) {
            error(429, "insufficient_quota", "You exceeded your current quota, please check your plan.");
        } else if (script.is("context-length")) {
            error(
                    400,
                    "context_length",
                    "This model's maximum context length is 8192 tokens; the input token count"
                            + " exceeds the maximum; prompt is too long: 9000 tokens > 8192 maximum");
        } else if (script.is("content-filter")) {
            error(400, "content_filter", "Output blocked by content filtering policy");
        } else if (script.is("error-body-200")) {
            SimulatorHandler.json(response, 200, dialect.error(503, "", "simulated error in a success"));
        } else if (script.is("malformed-json")) {
            SimulatorHandler.json(response, 200, "{\"id\":\"x\",\"choices\":[");
        } else if (script.is("empty-body")) {
            SimulatorHandler.json(response, 200, "");
        } else {
            return false;
        }
        return true;
    }

    private void error(int status, String type, String message) {
        SimulatorHandler.json(response, status, dialect.error(status, type, message));
    }

    private void answer() throws IOException {
        if (ask.stream()) {
            stream();
        } else {
            SimulatorHandler.json(response, 200, dialect.whole(ask, reply, number, !script.is("no-usage")));
        }
    }

    private void stream() throws IOException {
        response.status(Status.OK_200);
        response.header(HeaderNames.CONTENT_TYPE, "text/event-stream");
        OutputStream out = response.outputStream();
        if (script.is("empty-stream")) {
            out.close();
            return;
        }
        if (script.is("headers-then-hang")) {
            write(out, ": \n\n");
            peer.hang();
        }
        if (script.is("error-event-first")) {
            write(out, dialect.errorEvent(503, "simulated overload"));
            out.close();
            return;
        }
        while (script.is("pings-only")) {
            write(out, dialect.ping());
            peer.pause(Duration.ofMillis(50));
        }
        play(out, dialect.events(ask, reply, number, script));
        out.close();
    }

    private void play(OutputStream out, List<String> events) throws IOException {
        int cut = script.number("cut-after-", "-events").orElse(Integer.MAX_VALUE);
        int end = script.number("eof-after-", "-events").orElse(Integer.MAX_VALUE);
        int failed = script.number("error-event-after-", "").orElse(Integer.MAX_VALUE);
        Script.Tokens tokens = script.tokens();
        boolean comments = script.is("keepalive-comments");
        for (int i = 0; i < events.size(); i++) {
            if (i == 1) {
                peer.pause(script.duration("slow-first-token-"));
            }
            if (i >= cut) {
                throw peer.cut();
            }
            if (i >= end || i >= failed) {
                if (i >= failed) {
                    write(out, dialect.errorEvent(503, "simulated overload"));
                }
                return;
            }
            if (comments) {
                write(out, ": keep-alive\n\n");
            }
            write(out, events.get(i));
            if (tokens != null && i > 0) {
                peer.pause(tokens.every());
            }
            if (i == 2 && script.is("one-token-then-hang")) {
                peer.hang();
            }
        }
    }

    private static void write(OutputStream out, String event) throws IOException {
        out.write(event.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
