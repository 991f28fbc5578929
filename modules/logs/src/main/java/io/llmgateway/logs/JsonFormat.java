package io.llmgateway.logs;

import io.llmgateway.model.RequestEvent;
import io.llmgateway.model.RequestEvent.Attempted;
import io.llmgateway.model.RequestEvent.Bodies;
import io.llmgateway.model.RequestEvent.Served;
import io.llmgateway.model.RequestEvent.Tokens;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.FieldName;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
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

    private static final FieldName TIME = new FieldName("time");
    private static final FieldName LEVEL = new FieldName("level");
    private static final FieldName TYPE = new FieldName("type");
    private static final FieldName LOGGER = new FieldName("logger");
    private static final FieldName MESSAGE = new FieldName("message");
    private static final FieldName STACK = new FieldName("stack");
    private static final FieldName REQUEST_ID = new FieldName("request_id");
    private static final FieldName CLIENT_REQUEST_ID = new FieldName("client_request_id");
    private static final FieldName SESSION = new FieldName("session");
    private static final FieldName TRACE_ID = new FieldName("trace_id");
    private static final FieldName KEY = new FieldName("key");
    private static final FieldName GROUP = new FieldName("group");
    private static final FieldName ENDPOINT = new FieldName("endpoint");
    private static final FieldName MODEL = new FieldName("model");
    private static final FieldName MODEL_SERVED = new FieldName("model_served");
    private static final FieldName PROVIDER = new FieldName("provider");
    private static final FieldName INSTANCE = new FieldName("instance");
    private static final FieldName STREAM = new FieldName("stream");
    private static final FieldName STATUS = new FieldName("status");
    private static final FieldName OUTCOME = new FieldName("outcome");
    private static final FieldName DURATION_MS = new FieldName("duration_ms");
    private static final FieldName FIRST_TOKEN_MS = new FieldName("first_token_ms");
    private static final FieldName OVERHEAD_MS = new FieldName("overhead_ms");
    private static final FieldName ERROR = new FieldName("error");
    private static final FieldName INPUT_TOKENS = new FieldName("input_tokens");
    private static final FieldName CACHE_READ_TOKENS = new FieldName("cache_read_tokens");
    private static final FieldName CACHE_WRITE_TOKENS = new FieldName("cache_write_tokens");
    private static final FieldName OUTPUT_TOKENS = new FieldName("output_tokens");
    private static final FieldName REASONING_TOKENS = new FieldName("reasoning_tokens");
    private static final FieldName ESTIMATED = new FieldName("estimated");
    private static final FieldName COST = new FieldName("cost");
    private static final FieldName REQUEST_BODY = new FieldName("request_body");
    private static final FieldName REQUEST_BYTES = new FieldName("request_bytes");
    private static final FieldName RESPONSE_BODY = new FieldName("response_body");
    private static final FieldName RESPONSE_BYTES = new FieldName("response_bytes");
    private static final FieldName WARNINGS = new FieldName("warnings");
    private static final FieldName ATTEMPTS = new FieldName("attempts");

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
        json.field(TIME, times.of(said.at()))
                .field(LEVEL, said.level().wire())
                .field(TYPE, "app")
                .field(LOGGER, said.logger())
                .field(MESSAGE, Scrubber.clean(said.message()));
        if (said.trace() != null) {
            json.field(STACK, Scrubber.clean(said.trace()));
        }
    }

    private void request(JsonOut json, RequestEvent event) {
        RequestEvent.Caller caller = event.caller();
        json.field(TIME, times.of(event.at()))
                .field(LEVEL, Severity.of(event.ending().kind()).wire())
                .field(TYPE, "request")
                .field(REQUEST_ID, event.id().value())
                .field(CLIENT_REQUEST_ID, foreign(caller.clientRequestId()))
                .field(SESSION, foreign(caller.session()))
                .field(TRACE_ID, event.trace() == null ? null : event.trace().traceId())
                .field(KEY, caller.key() == null ? null : caller.key().value())
                .field(GROUP, caller.group().isEmpty() ? null : caller.group())
                .field(ENDPOINT, event.asked().endpoint())
                .field(MODEL, foreign(event.asked().model()));
        Served served = event.served();
        json.field(MODEL_SERVED, served == null ? null : served.model())
                .field(PROVIDER, served == null ? null : served.provider().value())
                .field(INSTANCE, served == null ? null : served.instance().value())
                .field(STREAM, event.asked().stream())
                .field(STATUS, event.ending().status())
                .field(OUTCOME, event.ending().wire());
        json.name(DURATION_MS);
        millis(json, event.times().duration());
        json.name(FIRST_TOKEN_MS);
        millis(json, event.times().firstToken());
        json.name(OVERHEAD_MS);
        millis(json, event.times().overhead());
        tokens(json, event.tokens());
        attempts(json, event);
        json.name(WARNINGS).array();
        event.warnings().forEach(warning -> json.string(Scrubber.clean(warning)));
        json.endArray();
        String message = event.ending().message();
        if (message != null) {
            json.field(ERROR, Scrubber.clean(message));
        }
        bodies(json, event.bodies());
    }

    private static void tokens(JsonOut json, Tokens tokens) {
        Usage usage = tokens.usage();
        amount(json, INPUT_TOKENS, usage == null ? -1 : usage.input());
        amount(json, CACHE_READ_TOKENS, usage == null ? -1 : usage.inputCacheRead());
        amount(json, CACHE_WRITE_TOKENS, usage == null ? -1 : usage.inputCacheWrite());
        amount(json, OUTPUT_TOKENS, usage == null ? -1 : usage.output());
        amount(json, REASONING_TOKENS, usage == null ? -1 : usage.reasoning());
        json.field(ESTIMATED, tokens.estimated());
        json.name(COST);
        decimal(json, tokens.cost(), NANOS_OF_DOLLAR);
    }

    private static void attempts(JsonOut json, RequestEvent event) {
        json.name(ATTEMPTS).array();
        for (Attempted attempt : event.attempts()) {
            json.object()
                    .field(INSTANCE, attempt.served().instance().value())
                    .field(MODEL, attempt.served().model())
                    .field(
                            OUTCOME,
                            attempt.failure() == null ? "ok" : attempt.failure().wire())
                    .name(DURATION_MS);
            millis(json, attempt.duration());
            json.endObject();
        }
        json.endArray();
    }

    private static void bodies(JsonOut json, @Nullable Bodies bodies) {
        if (bodies != null) {
            json.field(REQUEST_BODY, text(bodies.request()))
                    .field(REQUEST_BYTES, bodies.requestBytes())
                    .field(RESPONSE_BODY, text(bodies.answer()))
                    .field(RESPONSE_BYTES, bodies.answerBytes());
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

    private static void amount(JsonOut json, FieldName name, long value) {
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
            json.decimal(unscaled, scale);
        }
    }
}
