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
    private OpenAiMedia() {}

    static Part image(Fields part, @Nullable CacheHint cache) {
        JsonNode value = part.node("image_url");
        if (value.isTextual()) {
            return new Part.Image(source(value.textValue(), part.at("image_url")), null, cache);
        }
        Fields image = Fields.of(value, part.at("image_url"));
        return new Part.Image(source(image.requiredText("url"), image.at("url")), image.text("detail"), cache);
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

    static Part audio(Fields part) {
        Fields audio = Fields.of(part.node("input_audio"), part.at("input_audio"));
        String mime = "audio/" + audio.requiredText("format");
        return new Part.Audio(MediaData.base64(mime, audio.requiredText("data"), null, audio.at("data")));
    }

    static Part file(Fields part, @Nullable CacheHint cache) {
        Fields file = Fields.of(part.node("file"), part.at("file"));
        String name = file.text("filename");
        String data = file.text("file_data");
        if (data == null) {
            Media kept = Media.kept(file.requiredText("file_id"), name, file.at("file_id"));
            return new Part.Document(null, kept, name, null, cache);
        }
        String path = file.at("file_data");
        Media media = MediaData.isDataUrl(data)
                ? MediaData.dataUrl(data, name, path)
                : MediaData.base64(MediaData.byName(name), data, name, path);
        if (media.mime().startsWith("image/")) {
            return new Part.Image(media, null, cache);
        }
        if (MediaData.isText(media.mime())) {
            return new Part.Document(MediaData.text(media), null, name, null, cache);
        }
        return new Part.Document(null, media, name, null, cache);
    }
}
