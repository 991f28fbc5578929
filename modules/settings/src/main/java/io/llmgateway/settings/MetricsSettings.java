package io.llmgateway.settings;

import java.util.List;

/**
 * What metrics show of keys and models. Immutable, thread-safe.
 *
 * @param keys how keys are shown
 * @param families names for models that belong together; the first whose pattern matches counts
 * @param detailed whether there are series for each key and model together
 * @param maxSeries most values of one label, 10 to 100,000; what comes after is counted as {@code other}
 */
public record MetricsSettings(KeyLabel keys, List<Family> families, boolean detailed, int maxSeries) {
    /** 10 to 100,000. */
    public static final int DEFAULT_MAX_SERIES = 1_000;
    /** The family of every model that no pattern matches. */
    public static final String OTHER = "other";
    /** The families of the models that are asked for most. */
    public static final List<Family> DEFAULT_FAMILIES = List.of(
            family("gpt-5*", "gpt-5"),
            family("gpt-4.1*", "gpt-4.1"),
            family("gpt-4o*", "gpt-4o"),
            family("gpt-*", "gpt"),
            family("o1*", "o-series"),
            family("o3*", "o-series"),
            family("o4*", "o-series"),
            family("claude-*opus*", "claude-opus"),
            family("claude-*sonnet*", "claude-sonnet"),
            family("claude-*haiku*", "claude-haiku"),
            family("claude-*", "claude"),
            family("gemini-*pro*", "gemini-pro"),
            family("gemini-*flash*", "gemini-flash"),
            family("gemini-*", "gemini"),
            family("*llama*", "llama"),
            family("*qwen*", "qwen"),
            family("*mistral*", "mistral"),
            family("*deepseek*", "deepseek"));

    public MetricsSettings {
        families = List.copyOf(families);
    }

    private static Family family(String pattern, String name) {
        return new Family(new ModelGlob(pattern), name);
    }

    /** The family of a model. */
    public String family(String model) {
        for (Family family : families) {
            if (family.pattern().matches(model)) {
                return family.name();
            }
        }
        return OTHER;
    }

    /** How keys are shown. */
    public enum KeyLabel {
        /** By their names. */
        NAME("name"),
        /** By a hash of their names: series can be told apart, but not who it is. */
        HASH("hash"),
        /** Not at all. */
        OFF("off");

        private final String wire;

        KeyLabel(String wire) {
            this.wire = wire;
        }

        /** The word in the configuration. */
        public String wire() {
            return wire;
        }
    }

    /** Models that are counted under one name. */
    public record Family(ModelGlob pattern, String name) {}
}
