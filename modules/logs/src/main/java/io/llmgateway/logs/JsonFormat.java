package io.llmgateway.logs;

import io.llmgateway.model.RequestEvent;
import io.llmgateway.model.RequestEvent.Attempted;
import io.llmgateway.model.RequestEvent.Bodies;
import io.llmgateway.model.RequestEvent.Served;
import io.llmgateway.model.RequestEvent.Tokens;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object per line. Every line has {@code time}, {@code level} and {@code type}; lines of one type have the
 * same keys in the same order, null where nothing is known, so that a table can be made of them. Confined to the
 * writer's thread.
 */
final class JsonFormat implements Format {
    private static final int LONGEST = 256;
    private static final int MICROS_OF_MILLI = 3;
    private static final int NANOS_OF_DOLLAR = 9;
    private static final long NANOS_PER_MICRO = 1_000;

    private final TimeText times = new TimeText();

    @Override
    public void append(OutBuffer out, Line line) {
        JsonOut json = new JsonOut(out).object();
        switch (line) {
            case Line.Request(RequestEvent event) -> request(json, event);
            case Line.Said said -> said(json, said);
        }
        json.endObject();
        out.write('\n');
    }

    private void said(JsonOut json, Line.Said said) {
        json.field("time", times.of(said.at()))
                .field("level", said.level().wire())
                .field("type", "app")
                .field("logger", said.logger())
                .field("message", Scrubber.clean(said.message()));
        if (said.trace() != null) {
            json.field("stack", Scrubber.clean(said.trace()));
        }
    }

    private void request(JsonOut json, RequestEvent event) {
        RequestEvent.Caller caller = event.caller();
        json.field("time", times.of(event.at()))
                .field("level", Severity.of(event.ending().kind()).wire())
                .field("type", "request")
                .field("request_id", event.id().value())
                .field("client_request_id", foreign(caller.clientRequestId()))
                .field("session", foreign(caller.session()))
                .field("trace_id", event.trace() == null ? null : event.trace().traceId())
                .field("key", caller.key() == null ? null : caller.key().value())
                .field("group", caller.group().isEmpty() ? null : caller.group())
                .field("endpoint", event.asked().endpoint())
                .field("model", foreign(event.asked().model()));
        Served served = event.served();
        json.field("model_served", served == null ? null : served.model())
                .field("provider", served == null ? null : served.provider().value())
                .field("instance", served == null ? null : served.instance().value())
                .field("stream", event.asked().stream())
                .field("status", event.ending().status())
                .field("outcome", event.ending().wire());
        json.name("duration_ms");
        millis(json, event.times().duration());
        json.name("first_token_ms");
        millis(json, event.times().firstToken());
        json.name("overhead_ms");
        millis(json, event.times().overhead());
        tokens(json, event.tokens());
        attempts(json, event);
        json.array("warnings");
        event.warnings().forEach(warning -> json.string(Scrubber.clean(warning)));
        json.endArray();
        String message = event.ending().message();
        if (message != null) {
            json.field("error", Scrubber.clean(message));
        }
        bodies(json, event.bodies());
    }

    private static void tokens(JsonOut json, Tokens tokens) {
        Usage usage = tokens.usage();
        amount(json, "input_tokens", usage == null ? -1 : usage.input());
        amount(json, "cache_read_tokens", usage == null ? -1 : usage.inputCacheRead());
        amount(json, "cache_write_tokens", usage == null ? -1 : usage.inputCacheWrite());
        amount(json, "output_tokens", usage == null ? -1 : usage.output());
        amount(json, "reasoning_tokens", usage == null ? -1 : usage.reasoning());
        json.field("estimated", tokens.estimated());
        json.name("cost");
        decimal(json, tokens.cost(), NANOS_OF_DOLLAR);
    }

    private static void attempts(JsonOut json, RequestEvent event) {
        json.array("attempts");
        for (Attempted attempt : event.attempts()) {
            json.object()
                    .field("instance", attempt.served().instance().value())
                    .field("model", attempt.served().model())
                    .field(
                            "outcome",
                            attempt.failure() == null ? "ok" : attempt.failure().wire())
                    .name("duration_ms");
            millis(json, attempt.duration());
            json.endObject();
        }
        json.endArray();
    }

    private static void bodies(JsonOut json, @Nullable Bodies bodies) {
        if (bodies != null) {
            json.field("request_body", text(bodies.request()))
                    .field("request_bytes", bodies.requestBytes())
                    .field("response_body", text(bodies.answer()))
                    .field("response_bytes", bodies.answerBytes());
        }
    }

    private static String text(byte[] body) {
        return Scrubber.clean(new String(body, StandardCharsets.UTF_8));
    }

    /** What a client sent, bounded. */
    private static @Nullable String foreign(@Nullable String text) {
        if (text == null) {
            return null;
        }
        return Scrubber.clean(text.length() > LONGEST ? text.substring(0, LONGEST) : text);
    }

    private static void amount(JsonOut json, String name, long value) {
        json.name(name);
        if (value < 0) {
            json.string(null);
        } else {
            json.number(value);
        }
    }

    private static void millis(JsonOut json, long nanos) {
        decimal(json, nanos < 0 ? -1 : nanos / NANOS_PER_MICRO, MICROS_OF_MILLI);
    }

    /** A number with so many decimals, null when it is negative. */
    private static void decimal(JsonOut json, long unscaled, int scale) {
        if (unscaled < 0) {
            json.string(null);
        } else {
            json.literal(
                    BigDecimal.valueOf(unscaled, scale).stripTrailingZeros().toPlainString());
        }
    }
}
