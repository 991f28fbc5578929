package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.CacheHint;
import io.llmgateway.converters.canonical.Media;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.hub.Fields;
import io.llmgateway.converters.hub.MediaData;
import io.llmgateway.converters.hub.Warnings;
import org.jspecify.annotations.Nullable;

/** Reads images, sound and files out of message parts. Stateless, thread-safe. */
final class OpenAiMedia {
    private static final String VIDEO = "video/mp4";

    private OpenAiMedia() {}

    static Part image(Fields part, @Nullable CacheHint cache, Warnings warnings) {
        JsonNode value = part.node("image_url");
        if (value.isTextual()) {
            return new Part.Image(source(value.textValue(), part.at("image_url")), part.text("detail"), cache);
        }
        if (value.isMissingNode() && part.has("file_id")) {
            return new Part.Image(
                    Media.kept(part.requiredText("file_id"), null, part.at("file_id")), part.text("detail"), cache);
        }
        Fields image = Fields.of(value, part.at("image_url"));
        Part read = new Part.Image(source(image.requiredText("url"), image.at("url")), image.text("detail"), cache);
        image.rest(warnings);
        return read;
    }

    /** Anthropic's image, or one with its data or its address in a field of its own. */
    static Part foreignImage(Fields part, @Nullable CacheHint cache, Warnings warnings) {
        Fields source = part.object("source");
        if (source != null) {
            source.ignore("type", "url", "media_type", "data");
            source.rest(warnings);
        }
        if (source != null && source.has("url")) {
            ofType(source, "url");
            return new Part.Image(source(source.requiredText("url"), source.at("url")), null, cache);
        }
        if (source != null) {
            ofType(source, "base64");
            String mime = source.requiredText("media_type");
            return new Part.Image(
                    MediaData.base64(mime, source.requiredText("data"), null, source.at("data")), null, cache);
        }
        String field = part.has("image") ? "image" : "url";
        return new Part.Image(source(part.requiredText(field), part.at(field)), null, cache);
    }

    private static void ofType(Fields source, String expected) {
        String type = source.text("type");
        if (type != null && !expected.equals(type)) {
            throw source.unknownValue("type", type, "base64, url");
        }
    }

    /** A video, which some servers take by its address. */
    static Part video(Fields part, Warnings warnings) {
        JsonNode value = part.node("video_url");
        Fields holder = value.isTextual() ? part : Fields.of(value, part.at("video_url"));
        String field = value.isTextual() ? "video_url" : "url";
        Media media = source(holder.requiredText(field), holder.at(field));
        holder.ignore("type", "cache_control", "prompt_cache_breakpoint");
        holder.rest(warnings);
        boolean typed = media.base64() != null || media.mime().startsWith("video/");
        Media video = typed ? media : new Media(VIDEO, null, media.url(), null, null, media.path());
        return new Part.Document(null, video, null, null, null);
    }

    private static Media source(String url, String path) {
        if (MediaData.isDataUrl(url)) {
            return MediaData.dataUrl(url, null, path);
        }
        boolean web = url.startsWith("https://") || url.startsWith("http://") || url.startsWith("gs://");
        if (!web) {
            throw Warnings.refused(path, "'" + path + "' must be a data URL or a web address");
        }
        return Media.remote(MediaData.byName(url), url, null, path);
    }

    static Part audio(Fields part, Warnings warnings) {
        Fields audio = Fields.of(part.node("input_audio"), part.at("input_audio"));
        String mime = "audio/" + audio.requiredText("format");
        String data = audio.requiredText("data");
        String path = audio.at("data");
        audio.rest(warnings);
        return new Part.Audio(
                MediaData.isDataUrl(data)
                        ? MediaData.dataUrl(data, null, path)
                        : MediaData.base64(mime, data, null, path));
    }

    /** The fields of a file: its data, its address or the name the provider keeps it under. */
    static Part file(Fields file, @Nullable CacheHint cache) {
        String name = file.text("filename");
        String data = file.text("file_data");
        String url = file.text("file_url");
        if (data == null && url == null) {
            Media kept = Media.kept(file.requiredText("file_id"), name, file.at("file_id"));
            return new Part.Document(null, kept, name, null, cache);
        }
        boolean given = data != null;
        file.ignore("file_id", "detail", "format");
        String path = file.at(given ? "file_data" : "file_url");
        return document(media(file.requiredText(given ? "file_data" : "file_url"), name, path), name, cache);
    }

    private static Media media(String source, @Nullable String name, String path) {
        if (MediaData.isDataUrl(source)) {
            return MediaData.dataUrl(source, name, path);
        }
        if (source.startsWith("https://") || source.startsWith("http://") || source.startsWith("gs://")) {
            String byUrl = MediaData.byName(source);
            return Media.remote(byUrl.isEmpty() ? MediaData.byName(name) : byUrl, source, name, path);
        }
        return MediaData.base64(MediaData.byName(name), source, name, path);
    }

    private static Part document(Media media, @Nullable String name, @Nullable CacheHint cache) {
        if (media.mime().startsWith("image/")) {
            return new Part.Image(media, null, cache);
        }
        if (MediaData.isText(media.mime()) && media.base64() != null) {
            return new Part.Document(MediaData.text(media), null, name, null, cache);
        }
        return new Part.Document(null, media, name, null, cache);
    }
}
