package io.llmgateway.imports;

import io.llmgateway.settings.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Values of LiteLLM's tables as PostgreSQL exports them. Stateless. */
final class LiteLlmValues {
    private static final int MOST_TOLD = 20;
    private static final List<String> LISTS = List.of("models", "team_models");
    private static final List<String> FLAGS = List.of("blocked", "team_blocked");
    private static final Set<String> YES = Set.of("t", "true", "1", "yes", "y", "on");
    private static final Set<String> NO = Set.of("", "f", "false", "0", "no", "n", "off");

    private LiteLlmValues() {}

    /**
     * Looks at what decides who may do what before any of it is used: a list that is cut, or a flag that is neither
     * true nor false, would allow more than was meant.
     *
     * @throws IllegalArgumentException when there are any; the message has the line and the column of each
     */
    static void check(String name, CsvTable table) {
        List<String> problems = new ArrayList<>();
        for (CsvTable.Row row : table.rows()) {
            for (String column : LISTS) {
                if (!isList(row.get(column))) {
                    problems.add("line " + row.line() + ", column '" + column + "': the list has no end");
                }
            }
            for (String column : FLAGS) {
                String flag = row.get(column).strip().toLowerCase(Locale.ROOT);
                if (!YES.contains(flag) && !NO.contains(flag)) {
                    problems.add("line " + row.line() + ", column '" + column + "': must be true or false");
                }
            }
        }
        if (!problems.isEmpty()) {
            int more = problems.size() - MOST_TOLD;
            throw new IllegalArgumentException(name + " "
                    + String.join("; ", problems.subList(0, Math.min(MOST_TOLD, problems.size())))
                    + (more > 0 ? "; and " + more + " more" : ""));
        }
    }

    /** True for one name, or a list that is whole: its bracket and its quotes are closed. */
    private static boolean isList(String text) {
        String inner = text.strip();
        if (inner.isEmpty() || "{[".indexOf(inner.charAt(0)) < 0) {
            return !inner.endsWith("}");
        }
        boolean quoted = false;
        for (int i = 1; i < inner.length(); i++) {
            char c = inner.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            }
        }
        char close = inner.charAt(0) == '{' ? '}' : ']';
        return !quoted && inner.length() > 1 && inner.charAt(inner.length() - 1) == close;
    }

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
        return YES.contains(text.strip().toLowerCase(Locale.ROOT));
    }
}
