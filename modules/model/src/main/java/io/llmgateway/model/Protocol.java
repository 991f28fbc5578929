package io.llmgateway.model;

/** A wire protocol that clients or providers speak. Immutable, thread-safe. */
public enum Protocol {
    /** OpenAI Chat Completions. */
    OPENAI_CHAT("openai-chat"),
    /** Anthropic Messages. */
    ANTHROPIC_MESSAGES("anthropic-messages"),
    /** Google Gemini generateContent and streamGenerateContent. */
    GEMINI("gemini");

    private final String wire;

    Protocol(String wire) {
        this.wire = wire;
    }

    /** The protocol's name in metrics, logs and documentation: lower case with dashes, never changes. */
    public String wire() {
        return wire;
    }
}
