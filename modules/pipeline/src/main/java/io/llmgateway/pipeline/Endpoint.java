package io.llmgateway.pipeline;

import io.llmgateway.model.Protocol;
import java.util.HashMap;
import java.util.List;
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

    private static final String MODELS_SLASH = "models/";
    private static final Map<String, Endpoint> BY_PATH = new HashMap<>();

    /** How the paths begin when a client adds the version that its base URL has already, or neither does. */
    private static final List<String> BEGINNINGS = List.of("/v1/", "/", "/v1/v1/");

    static {
        for (Endpoint endpoint : values()) {
            for (String beginning : BEGINNINGS) {
                String spelled = beginning + endpoint.path.substring("/v1/".length());
                BY_PATH.put(spelled, endpoint == MODEL ? MODELS : endpoint);
                if (endpoint != MODEL) {
                    BY_PATH.put(spelled + "/", endpoint);
                }
            }
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

    /**
     * The endpoint at exactly this raw path, or at one that clients make of it whose base URL has {@code /v1} although
     * they add it, or has it not although they do not, or that end it with a slash; no other spelling counts.
     */
    public static Optional<Endpoint> at(String rawPath) {
        Endpoint exact = BY_PATH.get(rawPath);
        if (exact == null && !modelIn(rawPath).isEmpty()) {
            return Optional.of(MODEL);
        }
        return Optional.ofNullable(exact);
    }

    /** The name behind the prefix of {@link #MODEL}, as it was sent; empty when the path has none. */
    static String modelIn(String rawPath) {
        for (String beginning : BEGINNINGS) {
            int length = beginning.length() + MODELS_SLASH.length();
            if (rawPath.startsWith(beginning) && rawPath.startsWith(MODELS_SLASH, beginning.length())) {
                return rawPath.substring(length);
            }
        }
        return "";
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
