package io.llmgateway.settings.read;

import io.llmgateway.settings.KeySettings;
import io.llmgateway.settings.RoutingSettings.Alias;
import io.llmgateway.settings.RoutingSettings.Rule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Warns of rules that no request can ever match. Confined to one load. */
final class RuleCheck {
    private final Section rules;
    private final List<Alias> aliases;
    private final List<KeySettings> keys;

    /**
     * A check.
     *
     * @param rules where the rules stand
     * @param keys the client keys; one that is switched off may use nothing
     */
    RuleCheck(Section rules, List<Alias> aliases, List<KeySettings> keys) {
        this.rules = rules;
        this.aliases = aliases;
        this.keys = keys.stream().filter(KeySettings::enabled).toList();
    }

    /** Warns at the keys that the rules have in the file. */
    void warn(Map<String, Rule> written) {
        written.forEach((key, rule) -> {
            String why = neverMatches(rule);
            if (why != null) {
                rules.warningWithKey(key, "can never match: " + why);
            }
        });
    }

    private @Nullable String neverMatches(Rule rule) {
        if (!rule.prefix()
                && aliases.stream().anyMatch(alias -> alias.name().value().equals(rule.text()))) {
            return "an alias has this name, and aliases come first";
        }
        // nobody's key: the list of keys is broken, or there is none on purpose
        boolean usable = keys.isEmpty() || keys.stream().anyMatch(key -> mayUse(key, rule));
        return usable ? null : "no key may use such a model";
    }

    private static boolean mayUse(KeySettings key, Rule rule) {
        return key.models().stream()
                .anyMatch(
                        glob -> rule.prefix() ? glob.matchesSomeBeginningWith(rule.text()) : glob.matches(rule.text()));
    }
}
