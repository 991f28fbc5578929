package io.llmgateway.settings.read;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.settings.ErrorRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what errors mean at a provider or an instance: {@code statusOverrides} and {@code errors}. Thread-safe. */
final class ErrorsReader {
    private static final int LOWEST_STATUS = 300;
    private static final int HIGHEST_STATUS = 599;

    private ErrorsReader() {}

    /** What statusOverrides are taken for, over those of the provider. */
    static Map<Integer, ErrorKind> statusOverrides(Section owner, Map<Integer, ErrorKind> base) {
        Map<Integer, ErrorKind> statusOverrides = new HashMap<>(base);
        Section section = owner.section("status-overrides");
        for (String name : section.names()) {
            ErrorKind kind = section.choice(name, ErrorWords.STATUS).required();
            boolean status = name.length() == 3 && name.charAt(0) >= '3' && name.charAt(0) <= '5';
            if (!status || !name.chars().allMatch(Character::isDigit)) {
                section.problemWithKey(name, "must be a status from 300 to 599");
            } else if (kind != null) {
                statusOverrides.put(Integer.valueOf(name), kind);
            }
        }
        return statusOverrides;
    }

    /** What errors are taken for; an instance's rules come before those of its provider. */
    static List<ErrorRule> rules(Section owner, List<ErrorRule> base) {
        List<ErrorRule> rules = new ArrayList<>();
        for (Section each : owner.sections("errors")) {
            Optional<Integer> status =
                    each.integer("status", LOWEST_STATUS, HIGHEST_STATUS).optional();
            Optional<String> message = each.text("message")
                    .check(
                            text -> text.length() <= ErrorRule.LONGEST_MESSAGE,
                            "must have at most " + ErrorRule.LONGEST_MESSAGE + " characters")
                    .optional();
            ErrorKind means = each.choice("treat-as", ErrorWords.STATUS).required();
            if (!each.has("status") && !each.has("message")) {
                each.problem("must have a status, a message or both");
            } else if (means != null) {
                rules.add(new ErrorRule(status, message.orElse(""), means));
            }
        }
        rules.addAll(base);
        return rules;
    }
}
