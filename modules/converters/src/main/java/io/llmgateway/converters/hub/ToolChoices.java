package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.Tool;
import io.llmgateway.converters.canonical.Tool.Kind;
import io.llmgateway.converters.canonical.ToolChoice;
import io.llmgateway.converters.canonical.ToolChoice.Mode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code tool_choice} in the client's own form, and in those of other protocols, which are understood with a
 * warning: words of OpenAI, Anthropic, Mistral and Gemini, objects without a type, the name of a tool. Confined to one
 * request.
 */
public final class ToolChoices {
    private static final String FIELD = "tool_choice";

    private final Fields root;
    private final Set<String> own;
    private final List<Tool> tools;
    private final Warnings warnings;
    private final String nameField;

    /**
     * Reads the choice of this request.
     *
     * @param own the words and the types of objects that are the protocol's own
     * @param nameField the field that is at fault when the named tool is not sent
     */
    public ToolChoices(Fields root, Set<String> own, String nameField, List<Tool> tools, Warnings warnings) {
        this.root = root;
        this.own = own;
        this.nameField = nameField;
        this.tools = tools;
        this.warnings = warnings;
    }

    /** The choice; {@code parallel} is what the request says elsewhere about several calls. */
    public ToolChoice read(boolean parallel) {
        JsonNode said = root.node(FIELD);
        if (said.isMissingNode() || (said.isTextual() && said.textValue().isEmpty())) {
            return new ToolChoice(Mode.UNSAID, List.of(), parallel);
        }
        if (!said.isTextual() && !said.isObject()) {
            throw root.wrong(FIELD, "a string or an object", said);
        }
        ToolChoice read =
                said.isTextual() ? plain(said.textValue(), parallel) : object(Fields.of(said, FIELD), parallel);
        return checked(read);
    }

    private ToolChoice checked(ToolChoice read) {
        if (tools.isEmpty() && read.mode() == Mode.NONE) {
            return read;
        }
        if (tools.isEmpty()) {
            String why = "'" + FIELD + "' demands a call, but there are no tools";
            if (read.forced() && !root.has("tools")) {
                throw Warnings.refused(FIELD, why);
            }
            if (read.forced()) {
                warnings.dropped(FIELD, why);
            }
            return new ToolChoice(Mode.UNSAID, List.of(), read.parallel());
        }
        Set<String> sent = names();
        for (String name : read.names()) {
            if (!sent.contains(name)) {
                throw Warnings.refused(
                        nameField, "'" + nameField + "' names the tool '" + name + "', which is not sent");
            }
        }
        return read;
    }

    private Set<String> names() {
        Set<String> names = new HashSet<>();
        tools.stream()
                .filter(tool -> tool.kind() == Kind.FUNCTION || tool.kind() == Kind.CUSTOM)
                .forEach(tool -> names.add(tool.name()));
        return names;
    }

    private ToolChoice plain(String word, boolean parallel) {
        Mode mode = mode(word);
        if (mode == null && names().contains(word)) {
            warnings.adjusted(FIELD, "the name of a tool is taken for the choice of it");
            return new ToolChoice(Mode.NAMED, List.of(word), parallel);
        }
        if (mode == null) {
            throw root.unknownValue(FIELD, word, "none, auto, required, or an object");
        }
        return new ToolChoice(mode, List.of(), parallel);
    }

    /** What a word means; null when it means nothing. */
    private @Nullable Mode mode(String word) {
        Mode mode = switch (word.toLowerCase(Locale.ROOT)) {
            case "auto" -> Mode.AUTO;
            case "none" -> Mode.NONE;
            case "required", "any" -> Mode.REQUIRED;
            case "validated" -> Mode.VALIDATED;
            default -> null;
        };
        if (mode != null && !own.contains(word)) {
            warnings.adjusted(FIELD, "'" + word + "' is another protocol's word");
        }
        return mode;
    }

    private ToolChoice object(Fields said, boolean elsewhere) {
        boolean parallel = elsewhere && !said.flag("disable_parallel_tool_use");
        String type = type(said);
        ToolChoice read = switch (type) {
            case "allowed_tools" -> allowed(said, parallel);
            case "function", "custom", "tool" -> new ToolChoice(Mode.NAMED, List.of(nameOf(said, type)), parallel);
            default -> {
                Mode mode = mode(type);
                if (mode == null) {
                    throw said.unknownValue("type", type, "function, custom, allowed_tools, auto, any, tool, none");
                }
                yield new ToolChoice(mode, List.of(), parallel || mode == Mode.NONE);
            }
        };
        said.rest(warnings);
        return read;
    }

    private String type(Fields said) {
        String type = said.text("type");
        if (type != null) {
            if (!own.contains(type) && mode(type) == null) {
                warnings.adjusted(FIELD, "a choice of type '" + type + "' is another protocol's");
            }
            return type;
        }
        String guessed = said.has("function")
                ? "function"
                : said.has("custom")
                        ? "custom"
                        : said.has("allowed_tools")
                                ? "allowed_tools"
                                : said.has("name") ? "tool" : said.has("disable_parallel_tool_use") ? "auto" : "";
        if (guessed.isEmpty()) {
            throw Warnings.refused(said.at("type"), "'" + said.at("type") + "' is missing");
        }
        warnings.adjusted(FIELD, "it has no type, '" + guessed + "' is understood");
        return guessed;
    }

    private ToolChoice allowed(Fields said, boolean parallel) {
        Fields inner = said.object("allowed_tools");
        Fields allowed = inner == null ? said : inner;
        List<String> names = new ArrayList<>();
        for (Fields tool : allowed.objects("tools")) {
            String type = tool.text("type");
            names.add(nameOf(tool, type == null ? "function" : type));
            tool.rest(warnings);
        }
        Mode mode = "required".equals(allowed.text("mode")) ? Mode.REQUIRED : Mode.AUTO;
        if (inner != null) {
            inner.rest(warnings);
        }
        return new ToolChoice(mode, names, parallel);
    }

    /** The name in an object of its own, or beside the type. */
    private String nameOf(Fields holder, String type) {
        Fields named = "tool".equals(type) ? null : holder.object(type);
        if (named != null) {
            String name = named.requiredText("name");
            named.rest(warnings);
            return name;
        }
        if (!holder.has("name") && !"tool".equals(type)) {
            throw Warnings.refused(holder.at(type), "'" + holder.at(type) + "' is missing");
        }
        return holder.requiredText("name");
    }
}
