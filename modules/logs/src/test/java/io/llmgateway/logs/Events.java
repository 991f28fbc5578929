package io.llmgateway.logs;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.RequestEvent;
import io.llmgateway.model.RequestEvent.Asked;
import io.llmgateway.model.RequestEvent.Attempted;
import io.llmgateway.model.RequestEvent.Bodies;
import io.llmgateway.model.RequestEvent.Caller;
import io.llmgateway.model.RequestEvent.Ending;
import io.llmgateway.model.RequestEvent.Served;
import io.llmgateway.model.RequestEvent.Times;
import io.llmgateway.model.RequestEvent.Tokens;
import io.llmgateway.model.RequestId;
import io.llmgateway.model.TraceContext;
import io.llmgateway.model.Usage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** Requests for the tests. */
final class Events {
    static final Instant AT = Instant.parse("2026-11-25T03:22:38.123456Z");
    private static final Served SERVED =
            new Served(new ProviderName("openai"), new InstanceName("openai-a"), "gpt-5-mini");

    private Events() {}

    /** A request that went well at the second attempt. */
    static RequestEvent served(String model, String session) {
        Served first = new Served(new ProviderName("openai"), new InstanceName("openai-b"), "gpt-5-mini");
        return new RequestEvent(
                new RequestId("req_1"),
                AT,
                new Caller(new KeyName("search-team"), "search", session, null),
                new Asked("chat_completions", Protocol.OPENAI_CHAT, model, true),
                SERVED,
                new Ending(null, null, 200),
                new Times(812_345_678L, 300_000_000L, 123_456L),
                new Tokens(new Usage(10, 2, 3, 40, 5), false, 1_234_500L),
                List.of(
                        new Attempted(
                                first, Protocol.OPENAI_CHAT, "h", 80, ErrorKind.UPSTREAM_SERVER, 0, 20_500_000L, 0),
                        new Attempted(SERVED, Protocol.OPENAI_CHAT, "h", 80, null, 21_000_000L, 790_000_000L, 0)),
                List.of("seed was left out"),
                TraceContext.parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", null)
                        .orElseThrow(),
                0,
                null);
    }

    /** A request that was refused before anything was known of it. */
    static RequestEvent refused(String message) {
        return new RequestEvent(
                new RequestId("req_2"),
                AT,
                new Caller(null, "", null, null),
                new Asked("messages", Protocol.ANTHROPIC_MESSAGES, null, false),
                null,
                new Ending(ErrorKind.AUTHENTICATION, message, 401),
                new Times(5_000, -1, 5_000),
                new Tokens(null, false, -1),
                List.of(),
                List.of(),
                null,
                0,
                null);
    }

    /** A request whose key wants bodies in the log. */
    static RequestEvent withBodies(String request, String answer) {
        RequestEvent event = served("fast", "s");
        byte[] said = request.getBytes(StandardCharsets.UTF_8);
        byte[] told = answer.getBytes(StandardCharsets.UTF_8);
        return new RequestEvent(
                event.id(),
                event.at(),
                event.caller(),
                event.asked(),
                event.served(),
                event.ending(),
                event.times(),
                event.tokens(),
                event.attempts(),
                event.warnings(),
                event.trace(),
                event.parent(),
                new Bodies(said, said.length, told, told.length + 1000L));
    }
}
