package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.CacheHint;
import io.llmgateway.converters.canonical.Media;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.hub.Fields;
import io.llmgateway.converters.hub.MediaData;
import io.llmgateway.converters.hub.Warnings;
import org.jspecify.annotations.Nullable;

/** Reads images, documents and search results out of content blocks. Stateless, thread-safe. */
final class AnthropicMedia {
    private AnthropicMedia() {}

    static Part image(Fields block, @Nullable CacheHint cache, Warnings warnings) {
        Fields source = source(block);
        Part image = new Part.Image(source(source, null), null, cache);
        source.rest(warnings);
        return image;
    }

    static Part document(Fields block, @Nullable CacheHint cache, Warnings warnings) {
        String title = block.text("title");
        String context = block.text("context");
        block.ignore("citations");
        Fields source = source(block);
        source.ignore("media_type");
        Part document = switch (source.requiredText("type")) {
            case "text" -> new Part.Document(source.requiredText("data"), null, title, context, cache);
            case "content" -> new Part.Document(texts(source, warnings), null, title, context, cache);
            default -> new Part.Document(null, source(source, title), title, context, cache);
        };
        source.rest(warnings);
        return document;
    }

    /** Protocols without search results get them as text. */
    static Part searchResult(Fields block, @Nullable CacheHint cache, Warnings warnings) {
        block.ignore("citations");
        String head = "[" + block.requiredText("title") + "](" + block.requiredText("source") + ")\n";
        return new Part.Text(head + texts(block, warnings), cache);
    }

    private static Fields source(Fields block) {
        Fields source = block.object("source");
        if (source == null) {
            throw Warnings.refused(block.at("source"), "'" + block.at("source") + "' is missing");
        }
        return source;
    }

    private static Media source(Fields source, @Nullable String name) {
        String type = source.requiredText("type");
        return switch (type) {
            case "base64" ->
                MediaData.base64(
                        source.requiredText("media_type"), source.requiredText("data"), name, source.at("data"));
            case "url" -> {
                String url = source.requiredText("url");
                yield Media.remote(MediaData.byName(url), url, name, source.at("url"));
            }
            case "file" -> Media.kept(source.requiredText("file_id"), name, source.at("file_id"));
            default -> throw source.unknownValue("type", type, "base64, url, file");
        };
    }

    private static String texts(Fields holder, Warnings warnings) {
        JsonNode content = holder.node("content");
        if (content.isTextual()) {
            return content.textValue();
        }
        StringBuilder all = new StringBuilder();
        for (Fields block : holder.objects("content")) {
            if (!"text".equals(block.text("type"))) {
                throw Warnings.refused(block.path(), "'" + block.path() + "' must be text to be converted");
            }
            all.append(all.isEmpty() ? "" : "\n").append(block.requiredText("text"));
            block.ignore("citations", "cache_control");
            block.rest(warnings);
        }
        return all.toString();
    }
}
