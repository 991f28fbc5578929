package io.llmgateway.routing;

import io.llmgateway.settings.RoutingSettings.Rule;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Routing rules in the order they are tried: exact names first, then prefixes, the longest first. Immutable. */
final class RuleTable {
    private final Map<String, Rule> exact = new HashMap<>();
    private final List<Rule> prefixes;

    private RuleTable(List<Rule> rules) {
        rules.stream().filter(rule -> !rule.prefix()).forEach(rule -> exact.put(rule.text(), rule));
        prefixes = rules.stream()
                .filter(Rule::prefix)
                .sorted(Comparator.comparingInt((Rule rule) -> rule.text().length())
                        .reversed())
                .toList();
    }

    static RuleTable of(List<Rule> rules) {
        return new RuleTable(rules);
    }

    Optional<Rule> find(String model) {
        Rule found = exact.get(model);
        if (found != null) {
            return Optional.of(found);
        }
        for (Rule rule : prefixes) {
            if (model.startsWith(rule.text())) {
                return Optional.of(rule);
            }
        }
        return Optional.empty();
    }
}
