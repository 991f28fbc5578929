package io.llmgateway.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads of a PromQL query what it names: metrics, the labels it matches and those it groups by. Knows as much of the
 * language as the shipped queries use. Confined to one query.
 */
final class PromQl {
    private static final Set<String> GROUPING = Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
    private static final Set<String> WORDS =
            Set.of("and", "or", "unless", "bool", "offset", "sum", "min", "max", "avg", "count", "topk", "quantile");

    private final String text;
    private final List<Selector> selectors = new ArrayList<>();
    private final List<String> grouped = new ArrayList<>();
    private int at;

    private PromQl(String text) {
        this.text = text;
    }

    /** A metric as a query selects it. */
    record Selector(String metric, List<Matcher> matchers) {}

    /** A condition on a label. */
    record Matcher(String label, String operator, String value) {}

    /** What a query names. */
    record Named(List<Selector> selectors, List<String> grouped) {}

    static Named read(String query) {
        PromQl reader = new PromQl(query);
        reader.read();
        return new Named(reader.selectors, reader.grouped);
    }

    private void read() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '[') {
                at = text.indexOf(']', at) + 1;
            } else if (c == '"') {
                string();
            } else if (Character.isDigit(c)) {
                at++;
            } else if (isName(c)) {
                word();
            } else {
                at++;
            }
        }
    }

    private void word() {
        String word = name();
        space();
        boolean call = at < text.length() && text.charAt(at) == '(';
        if (GROUPING.contains(word) && call) {
            int end = text.indexOf(')', at);
            for (String label : text.substring(at + 1, end).split(",")) {
                grouped.add(label.strip());
            }
            at = end + 1;
        } else if (!call && !WORDS.contains(word)) {
            selectors.add(new Selector(word, matchers()));
        }
    }

    private List<Matcher> matchers() {
        List<Matcher> matchers = new ArrayList<>();
        if (at >= text.length() || text.charAt(at) != '{') {
            return matchers;
        }
        at++;
        while (text.charAt(at) != '}') {
            space();
            String label = name();
            int from = at;
            while (text.charAt(at) != '"') {
                at++;
            }
            String operator = text.substring(from, at).strip();
            matchers.add(new Matcher(label, operator, string()));
            space();
            at += text.charAt(at) == ',' ? 1 : 0;
        }
        at++;
        return matchers;
    }

    private String string() {
        int end = text.indexOf('"', at + 1);
        String value = text.substring(at + 1, end);
        at = end + 1;
        return value;
    }

    private String name() {
        int from = at;
        while (at < text.length() && (isName(text.charAt(at)) || Character.isDigit(text.charAt(at)))) {
            at++;
        }
        return text.substring(from, at);
    }

    private void space() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private static boolean isName(char c) {
        return Character.isLetter(c) || c == '_' || c == ':';
    }
}
