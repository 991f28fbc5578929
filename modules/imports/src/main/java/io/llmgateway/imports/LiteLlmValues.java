package io.llmgateway.imports;

import io.llmgateway.settings.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Values of LiteLLM's tables as PostgreSQL exports them. Stateless. */
final class LiteLlmValues {
    private LiteLlmValues() {}

    /** The moment in our form; an empty text for never; absent when it cannot be read. */
    static Optional<String> expires(String text) {
        if (text.isBlank()) {
            return Optional.of("");
        }
        String moment = text.strip().replace(' ', 'T');
        int zone = Math.max(moment.indexOf('+'), moment.lastIndexOf('-'));
        boolean hasZone = moment.endsWith("Z") || zone > moment.indexOf('T');
        String whole = hasZone ? moment.replaceFirst("([+-]\\d\\d)$", "$1:00") : moment + "Z";
        try {
            return Optional.of(Units.instant(moment.indexOf('T') < 0 ? moment + "T00:00:00Z" : whole)
                    .toString());
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** An array of PostgreSQL, {@code {a,"b c"}}, or one of JSON. */
    static List<String> list(String text) {
        String inner = text.strip();
        if (inner.length() < 2 || "{[".indexOf(inner.charAt(0)) < 0) {
            return inner.isEmpty() ? List.of() : List.of(inner);
        }
        List<String> items = new ArrayList<>();
        StringBuilder item = new StringBuilder();
        boolean quoted = false;
        for (int i = 1; i < inner.length(); i++) {
            char c = inner.charAt(i);
            boolean end = i == inner.length() - 1;
            if (c == '\\' && quoted && !end) {
                item.append(inner.charAt(++i));
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == ',' || end)) {
                String found = item.toString().strip();
                if (!found.isEmpty()) {
                    items.add(found);
                }
                item.setLength(0);
            } else {
                item.append(c);
            }
        }
        return items;
    }

    static boolean flag(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "t", "true", "1", "yes" -> true;
            default -> false;
        };
    }
}
