package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import io.llmgateway.converters.ClientError;
import io.llmgateway.converters.ClientProtocol;
import io.llmgateway.converters.ProviderErrors;
import io.llmgateway.converters.SmallJson;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.RateState;
import io.llmgateway.model.RequestId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * What OpenAI clients hear from the gateway: {@code {"error":{message,type,param,code}}} with OpenAI's own types and
 * codes, so that its SDKs raise their typed exceptions. Stateless, thread-safe.
 */
public final class OpenAiChatClient implements ClientProtocol {
    private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);
    /** The end of the error's event, and the end of the stream as OpenAI's clients know it. */
    private static final byte[] DONE = "\n\ndata: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);

    @Override
    public Protocol protocol() {
        return Protocol.OPENAI_CHAT;
    }

    @Override
    public ClientError error(GatewayError error, RequestId id) {
        int status = ProviderErrors.status(error, protocol(), status(error.kind()));
        return new ClientError(status, OpenAiErrorBody.of(error));
    }

    @Override
    public byte[] errorEvent(GatewayError error, RequestId id) {
        byte[] body = OpenAiErrorBody.of(error);
        byte[] event = new byte[DATA.length + body.length + DONE.length];
        System.arraycopy(DATA, 0, event, 0, DATA.length);
        System.arraycopy(body, 0, event, DATA.length, body.length);
        System.arraycopy(DONE, 0, event, DATA.length + body.length, DONE.length);
        return event;
    }

    @Override
    public byte[] keepAlive() {
        return KEEP_ALIVE;
    }

    @Override
    public void limitHeaders(RateState state, Instant now, BiConsumer<String, String> out) {
        switch (state.kind()) {
            case REQUESTS -> {
                out.accept("x-ratelimit-limit-requests", Long.toString(state.limit()));
                out.accept("x-ratelimit-remaining-requests", Long.toString(state.remaining()));
                out.accept("x-ratelimit-reset-requests", duration(state.reset().toMillis()));
            }
            case TOKENS -> {
                out.accept("x-ratelimit-limit-tokens", Long.toString(state.limit()));
                out.accept("x-ratelimit-remaining-tokens", Long.toString(state.remaining()));
                out.accept("x-ratelimit-reset-tokens", duration(state.reset().toMillis()));
            }
            case INPUT_TOKENS, OUTPUT_TOKENS -> {
                // this protocol has no names for them
            }
        }
    }

    /** As OpenAI writes durations: {@code 12ms}, {@code 6s}, {@code 1m30s}. */
    private static String duration(long millis) {
        if (millis < 1_000) {
            return millis + "ms";
        }
        long seconds = (millis + 999) / 1_000;
        return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
    }

    @Override
    public String requestIdHeader() {
        return "x-request-id";
    }

    @Override
    public byte[] models(List<ListedModel> models, boolean more) {
        return SmallJson.write(json -> {
            json.writeStartObject();
            json.writeStringField("object", "list");
            json.writeArrayFieldStart("data");
            for (ListedModel model : models) {
                write(json, model);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    @Override
    public byte[] model(ListedModel model) {
        return SmallJson.write(json -> write(json, model));
    }

    private static void write(JsonGenerator json, ListedModel model) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", model.id());
        json.writeStringField("object", "model");
        json.writeNumberField("created", 0);
        json.writeStringField("owned_by", model.owner());
        json.writeEndObject();
    }

    private static int status(ErrorKind kind) {
        return switch (kind) {
            case BAD_REQUEST, CONTEXT_LENGTH, CONTENT_POLICY -> 400;
            case AUTHENTICATION -> 401;
            case PERMISSION -> 403;
            case NOT_FOUND, MODEL_NOT_FOUND -> 404;
            case METHOD_NOT_ALLOWED -> 405;
            case REQUEST_TIMEOUT -> 408;
            case CONFLICT -> 409;
            case TOO_LARGE -> 413;
            case UNSUPPORTED_MEDIA -> 415;
            case EXPECTATION_FAILED -> 417;
            case RATE_LIMIT, UPSTREAM_RATE_LIMIT -> 429;
            case HEADERS_TOO_LARGE -> 431;
            case CLIENT_GONE -> 499;
            case INTERNAL, UPSTREAM_SERVER -> 500;
            case UPSTREAM_AUTHENTICATION,
                    UPSTREAM_BILLING,
                    UPSTREAM_CONNECT,
                    UPSTREAM_TLS,
                    UPSTREAM_RESET,
                    UPSTREAM_MALFORMED,
                    UPSTREAM_EMPTY,
                    UPSTREAM_MODEL,
                    UPSTREAM_INTERRUPTED -> 502;
            case OVERLOADED, DRAINING, UPSTREAM_OVERLOADED, NO_INSTANCE -> 503;
            case TIMEOUT_CONNECT, TIMEOUT_FIRST_TOKEN, TIMEOUT_IDLE, TIMEOUT_TOTAL -> 504;
        };
    }
}
