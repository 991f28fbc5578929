package io.llmgateway.converters.anthropic;

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
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * What Anthropic clients hear from the gateway: {@code {"type":"error","error":{type,message},"request_id"}} with
 * Anthropic's own types only, so that its SDKs raise their typed exceptions. Stateless, thread-safe.
 */
public final class AnthropicClient implements ClientProtocol {
    private static final byte[] PING = "event: ping\ndata: {\"type\":\"ping\"}\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT = "event: error\ndata: ".getBytes(StandardCharsets.US_ASCII);

    @Override
    public Protocol protocol() {
        return Protocol.ANTHROPIC_MESSAGES;
    }

    @Override
    public ClientError error(GatewayError error, RequestId id) {
        int status = ProviderErrors.status(error, protocol(), status(error.kind()));
        return new ClientError(status, AnthropicErrorBody.of(error, id));
    }

    @Override
    public byte[] errorEvent(GatewayError error, RequestId id) {
        byte[] body = AnthropicErrorBody.of(error, id);
        byte[] event = new byte[EVENT.length + body.length + 2];
        System.arraycopy(EVENT, 0, event, 0, EVENT.length);
        System.arraycopy(body, 0, event, EVENT.length, body.length);
        event[event.length - 2] = '\n';
        event[event.length - 1] = '\n';
        return event;
    }

    @Override
    public byte[] keepAlive() {
        return PING;
    }

    @Override
    public void limitHeaders(RateState state, Instant now, BiConsumer<String, String> out) {
        String kind = switch (state.kind()) {
            case REQUESTS -> "requests";
            case TOKENS -> "tokens";
            case INPUT_TOKENS -> "input-tokens";
            case OUTPUT_TOKENS -> "output-tokens";
        };
        String name = "anthropic-ratelimit-" + kind;
        out.accept(name + "-limit", Long.toString(state.limit()));
        out.accept(name + "-remaining", Long.toString(state.remaining()));
        out.accept(
                name + "-reset",
                now.plus(state.reset()).truncatedTo(ChronoUnit.SECONDS).toString());
    }

    @Override
    public String requestIdHeader() {
        return "request-id";
    }

    @Override
    public byte[] models(List<ListedModel> models, boolean more) {
        return SmallJson.write(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("data");
            for (ListedModel model : models) {
                write(json, model);
            }
            json.writeEndArray();
            json.writeBooleanField("has_more", more);
            json.writeStringField(
                    "first_id", models.isEmpty() ? null : models.getFirst().id());
            json.writeStringField(
                    "last_id", models.isEmpty() ? null : models.getLast().id());
            json.writeEndObject();
        });
    }

    @Override
    public byte[] model(ListedModel model) {
        return SmallJson.write(json -> write(json, model));
    }

    private static void write(JsonGenerator json, ListedModel model) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "model");
        json.writeStringField("id", model.id());
        json.writeStringField("display_name", model.id());
        json.writeStringField("created_at", "1970-01-01T00:00:00Z");
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
            case DRAINING, NO_INSTANCE -> 503;
            case TIMEOUT_CONNECT, TIMEOUT_FIRST_TOKEN, TIMEOUT_IDLE, TIMEOUT_TOTAL -> 504;
            case OVERLOADED, UPSTREAM_OVERLOADED -> 529;
        };
    }
}
