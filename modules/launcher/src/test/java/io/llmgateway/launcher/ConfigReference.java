package io.llmgateway.launcher;

import io.llmgateway.settings.reference.SettingSpec;
import io.llmgateway.settings.reference.SettingSpec.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The page {@code docs/configuration.md}: every setting, made from what the readers ask for. Confined to one use. */
final class ConfigReference {
    private static final String INTRO = """
            # Configuration

            Every setting. `./dev golden` writes this page from the code that reads them.
            [gateway.yaml](../config/gateway.yaml) has the same settings with comments, to copy from. `*` stands for a
            name of your own, `[]` for every element of a list.

            * `llm-gateway validate -c FILE` checks a file and lists every problem with its line.
            * `llm-gateway config print -c FILE` shows the effective settings and where each value comes from.
            * `llm-gateway config schema` prints the JSON Schema for editors; [schema.json](../config/schema.json) is a
              copy.
            * An environment variable can set each setting whose path has no name and no list:
              `GATEWAY_SERVER_MAX_BODY` is `server.max-body`. The command line wins over the environment, the
              environment over the file.
            * Durations are `500ms 30s 10m 1h 2d`, sizes `4096 64KiB 32MiB 1GB`, counts `500 200k 1m`.
            * A secret is `{env: NAME}`, `{file: PATH}` (relative to the file, mode 0600) or the text itself, with a
              warning.
            """;

    private final StringBuilder out = new StringBuilder(INTRO);
    private final Map<String, String> shown = new LinkedHashMap<>();

    private ConfigReference() {}

    static String text(SettingSpec root) {
        ConfigReference reference = new ConfigReference();
        parts(root).forEach(part -> reference.shown.put(part.name() + " " + keys(part), part.path()));
        for (SettingSpec part : parts(root)) {
            reference.out.append("\n## ").append(part.name()).append("\n\n");
            if (isLeaf(part)) {
                reference.table();
                reference.row(part);
            } else {
                reference.out.append(sentence(part.meaning())).append("\n\n");
                reference.table();
                reference.inside(part);
            }
        }
        return reference.out.toString();
    }

    private static List<SettingSpec> parts(SettingSpec described) {
        return described.kind() instanceof Kind.Part(List<SettingSpec> settings) ? settings : List.of();
    }

    private static String sentence(String meaning) {
        return Character.toUpperCase(meaning.charAt(0)) + meaning.substring(1) + ".";
    }

    private void table() {
        out.append("| setting | value | default | meaning |\n| --- | --- | --- | --- |\n");
    }

    private void inside(SettingSpec described) {
        switch (described.kind()) {
            case Kind.Part(List<SettingSpec> settings) -> {
                settings.stream().filter(ConfigReference::isLeaf).forEach(this::row);
                settings.stream().filter(setting -> !isLeaf(setting)).forEach(this::group);
            }
            case Kind.Named(SettingSpec each) -> inside(each);
            case Kind.Listed(SettingSpec each) -> inside(each);
            case Kind.Text _, Kind.Decimal _, Kind.Flag _, Kind.Count _, Kind.Span _ -> row(described);
            case Kind.Size _, Kind.Choice _, Kind.Hidden _ -> row(described);
        }
    }

    /** A part inside a part; one that was shown elsewhere already is only named. */
    private void group(SettingSpec described) {
        String same = described.name() + " " + keys(described);
        String before = shown.putIfAbsent(same, described.path());
        if (before != null) {
            line(described.path(), "as `" + before + "`", "", described.meaning());
        } else {
            line(described.path(), "", "", described.meaning());
            inside(described);
        }
    }

    private static String keys(SettingSpec described) {
        return switch (described.kind()) {
            case Kind.Part(List<SettingSpec> settings) ->
                settings.stream().map(ConfigReference::keys).collect(Collectors.joining(",", "{", "}"));
            case Kind.Named(SettingSpec each) -> "*" + keys(each);
            case Kind.Listed(SettingSpec each) -> "[]" + keys(each);
            case Kind.Text _, Kind.Decimal _, Kind.Flag _, Kind.Count _, Kind.Span _ -> described.name();
            case Kind.Size _, Kind.Choice _, Kind.Hidden _ -> described.name();
        };
    }

    private void row(SettingSpec described) {
        String notes = described.notes().isEmpty() ? "" : "; " + String.join("; ", described.notes());
        String standard =
                described.fallback().map(text -> "`" + text + "`").orElse(described.required() ? "required" : "");
        line(described.path(), value(described.kind()), standard, described.meaning() + notes);
    }

    private void line(String path, String value, String standard, String meaning) {
        out.append("| `")
                .append(path)
                .append("` | ")
                .append(value)
                .append(" | ")
                .append(standard);
        out.append(" | ").append(meaning.replace("|", "\\|")).append(" |\n");
    }

    private static String value(Kind kind) {
        return switch (kind) {
            case Kind.Text(String format) -> format;
            case Kind.Decimal(String format) -> format;
            case Kind.Flag _ -> "`true` or `false`";
            case Kind.Count(long min, long max) -> min + " to " + max;
            case Kind.Span span -> span.range();
            case Kind.Size(var min, var max) -> min + " to " + max;
            case Kind.Choice(List<String> words) ->
                words.stream().map(word -> "`" + word + "`").collect(Collectors.joining(", "));
            case Kind.Hidden _ -> "secret";
            case Kind.Listed(SettingSpec each) -> "list: " + value(each.kind());
            case Kind.Named(SettingSpec each) -> "name to " + value(each.kind());
            case Kind.Part _ -> "";
        };
    }

    /** A single value, or a list or map of single values. */
    private static boolean isLeaf(SettingSpec described) {
        return switch (described.kind()) {
            case Kind.Part _ -> false;
            case Kind.Listed(SettingSpec each) -> isLeaf(each);
            case Kind.Named(SettingSpec each) -> isLeaf(each);
            case Kind.Text _, Kind.Decimal _, Kind.Flag _, Kind.Count _, Kind.Span _ -> true;
            case Kind.Size _, Kind.Choice _, Kind.Hidden _ -> true;
        };
    }
}
