package io.llmgateway.launcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Renders the small part of Helm's template language that our chart keeps to: {@code if, if not, else, define, include,
 * toYaml, nindent, quote, default} and dotted names. Anything else is an error, so that a template can only use what is
 * tested here. Confined to one rendering.
 */
final class HelmTemplates {
    private static final Pattern ACTION = Pattern.compile("\\{\\{(-?)\\s*(.*?)\\s*(-?)}}", Pattern.DOTALL);
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build();

    private final JsonNode context;
    private final Map<String, List<Token>> defined = new HashMap<>();

    /** A piece of text, or what stands between the braces. */
    private record Token(String text, boolean action) {}

    HelmTemplates(JsonNode context) {
        this.context = context;
    }

    /** Takes the definitions of a file of helpers. */
    void define(String text) {
        List<Token> tokens = tokens(text);
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.action() && token.text().startsWith("define ")) {
                int end = end(tokens, i);
                defined.put(token.text().substring(8, token.text().length() - 1), tokens.subList(i + 1, end));
                i = end;
            }
        }
    }

    String render(String text) {
        return render(tokens(text));
    }

    private static List<Token> tokens(String text) {
        List<Token> tokens = new ArrayList<>();
        Matcher matcher = ACTION.matcher(text);
        int from = 0;
        boolean trim = false;
        while (matcher.find()) {
            String before = text.substring(from, matcher.start());
            before = trim ? before.stripLeading() : before;
            tokens.add(new Token(matcher.group(1).isEmpty() ? before : before.stripTrailing(), false));
            tokens.add(new Token(matcher.group(2), true));
            trim = !matcher.group(3).isEmpty();
            from = matcher.end();
        }
        tokens.add(new Token(trim ? text.substring(from).stripLeading() : text.substring(from), false));
        return tokens;
    }

    private String render(List<Token> tokens) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (!token.action()) {
                out.append(token.text());
            } else if (token.text().startsWith("if ")) {
                int end = end(tokens, i);
                int other = otherwise(tokens, i, end);
                boolean holds = holds(token.text().substring(3));
                out.append(
                        render(holds ? tokens.subList(i + 1, other) : tokens.subList(Math.min(other + 1, end), end)));
                i = end;
            } else {
                out.append(value(token.text()));
            }
        }
        return out.toString();
    }

    private static int end(List<Token> tokens, int from) {
        int depth = 0;
        for (int i = from; i < tokens.size(); i++) {
            String text = tokens.get(i).action() ? tokens.get(i).text() : "";
            depth += text.startsWith("if ") || text.startsWith("define ") ? 1 : text.equals("end") ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw new IllegalArgumentException("no end for " + tokens.get(from).text());
    }

    private static int otherwise(List<Token> tokens, int from, int end) {
        int depth = 0;
        for (int i = from; i < end; i++) {
            String text = tokens.get(i).action() ? tokens.get(i).text() : "";
            depth += text.startsWith("if ") ? 1 : text.equals("end") ? -1 : 0;
            if (depth == 1 && text.equals("else")) {
                return i;
            }
        }
        return end;
    }

    private boolean holds(String condition) {
        if (condition.startsWith("not ")) {
            return !holds(condition.substring(4));
        }
        JsonNode node = node(condition);
        return switch (node.getNodeType()) {
            case BOOLEAN -> node.booleanValue();
            case STRING -> !node.textValue().isEmpty();
            case ARRAY, OBJECT -> !node.isEmpty();
            case NUMBER -> node.intValue() != 0;
            case NULL, MISSING, BINARY, POJO -> false;
        };
    }

    private JsonNode node(String path) {
        if (!path.matches("\\.[A-Za-z]+(\\.[A-Za-z]+)*")) {
            throw new IllegalArgumentException("not part of the language: " + path);
        }
        JsonNode node = context;
        for (String step : path.substring(1).split("\\.")) {
            node = node.path(step);
        }
        return node;
    }

    private String value(String pipeline) {
        String[] steps = pipeline.split("\\s*\\|\\s*");
        String value = first(steps[0]);
        for (int i = 1; i < steps.length; i++) {
            String step = steps[i];
            if (step.equals("quote")) {
                value = "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
            } else if (step.startsWith("nindent ")) {
                String indent = "\n" + " ".repeat(Integer.parseInt(step.substring(8)));
                value = indent + value.replace("\n", indent);
            } else if (step.startsWith("default ")) {
                value = value.isEmpty() ? first(step.substring(8)) : value;
            } else {
                throw new IllegalArgumentException("not part of the language: " + step);
            }
        }
        return value;
    }

    private String first(String term) {
        if (term.startsWith("include \"") && term.endsWith("\" .")) {
            String name = term.substring(9, term.length() - 3);
            if (!defined.containsKey(name)) {
                throw new IllegalArgumentException("no template " + name);
            }
            return render(defined.get(name)).strip();
        }
        if (term.startsWith("toYaml ")) {
            try {
                return YAML.writeValueAsString(node(term.substring(7))).stripTrailing();
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(e);
            }
        }
        JsonNode node = node(term);
        if (node instanceof MissingNode) {
            throw new IllegalArgumentException("no value " + term);
        }
        return node.asText();
    }
}
