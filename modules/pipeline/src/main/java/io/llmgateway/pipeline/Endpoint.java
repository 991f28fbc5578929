package io.llmgateway.pipeline;

import io.llmgateway.model.Protocol;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Every path of the data listener that needs a key. The path says which protocol the client speaks. Whatever is not
 * here, and is not one of the open health paths, is denied. Immutable, thread-safe.
 */
public enum Endpoint {
    /** OpenAI Chat Completions. */
    CHAT_COMPLETIONS("POST", "/v1/chat/completions", Protocol.OPENAI_CHAT),
    /** Anthropic Messages. */
    MESSAGES("POST", "/v1/messages", Protocol.ANTHROPIC_MESSAGES),
    /** The number of tokens of an Anthropic Messages request. */
    COUNT_TOKENS("POST", "/v1/messages/count_tokens", Protocol.ANTHROPIC_MESSAGES),
    /** The list of models, in OpenAI's or Anthropic's shape by the client's headers. */
    MODELS("GET", "/v1/models", Protocol.OPENAI_CHAT),
    /** One model; everything after the prefix is its name. */
    MODEL("GET", "/v1/models/", Protocol.OPENAI_CHAT);

    private static final Map<String, Endpoint> BY_PATH = new HashMap<>();

    static {
        for (Endpoint endpoint : values()) {
            BY_PATH.put(endpoint.path, endpoint);
        }
    }

    private final String wire = name().toLowerCase(Locale.ROOT);
    private final String method;
    private final String path;
    private final Protocol protocol;

    Endpoint(String method, String path, Protocol protocol) {
        this.method = method;
        this.path = path;
        this.protocol = protocol;
    }

    /** The endpoint at exactly this raw path; other spellings of it do not count. */
    public static Optional<Endpoint> at(String rawPath) {
        Endpoint exact = BY_PATH.get(rawPath);
        if (exact == null && rawPath.startsWith(MODEL.path)) {
            return Optional.of(MODEL);
        }
        return Optional.ofNullable(exact);
    }

    /** Its name in logs, traces and the accounts. */
    public String wire() {
        return wire;
    }

    /** The one method it accepts. */
    public String method() {
        return method;
    }

    /** The path, or its prefix when a name follows. */
    public String path() {
        return path;
    }

    /** The protocol of its clients. */
    public Protocol protocol() {
        return protocol;
    }

    /** True when a request carries a JSON body. */
    public boolean hasBody() {
        return "POST".equals(method);
    }
}
