package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.core.JsonGenerator;
import io.llmgateway.converters.ProviderErrors;
import io.llmgateway.converters.SmallJson;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderError;
import io.llmgateway.model.Refusal;
import io.llmgateway.model.RequestId;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code {"type":"error","error":{type,message,details},"request_id"}}. What a provider of the same protocol
 * said stays as it came, with the members that nobody here knows. Clients recognise some errors by Anthropic's words,
 * so that those begin with them, and some by {@code details.error_code}. Stateless, thread-safe.
 */
final class AnthropicErrorBody {
    private static final Set<String> OWN = Set.of("message", "type");
    private static final String DETAILS = "details";

    private AnthropicErrorBody() {}

    static byte[] of(GatewayError error, RequestId id) {
        ProviderError relayed = ProviderErrors.relayed(error, Protocol.ANTHROPIC_MESSAGES);
        return SmallJson.write(json -> {
            json.writeStartObject();
            json.writeStringField("type", "error");
            json.writeObjectFieldStart("error");
            json.writeStringField("type", type(error, relayed));
            json.writeStringField("message", words(error));
            if (relayed != null) {
                ProviderErrors.others(json, relayed, OWN);
            }
            if (relayed == null || !relayed.members().containsKey(DETAILS)) {
                details(json, error, relayed);
            }
            json.writeEndObject();
            json.writeStringField("request_id", id.value());
            if (relayed != null) {
                ProviderErrors.beside(json, relayed);
            }
            json.writeEndObject();
        });
    }

    /** Servers of other vendors that speak this protocol name classes that no SDK of Anthropic's knows. */
    private static String type(GatewayError error, @Nullable ProviderError relayed) {
        if (relayed == null) {
            return type(error.kind());
        }
        boolean known = relayed.type().endsWith("_error")
                && error.kind() != ErrorKind.CONTEXT_LENGTH
                && error.kind() != ErrorKind.CONTENT_POLICY;
        return known || "request_too_large".equals(relayed.type()) ? relayed.type() : type(error.kind());
    }

    /** What the message does not say: the code, and the field at fault. */
    private static void details(JsonGenerator json, GatewayError error, @Nullable ProviderError relayed)
            throws IOException {
        ProviderError said = error.provider().orElse(null);
        String code = error.ownCode().orElse(said == null ? "" : said.code());
        String foreign = relayed == null || type(error, relayed).equals(relayed.type()) ? "" : relayed.type();
        String param = said == null || relayed != null ? "" : said.param();
        if (code.isEmpty() && param.isEmpty() && foreign.isEmpty()) {
            return;
        }
        json.writeObjectFieldStart(DETAILS);
        optional(json, "error_code", code);
        optional(json, "param", param);
        optional(json, "type", foreign);
        json.writeEndObject();
    }

    private static void optional(JsonGenerator json, String name, String value) throws IOException {
        if (!value.isEmpty()) {
            json.writeStringField(name, value);
        }
    }

    /** The message, beginning as Anthropic's does where clients look for that, such as Claude Code at a key. */
    private static String words(GatewayError error) {
        String message = error.clientMessage();
        return switch (error.kind()) {
            case AUTHENTICATION ->
                (error instanceof Refusal.MissingKey ? "x-api-key header is required: " : "invalid x-api-key: ")
                        + message;
            case CONTEXT_LENGTH -> beginning("prompt is too long", message);
            case CONTENT_POLICY ->
                message.contains("content filtering policy")
                        ? message
                        : beginning("Output blocked by content filtering policy", message);
            case MODEL_NOT_FOUND ->
                error instanceof Refusal.UnknownModel(var model) ? "model: " + model + ": " + message : message;
            case OVERLOADED, UPSTREAM_OVERLOADED -> beginning("Overloaded", message);
            default -> message;
        };
    }

    private static String beginning(String words, String message) {
        return message.startsWith(words) ? message : words + ": " + message;
    }

    private static String type(ErrorKind kind) {
        return switch (kind) {
            case BAD_REQUEST,
                    CONTEXT_LENGTH,
                    CONTENT_POLICY,
                    METHOD_NOT_ALLOWED,
                    HEADERS_TOO_LARGE,
                    UNSUPPORTED_MEDIA,
                    EXPECTATION_FAILED -> "invalid_request_error";
            case AUTHENTICATION -> "authentication_error";
            case PERMISSION -> "permission_error";
            case NOT_FOUND, MODEL_NOT_FOUND -> "not_found_error";
            case CONFLICT -> "conflict_error";
            case TOO_LARGE -> "request_too_large";
            case RATE_LIMIT, UPSTREAM_RATE_LIMIT -> "rate_limit_error";
            case OVERLOADED, UPSTREAM_OVERLOADED -> "overloaded_error";
            case REQUEST_TIMEOUT, TIMEOUT_CONNECT, TIMEOUT_FIRST_TOKEN, TIMEOUT_IDLE, TIMEOUT_TOTAL -> "timeout_error";
            case DRAINING,
                    CLIENT_GONE,
                    INTERNAL,
                    UPSTREAM_SERVER,
                    UPSTREAM_AUTHENTICATION,
                    UPSTREAM_BILLING,
                    UPSTREAM_CONNECT,
                    UPSTREAM_TLS,
                    UPSTREAM_RESET,
                    UPSTREAM_MALFORMED,
                    UPSTREAM_EMPTY,
                    UPSTREAM_MODEL,
                    UPSTREAM_INTERRUPTED,
                    NO_INSTANCE -> "api_error";
        };
    }
}
