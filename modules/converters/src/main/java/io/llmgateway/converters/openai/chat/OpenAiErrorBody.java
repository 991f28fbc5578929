package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import io.llmgateway.converters.ProviderErrors;
import io.llmgateway.converters.SmallJson;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderError;
import io.llmgateway.model.Refusal;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code {"error":{message,type,param,code}}}. What a provider of the same protocol said stays as it came, with
 * the members that nobody here knows. Clients recognise some errors by OpenAI's words or codes, so that those begin
 * with them. Stateless, thread-safe.
 */
final class OpenAiErrorBody {
    private static final Set<String> OWN = Set.of("message", "type", "param", "code");

    private OpenAiErrorBody() {}

    static byte[] of(GatewayError error) {
        ProviderError relayed = ProviderErrors.relayed(error, Protocol.OPENAI_CHAT);
        return SmallJson.write(json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("error");
            json.writeStringField("message", words(error));
            ProviderErrors.member(json, "type", relayed, type(error.kind()));
            ProviderErrors.member(json, "param", relayed, param(error));
            code(json, error, relayed);
            if (relayed != null) {
                ProviderErrors.others(json, relayed, OWN);
            }
            json.writeEndObject();
            if (relayed != null) {
                ProviderErrors.beside(json, relayed);
            }
            json.writeEndObject();
        });
    }

    private static @Nullable String param(GatewayError error) {
        return error.field()
                .orElseGet(() -> error.provider()
                        .map(ProviderError::param)
                        .filter(param -> !param.isEmpty())
                        .orElse(null));
    }

    /** The provider's code stays, but where clients act upon one that the provider did not send. */
    private static void code(JsonGenerator json, GatewayError error, @Nullable ProviderError relayed)
            throws IOException {
        String own = error.ownCode().orElse(code(error.kind()));
        String said = error.provider().map(ProviderError::code).orElse("");
        boolean acted = error.kind() == ErrorKind.CONTEXT_LENGTH
                || (error.kind() == ErrorKind.CONTENT_POLICY && said.isEmpty());
        if (acted) {
            json.writeStringField("code", own);
        } else {
            ProviderErrors.member(json, "code", relayed, own == null && !said.isEmpty() ? said : own);
        }
    }

    /** The message, beginning as OpenAI's does where clients look for that. */
    private static String words(GatewayError error) {
        String message = error.clientMessage();
        return switch (error.kind()) {
            case AUTHENTICATION ->
                (error instanceof Refusal.MissingKey
                                ? "You didn't provide an API key: "
                                : "Incorrect API key provided: ")
                        + message;
            case RATE_LIMIT -> "Rate limit reached: " + message;
            case MODEL_NOT_FOUND ->
                error instanceof Refusal.UnknownModel(var model)
                        ? "The model `" + model + "` does not exist: " + message
                        : message;
            case CONTEXT_LENGTH -> tooLong(message);
            default -> message;
        };
    }

    private static String tooLong(String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        return lower.contains("maximum context length") || lower.contains("context window")
                ? message
                : "This model's maximum context length is exceeded: " + message;
    }

    private static String type(ErrorKind kind) {
        return switch (kind) {
            case BAD_REQUEST,
                    CONTEXT_LENGTH,
                    CONTENT_POLICY,
                    AUTHENTICATION,
                    NOT_FOUND,
                    MODEL_NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    REQUEST_TIMEOUT,
                    CONFLICT,
                    TOO_LARGE,
                    HEADERS_TOO_LARGE,
                    UNSUPPORTED_MEDIA,
                    EXPECTATION_FAILED -> "invalid_request_error";
            case PERMISSION -> "permission_error";
            case RATE_LIMIT, UPSTREAM_RATE_LIMIT -> "rate_limit_error";
            case OVERLOADED,
                    DRAINING,
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
                    UPSTREAM_OVERLOADED,
                    NO_INSTANCE,
                    TIMEOUT_CONNECT,
                    TIMEOUT_FIRST_TOKEN,
                    TIMEOUT_IDLE,
                    TIMEOUT_TOTAL -> "server_error";
        };
    }

    private static @Nullable String code(ErrorKind kind) {
        return switch (kind) {
            case BAD_REQUEST, INTERNAL, UPSTREAM_SERVER, PERMISSION, CONFLICT -> null;
            case CONTEXT_LENGTH -> "context_length_exceeded";
            case CONTENT_POLICY -> "content_policy_violation";
            case AUTHENTICATION -> "invalid_api_key";
            case MODEL_NOT_FOUND -> "model_not_found";
            case TOO_LARGE -> "request_too_large";
            case RATE_LIMIT, UPSTREAM_RATE_LIMIT -> "rate_limit_exceeded";
            case OVERLOADED, UPSTREAM_OVERLOADED -> "overloaded";
            case UPSTREAM_AUTHENTICATION -> "upstream_authentication_failed";
            case UPSTREAM_INTERRUPTED, UPSTREAM_RESET -> "stream_interrupted";
            case NO_INSTANCE -> "no_upstream_available";
            case NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    REQUEST_TIMEOUT,
                    HEADERS_TOO_LARGE,
                    UNSUPPORTED_MEDIA,
                    EXPECTATION_FAILED,
                    DRAINING,
                    CLIENT_GONE,
                    UPSTREAM_BILLING,
                    UPSTREAM_CONNECT,
                    UPSTREAM_TLS,
                    UPSTREAM_MALFORMED,
                    UPSTREAM_EMPTY,
                    UPSTREAM_MODEL,
                    TIMEOUT_CONNECT,
                    TIMEOUT_FIRST_TOKEN,
                    TIMEOUT_IDLE,
                    TIMEOUT_TOTAL -> kind.wire();
        };
    }
}
