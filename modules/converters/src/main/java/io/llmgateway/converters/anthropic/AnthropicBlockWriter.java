package io.llmgateway.converters.anthropic;

import io.llmgateway.converters.canonical.Media;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.canonical.Turn;
import io.llmgateway.converters.canonical.Turn.Role;
import io.llmgateway.converters.hub.CallIds;
import io.llmgateway.converters.hub.Conversation;
import io.llmgateway.converters.hub.PackedSignature;
import io.llmgateway.converters.hub.ReasoningMemory.Remembered;
import io.llmgateway.converters.hub.ToolNames;
import io.llmgateway.converters.hub.UpstreamModel;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.wire.JsonOut;
import java.util.List;
import java.util.Set;

/** Writes turns as messages with content blocks. Confined to one attempt. */
final class AnthropicBlockWriter {
    private static final Set<String> IMAGES = Set.of("image/jpeg", "image/png", "image/gif", "image/webp");

    private static final String PDF = "application/pdf";

    private static final long MAX_RECALLED_CHARS = 8L * 1024 * 1024;

    private final JsonOut out;
    private final ToolNames names;
    private final AnthropicBreakpoints breakpoints;
    private final UpstreamModel target;
    private long recalled;

    AnthropicBlockWriter(JsonOut out, ToolNames names, AnthropicBreakpoints breakpoints, UpstreamModel target) {
        this.out = out;
        this.names = names;
        this.breakpoints = breakpoints;
        this.target = target;
    }

    /** Writes one message. */
    void turn(Turn turn) {
        out.object().field("role", turn.role() == Role.USER ? "user" : "assistant");
        boolean text =
                turn.parts().size() == 1 && turn.parts().getFirst() instanceof Part.Text only && only.cache() == null;
        if (text && turn.parts().getFirst() instanceof Part.Text only) {
            out.field("content", only.text()).endObject();
            return;
        }
        out.array("content");
        List<Part> reasoning = reasoning(turn, target);
        if (isShown(turn, reasoning)) {
            reasoning.forEach(this::part);
        }
        // the calls come last, as the provider's own answers have them
        turn.parts().stream()
                .filter(part -> !isReasoning(part) && !isCall(part))
                .forEach(this::part);
        turn.parts().stream().filter(AnthropicBlockWriter::isCall).forEach(this::part);
        out.endArray().endObject();
    }

    /** A short history that names one remembered call again and again must not become a huge request. */
    private boolean isShown(Turn turn, List<Part> reasoning) {
        if (turn.parts().stream().anyMatch(AnthropicBlockWriter::isValid)) {
            return true;
        }
        for (Part part : reasoning) {
            recalled += part instanceof Part.Reasoning shown ? shown.text().length() : 0;
            recalled += part instanceof Part.RedactedReasoning hidden
                    ? hidden.data().length()
                    : 0;
        }
        return recalled <= MAX_RECALLED_CHARS;
    }

    /** The reasoning that is sent with a turn of the assistant: its own, or what is remembered of its first call. */
    static List<Part> reasoning(Turn turn, UpstreamModel target) {
        if (turn.role() != Role.ASSISTANT) {
            return List.of();
        }
        List<Part> own =
                turn.parts().stream().filter(AnthropicBlockWriter::isValid).toList();
        List<Part.ToolCall> calls = Conversation.calls(turn);
        if (!own.isEmpty() || calls.isEmpty()) {
            return own;
        }
        Remembered remembered =
                target.memory().recall(target.owner(), calls.getFirst().id());
        return remembered == null ? List.of() : remembered.reasoning();
    }

    private static boolean isValid(Part part) {
        return part instanceof Part.RedactedReasoning
                || (part instanceof Part.Reasoning reasoning
                        && !reasoning.signature().isEmpty()
                        && !PackedSignature.isOurs(reasoning.signature()));
    }

    private static boolean isReasoning(Part part) {
        return part instanceof Part.Reasoning || part instanceof Part.RedactedReasoning;
    }

    private static boolean isCall(Part part) {
        return part instanceof Part.ToolCall;
    }

    private void part(Part part) {
        switch (part) {
            case Part.Text text -> out.object().field("type", "text").field("text", text.text());
            case Part.Image image -> image(image.media());
            case Part.Document document -> document(document);
            case Part.Audio audio ->
                throw Warnings.refused(
                        audio.media().path(), "'" + audio.media().path() + "' is audio, which the model cannot hear");
            case Part.ToolCall call ->
                out.object()
                        .field("type", "tool_use")
                        .field("id", CallIds.valid(call.id(), CallIds.ANTHROPIC_MAX))
                        .field("name", names.toSend(call.name()))
                        .field("input", call.input());
            case Part.ToolResult result -> result(result);
            case Part.Reasoning reasoning ->
                out.object()
                        .field("type", "thinking")
                        .field("thinking", reasoning.text())
                        .field("signature", reasoning.signature());
            case Part.RedactedReasoning redacted ->
                out.object().field("type", "redacted_thinking").field("data", redacted.data());
        }
        breakpoints.write(out, part);
        out.endObject();
    }

    private void result(Part.ToolResult result) {
        out.object()
                .field("type", "tool_result")
                .field("tool_use_id", CallIds.valid(result.callId(), CallIds.ANTHROPIC_MAX));
        List<Part> content = result.content().stream()
                .filter(part ->
                        !(part instanceof Part.Text text) || !text.text().isBlank())
                .toList();
        if (content.size() == 1 && content.getFirst() instanceof Part.Text text) {
            out.field("content", text.text());
        } else if (!content.isEmpty()) {
            out.array("content");
            content.forEach(this::part);
            out.endArray();
        }
        if (result.error()) {
            out.field("is_error", true);
        }
    }

    private void image(Media media) {
        out.object().field("type", "image").object("source");
        if (media.base64() != null) {
            if (!IMAGES.contains(media.mime())) {
                throw Warnings.refused(
                        media.path(),
                        "'" + media.path() + "' must be a JPEG, PNG, GIF or WebP image, it is '" + media.mime() + "'");
            }
            inline(media);
        } else {
            remote(media);
        }
        out.endObject();
    }

    private void inline(Media media) {
        out.field("type", "base64").field("media_type", media.mime()).field("data", media.base64());
    }

    private void remote(Media media) {
        if (media.url() == null || !media.url().startsWith("https://")) {
            throw Warnings.refused(
                    media.path(), "'" + media.path() + "' must be an https address or hold the data itself");
        }
        out.field("type", "url").field("url", media.url());
    }

    private void document(Part.Document document) {
        Media media = document.media();
        out.object().field("type", "document").object("source");
        if (media == null) {
            out.field("type", "text").field("media_type", "text/plain").field("data", document.text());
        } else if (media.base64() == null && (media.mime().isEmpty() || PDF.equals(media.mime()))) {
            remote(media);
        } else if (media.base64() != null && PDF.equals(media.mime())) {
            inline(media);
        } else {
            throw Warnings.refused(
                    media.path(), "'" + media.path() + "' must be a PDF or text, it is '" + media.mime() + "'");
        }
        out.endObject();
        if (document.title() != null) {
            out.field("title", document.title());
        }
        if (document.context() != null) {
            out.field("context", document.context());
        }
    }
}
