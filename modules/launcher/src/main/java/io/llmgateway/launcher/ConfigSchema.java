package io.llmgateway.launcher;

import io.llmgateway.settings.ByteSize;
import io.llmgateway.settings.reference.SettingSpec;
import io.llmgateway.settings.reference.SettingSpec.Kind;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.PrettyJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The configuration as JSON Schema, draft 2020-12, made from what the readers of the configuration ask for. It says
 * what one value may be; what must fit together, such as names, {@code validate} says. Confined to one use.
 */
final class ConfigSchema {
    private static final String COUNT = "^[0-9]{1,15}[km]?$";
    private static final String SPAN = "^([0-9]{1,15}(ms|s|m|h|d)|0)$";
    private static final String SIZE = "^[0-9]{1,15}(B|KiB|MiB|GiB|KB|kB|MB|GB)?$";
    private static final String DECIMAL = "^[0-9]+(\\.[0-9]{1,9})?$";

    private final JsonOut json;

    private ConfigSchema(JsonOut json) {
        this.json = json;
    }

    static String text(SettingSpec root) {
        OutBuffer out = new OutBuffer(32 * 1024);
        JsonOut json = new JsonOut(out);
        json.object().field("$schema", "https://json-schema.org/draft/2020-12/schema");
        json.field("$id", "urn:llm-gateway:configuration").field("title", "Configuration of LLM Gateway");
        new ConfigSchema(json).body(root);
        json.endObject();
        return PrettyJson.of(new String(out.array(), 0, out.length(), StandardCharsets.UTF_8));
    }

    private void body(SettingSpec described) {
        String meaning = meaning(described);
        if (!meaning.isEmpty()) {
            json.field("description", meaning);
        }
        switch (described.kind()) {
            case Kind.Part(List<SettingSpec> settings) -> part(settings);
            case Kind.Named(SettingSpec each) -> {
                types("object", "null");
                json.object("additionalProperties");
                body(each);
                json.endObject();
            }
            case Kind.Listed(SettingSpec each) -> {
                types("array", "null");
                json.object("items");
                body(each);
                json.endObject();
            }
            case Kind.Text _ -> json.field("type", "string");
            case Kind.Flag _ -> json.field("type", "boolean");
            case Kind.Choice(List<String> words) -> {
                json.array("enum");
                words.forEach(json::string);
                if (words.contains("off")) {
                    // what a YAML 1.1 reader makes of the word
                    json.bool(false);
                }
                json.endArray();
            }
            case Kind.Count(long min, long max) -> either(() -> range(min, max), COUNT);
            case Kind.Size(ByteSize min, ByteSize max) -> either(() -> range(min.bytes(), max.bytes()), SIZE);
            case Kind.Span _ -> either(() -> json.field("const", 0), SPAN);
            case Kind.Decimal _ -> either(() -> json.field("type", "number").field("minimum", 0), DECIMAL);
            case Kind.Hidden _ -> hidden();
        }
        described.fallback().ifPresent(fallback -> standard(described.kind(), fallback));
    }

    private void part(List<SettingSpec> settings) {
        types("object", "null");
        json.object("properties");
        for (SettingSpec setting : settings) {
            json.object(setting.name());
            body(setting);
            json.endObject();
        }
        json.endObject();
        List<String> required = settings.stream()
                .filter(SettingSpec::required)
                .map(SettingSpec::name)
                .toList();
        if (!required.isEmpty()) {
            json.array("required");
            required.forEach(json::string);
            json.endArray();
        }
        json.field("additionalProperties", false);
    }

    private void range(long min, long max) {
        json.field("type", "integer").field("minimum", min).field("maximum", max);
    }

    private void either(Runnable first, String pattern) {
        json.array("anyOf").object();
        first.run();
        json.endObject().object().field("type", "string").field("pattern", pattern);
        json.endObject().endArray();
    }

    private void hidden() {
        json.array("anyOf").object().field("type", "string").endObject();
        reference("env");
        reference("file");
        json.endArray();
    }

    private void reference(String key) {
        json.object().field("type", "object").object("properties").object(key);
        json.field("type", "string").endObject().endObject();
        json.array("required").string(key).endArray().field("additionalProperties", false);
        json.endObject();
    }

    private void types(String... types) {
        json.array("type");
        List.of(types).forEach(json::string);
        json.endArray();
    }

    private void standard(Kind kind, String fallback) {
        json.name("default");
        boolean digits = fallback.chars().allMatch(Character::isDigit);
        Consumer<String> write = switch (kind) {
            case Kind.Flag _ -> text -> json.bool(Boolean.parseBoolean(text));
            case Kind.Count _ when digits -> text -> json.number(Long.parseLong(text));
            case Kind.Count _, Kind.Part _, Kind.Named _, Kind.Listed _, Kind.Text _, Kind.Decimal _ -> json::string;
            case Kind.Span _, Kind.Size _, Kind.Choice _, Kind.Hidden _ -> json::string;
        };
        write.accept(fallback);
    }

    private static String meaning(SettingSpec described) {
        String range = switch (described.kind()) {
            case Kind.Span(Duration _, Duration _) -> ((Kind.Span) described.kind()).range();
            case Kind.Size(ByteSize min, ByteSize max) -> min + " to " + max;
            case Kind.Text(String format) -> format;
            case Kind.Part _, Kind.Named _, Kind.Listed _, Kind.Decimal _, Kind.Flag _, Kind.Count _ -> "";
            case Kind.Choice _, Kind.Hidden _ -> "";
        };
        String meaning = described.meaning();
        return range.isEmpty() || range.equals("text") ? meaning : meaning + " (" + range + ")";
    }
}
