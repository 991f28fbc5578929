package io.llmgateway.settings;

import io.llmgateway.model.Protocol;
import java.util.List;

/** A kind of provider: which protocol it speaks, in which versions. Immutable, thread-safe. */
public enum ProviderType {
    /** OpenAI and everything compatible with it. */
    OPENAI("openai", Protocol.OPENAI_CHAT, List.of("v1")),
    /** Anthropic. */
    ANTHROPIC("anthropic", Protocol.ANTHROPIC_MESSAGES, List.of("2023-06-01", "2026-10-21")),
    /** Google Gemini. */
    GEMINI("gemini", Protocol.GEMINI, List.of("v1beta", "v1"));

    private final String wire;
    private final Protocol protocol;

    @SuppressWarnings("ImmutableEnumChecker") // List.of gives an immutable list
    private final List<String> apiVersions;

    ProviderType(String wire, Protocol protocol, List<String> apiVersions) {
        this.wire = wire;
        this.protocol = protocol;
        this.apiVersions = apiVersions;
    }

    /** The type's name in configuration and metrics. */
    public String wire() {
        return wire;
    }

    /** What its instances speak. */
    public Protocol protocol() {
        return protocol;
    }

    /** The versions of the protocol that can be configured, the default first. */
    public List<String> apiVersions() {
        return apiVersions;
    }

    /** The version that is used when none is configured. */
    public String defaultApiVersion() {
        return apiVersions.getFirst();
    }
}
