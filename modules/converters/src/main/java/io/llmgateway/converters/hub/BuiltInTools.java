package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.canonical.CacheHint;
import io.llmgateway.converters.canonical.Tool;
import io.llmgateway.converters.canonical.Tool.Kind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tools that providers run themselves, under the names they have with each of them. Their options are kept in the place
 * of the schema, in Anthropic's form. Stateless, thread-safe.
 */
public final class BuiltInTools {
    /** The options that more than one provider has. */
    public static final List<String> OPTIONS =
            List.of("max_uses", "allowed_domains", "blocked_domains", "user_location");

    /** Words that begin a tool's type; dated versions follow. Sources: the tool guides of OpenAI, Anthropic, Google. */
    private static final Map<String, Kind> TYPES = Map.of(
            "web_search", Kind.WEB_SEARCH,
            "google_search", Kind.WEB_SEARCH,
            "googleSearch", Kind.WEB_SEARCH,
            "web_fetch", Kind.WEB_FETCH,
            "url_context", Kind.WEB_FETCH,
            "urlContext", Kind.WEB_FETCH,
            "code_execution", Kind.CODE_EXECUTION,
            "codeExecution", Kind.CODE_EXECUTION,
            "code_interpreter", Kind.CODE_EXECUTION);

    private BuiltInTools() {}

    /** What a type stands for; null when it is no tool that another provider could run. */
    public static @Nullable Kind kind(String type) {
        for (Map.Entry<String, Kind> known : TYPES.entrySet()) {
            if (type.startsWith(known.getKey())) {
                return known.getValue();
            }
        }
        return null;
    }

    /** The kind of a tool that is named by its only field, as Google's are; null for none. */
    public static @Nullable Kind named(Fields tool) {
        for (Map.Entry<String, Kind> known : TYPES.entrySet()) {
            if (tool.has(known.getKey())) {
                return known.getValue();
            }
        }
        return null;
    }

    /** Reads such a tool; options that only its own provider has are warned about. */
    public static Tool read(Fields tool, Kind kind, @Nullable CacheHint cache, Warnings warnings) {
        ObjectNode options = JsonNodeFactory.instance.objectNode();
        for (String option : OPTIONS) {
            JsonNode value = tool.node(option);
            if (!value.isMissingNode()) {
                options.set(option, value);
            }
        }
        Fields filters = tool.object("filters");
        if (filters != null && filters.has("allowed_domains")) {
            options.set("allowed_domains", filters.node("allowed_domains"));
        }
        if (filters != null) {
            filters.rest(warnings);
        }
        tool.ignore("type");
        String name = tool.text("name");
        tool.rest(warnings);
        return Tool.builtIn(kind, name == null ? defaultName(kind) : name, options, cache, tool.path());
    }

    /** The search that OpenAI's field {@code web_search_options} asks for. */
    public static Tool search(Fields options, Warnings warnings) {
        ObjectNode kept = JsonNodeFactory.instance.objectNode();
        Fields location = options.object("user_location");
        JsonNode place = location == null ? null : location.node("approximate");
        if (place instanceof ObjectNode where) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode().put("type", "approximate");
            where.properties().forEach(field -> copy.set(field.getKey(), field.getValue()));
            kept.set("user_location", copy);
        }
        if (location != null) {
            location.ignore("type");
            location.rest(warnings);
        }
        String size = options.text("search_context_size");
        if (size != null && !"medium".equals(size)) {
            warnings.dropped(options.at("search_context_size"), "the provider has no such choice");
        }
        options.rest(warnings);
        return Tool.builtIn(Kind.WEB_SEARCH, defaultName(Kind.WEB_SEARCH), kept, null, options.path());
    }

    /** Warns of every option of a tool whose provider takes none. */
    public static void dropOptions(Tool tool, Warnings warnings) {
        for (String option : OPTIONS) {
            if (tool.schema().has(option)) {
                warnings.dropped(tool.path() + '.' + option, "the provider's own tool has no such option");
            }
        }
    }

    private static String defaultName(Kind kind) {
        return switch (kind) {
            case WEB_SEARCH -> "web_search";
            case WEB_FETCH -> "web_fetch";
            case CODE_EXECUTION -> "code_execution";
            case FUNCTION, CUSTOM -> throw new IllegalArgumentException("a function is not built in");
        };
    }
}
