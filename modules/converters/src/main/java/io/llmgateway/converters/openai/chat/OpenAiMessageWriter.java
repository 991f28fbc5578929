package io.llmgateway.converters.openai.chat;

import io.llmgateway.converters.canonical.CacheHint;
import io.llmgateway.converters.canonical.Media;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.canonical.Turn;
import io.llmgateway.converters.hub.CallIds;
import io.llmgateway.converters.hub.Conversation;
import io.llmgateway.converters.hub.DocumentText;
import io.llmgateway.converters.hub.ToolNames;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.converters.hub.Words;
import io.llmgateway.model.GatewayException;
import io.llmgateway.wire.JsonOut;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes turns as chat messages. Confined to one attempt. */
final class OpenAiMessageWriter {
    private static final String NOTHING = "(no output)";
    private static final String ERROR = "Error: ";
    private static final String ELSEWHERE = "[image: see next user message]";

    private final JsonOut out;
    private final ToolNames names;
    private final OpenAiModels model;
    private final Warnings warnings;

    OpenAiMessageWriter(JsonOut out, ToolNames names, OpenAiModels model, Warnings warnings) {
        this.out = out;
        this.names = names;
        this.model = model;
        this.warnings = warnings;
    }

    /** Writes the field {@code messages}. */
    void messages(Conversation conversation) {
        out.array("messages");
        if (!conversation.system().isEmpty()) {
            instructions(conversation.system());
        }
        for (Turn turn : conversation.turns()) {
            switch (turn.role()) {
                case SYSTEM -> instructions(texts(turn.parts()));
                case USER -> user(turn);
                case ASSISTANT -> assistant(turn);
            }
        }
        out.endArray();
    }

    private static List<Part.Text> texts(List<Part> parts) {
        List<Part.Text> texts = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Part.Text text) {
                texts.add(text);
            }
        }
        return texts;
    }

    private void instructions(List<Part.Text> texts) {
        out.object().field("role", "system");
        texts(texts, "\n\n");
        out.endObject();
    }

    /** One string, or parts when a place for the prompt cache has to be marked. */
    private void texts(List<Part.Text> texts, String separator) {
        boolean marked = model.breakpoints() && texts.stream().anyMatch(text -> text.cache() != null);
        if (marked) {
            out.array("content");
            texts.forEach(this::text);
            out.endArray();
            return;
        }
        StringBuilder all = new StringBuilder();
        for (Part.Text text : texts) {
            all.append(all.isEmpty() ? "" : separator).append(text.text());
        }
        out.field("content", all.toString());
    }

    private void user(Turn turn) {
        List<Part> rest = new ArrayList<>();
        List<Part.ToolResult> withImages = new ArrayList<>();
        for (Part part : turn.parts()) {
            if (part instanceof Part.ToolResult result) {
                result(result);
                if (result.content().stream().anyMatch(Part.Image.class::isInstance)) {
                    withImages.add(result);
                }
            } else {
                rest.add(part);
            }
        }
        withImages.forEach(this::images);
        if (!rest.isEmpty()) {
            out.object().field("role", "user");
            content(rest);
            out.endObject();
        }
    }

    private void content(List<Part> parts) {
        if (parts.stream().allMatch(Part.Text.class::isInstance)) {
            texts(texts(parts), "\n\n");
            return;
        }
        out.array("content");
        parts.forEach(this::part);
        out.endArray();
    }

    private void result(Part.ToolResult result) {
        StringBuilder text = new StringBuilder();
        boolean image = false;
        for (Part part : result.content()) {
            String piece = switch (part) {
                case Part.Text said -> said.text();
                case Part.Document document when document.media() == null -> DocumentText.of(document);
                case Part.Document document -> throw unreadable(document.media(), result.path());
                default -> "";
            };
            image |= part instanceof Part.Image;
            if (!piece.isEmpty()) {
                text.append(text.isEmpty() ? "" : "\n").append(piece);
            }
        }
        if (image) {
            text.append(text.isEmpty() ? "" : "\n").append(ELSEWHERE);
        }
        String content = text.isEmpty() ? NOTHING : text.toString();
        boolean prefix = result.error() && !content.startsWith(ERROR);
        out.object().field("role", "tool");
        out.field("tool_call_id", CallIds.forOpenAi(result.callId(), model.official()));
        out.field("content", prefix ? ERROR + content : content).endObject();
    }

    /** Tool messages hold text only; what a tool shows comes as the user's. */
    private void images(Part.ToolResult result) {
        out.object().field("role", "user").array("content");
        String id = CallIds.forOpenAi(result.callId(), model.official());
        out.object().field("type", "text");
        out.field("text", "Image(s) returned by tool call " + id + ":").endObject();
        result.content().stream().filter(Part.Image.class::isInstance).forEach(this::part);
        out.endArray().endObject();
    }

    private void assistant(Turn turn) {
        StringBuilder text = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        boolean between = false;
        for (Part part : turn.parts()) {
            if (part instanceof Part.Text said) {
                text.append(between ? Words.apart(text, said.text()) : said.text());
                between = false;
            } else {
                between = true;
                if (part instanceof Part.Reasoning thought) {
                    reasoning.append(Words.apart(reasoning, thought.text()));
                } else if (part instanceof Part.Image || part instanceof Part.Document || part instanceof Part.Audio) {
                    warnings.dropped(turn.path(), "the assistant can say texts only");
                }
            }
        }
        List<Part.ToolCall> calls = Conversation.calls(turn);
        if (text.isEmpty() && calls.isEmpty()) {
            return;
        }
        out.object().field("role", "assistant").field("content", text.isEmpty() ? null : text.toString());
        if (model.replay() != null && (!calls.isEmpty() || !reasoning.isEmpty())) {
            out.field(model.replay(), reasoning.toString());
        }
        if (!calls.isEmpty()) {
            out.array("tool_calls");
            calls.forEach(this::call);
            out.endArray();
        }
        out.endObject();
    }

    private void call(Part.ToolCall call) {
        out.object().field("id", CallIds.forOpenAi(call.id(), model.official())).field("type", "function");
        out.object("function").field("name", names.toSend(call.name()));
        out.field("arguments", JsonOut.document(call.input())).endObject().endObject();
    }

    private void text(Part.Text text) {
        out.object().field("type", "text").field("text", text.text());
        breakpoint(text.cache());
        out.endObject();
    }

    private void breakpoint(@Nullable CacheHint cache) {
        if (cache != null && model.breakpoints()) {
            out.object("prompt_cache_breakpoint").field("mode", "explicit");
            if (cache == CacheHint.LONG) {
                out.field("ttl", "12h");
            }
            out.endObject();
        }
    }

    private void part(Part part) {
        switch (part) {
            case Part.Text text -> text(text);
            case Part.Image image -> {
                out.object().field("type", "image_url").object("image_url");
                out.field("url", url(image.media())).endObject();
                breakpoint(image.cache());
                out.endObject();
            }
            case Part.Document document -> document(document);
            case Part.Audio audio ->
                throw Warnings.refused(audio.media().path(), "'" + audio.media().path() + "' cannot be converted");
            case Part.ToolCall call -> throw new IllegalArgumentException("a call is no content");
            case Part.ToolResult result -> throw new IllegalArgumentException("a result is no content");
            case Part.Reasoning reasoning -> {
                // a user does not reason
            }
            case Part.RedactedReasoning redacted -> {
                // a user does not reason
            }
        }
    }

    private static String url(Media media) {
        if (media.base64() != null) {
            return media.dataUrl();
        }
        if (media.url() == null) {
            throw Warnings.refused(media.path(), "'" + media.path() + "' is a file that only another provider keeps");
        }
        return media.url();
    }

    private void document(Part.Document document) {
        Media media = document.media();
        if (media == null) {
            text(Part.Text.of(DocumentText.of(document)));
            return;
        }
        if (!model.files() || media.base64() == null) {
            throw unreadable(media, media.path());
        }
        String about = DocumentText.about(document);
        if (about != null) {
            text(Part.Text.of(about));
        }
        out.object().field("type", "file").object("file");
        out.field("filename", document.title() == null ? "document.pdf" : document.title());
        out.field("file_data", media.dataUrl()).endObject().endObject();
    }

    private static GatewayException unreadable(@Nullable Media media, String path) {
        String what = media == null || media.base64() != null ? "a document this model cannot read" : "not inline";
        return Warnings.refused(path, "'" + path + "' is " + what);
    }
}
