package io.llmgateway.settings;

import io.llmgateway.model.ModelName;
import io.llmgateway.model.ProviderName;
import java.util.List;
import java.util.Optional;

/**
 * Which model name leads where. Immutable, thread-safe.
 *
 * @param rules patterns of model names; the longest match wins, an exact name beats a prefix
 * @param defaultProvider takes what no rule matches; empty = such models are unknown
 * @param aliases names of our own
 */
public record RoutingSettings(List<Rule> rules, Optional<ProviderName> defaultProvider, List<Alias> aliases) {
    public RoutingSettings {
        rules = List.copyOf(rules);
        aliases = List.copyOf(aliases);
    }

    /**
     * A pattern and where it leads. Immutable.
     *
     * @param text the name, or how names start; empty only for a prefix, which then matches everything
     * @param prefix whether names only have to start with the text
     */
    public record Rule(String text, boolean prefix, ProviderName provider) {
        /** The pattern as it is written in a configuration: {@code gpt-}, {@code o1*}, {@code *} or an exact name. */
        public String pattern() {
            return prefix && !ModelGlob.isPrefix(text) ? text + "*" : text;
        }

        /** How the pattern is read, for people: {@code names that begin with 'gpt-'}. */
        public String reading() {
            if (!prefix) {
                return "the name '" + text + "' alone";
            }
            return text.isEmpty() ? "every name" : "names that begin with '" + text + "'";
        }
    }

    /**
     * A model name of our own.
     *
     * @param targets at least one, chosen by weight
     * @param fallbacks aliases or model names, tried in order when no target works
     * @param options what holds for its requests alone
     */
    public record Alias(ModelName name, List<Target> targets, List<ModelName> fallbacks, RouteOptions options) {
        /** An alias without options. */
        public Alias(ModelName name, List<Target> targets, List<ModelName> fallbacks) {
            this(name, targets, fallbacks, RouteOptions.NONE);
        }

        public Alias {
            targets = List.copyOf(targets);
            fallbacks = List.copyOf(fallbacks);
            if (targets.isEmpty()) {
                throw new IllegalArgumentException("an alias needs at least one target");
            }
        }
    }

    /**
     * One model of one provider.
     *
     * @param model as the provider calls it
     * @param weight share among the alias's targets, 0 to 1000; 0 = only when nothing else is left
     */
    public record Target(ProviderName provider, ModelName model, int weight) {
        /** 0 to 1000. */
        public static final int DEFAULT_WEIGHT = 100;
    }
}
