package io.llmgateway.pipeline;

import io.llmgateway.model.Protocol;

/** What a client is told that asks for a path at which nothing is served. Stateless, thread-safe. */
public final class NearestPath {
    private static final int LONGEST_SHOWN = 120;

    private NearestPath() {}

    /**
     * Whose shape the answer has, and which path the client may have meant.
     *
     * @param rawPath as it came
     * @param anthropic true when its headers are those of Anthropic's clients
     * @param get true for a request without a body
     */
    public static Endpoint of(String rawPath, boolean anthropic, boolean get) {
        if (get) {
            return anthropic ? Endpoint.MESSAGES : Endpoint.MODELS;
        }
        if (anthropic || rawPath.contains("/messages")) {
            return rawPath.contains("count") ? Endpoint.COUNT_TOKENS : Endpoint.MESSAGES;
        }
        return Endpoint.CHAT_COMPLETIONS;
    }

    /** The message: what came, what is near, and the line of the client to change. */
    public static String message(String rawPath, Endpoint near, boolean get) {
        String path = get ? Endpoint.MODELS.path() : near.path();
        return "nothing is served at '" + shown(rawPath) + "', the nearest path is '" + path + "'; "
                + (near.protocol() == Protocol.ANTHROPIC_MESSAGES
                        ? "the base URL of Anthropic clients (ANTHROPIC_BASE_URL) is the gateway's address alone"
                        : "the base URL of OpenAI clients (OPENAI_BASE_URL) is the gateway's address followed by /v1")
                + (rawPath.contains("/responses")
                        ? "; the Responses API is not served, let the client use Chat Completions"
                        : "");
    }

    private static String shown(String rawPath) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < rawPath.length() && i < LONGEST_SHOWN; i++) {
            char c = rawPath.charAt(i);
            shown.append(c < ' ' || c > '~' || c == '\'' ? '?' : c);
        }
        return shown.append(rawPath.length() > LONGEST_SHOWN ? "..." : "").toString();
    }
}
