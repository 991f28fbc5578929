package io.llmgateway.converters.gemini;

import io.llmgateway.converters.canonical.Media;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.canonical.Turn;
import io.llmgateway.converters.canonical.Turn.Role;
import io.llmgateway.converters.hub.DocumentText;
import io.llmgateway.converters.hub.PackedSignature;
import io.llmgateway.converters.hub.ReasoningMemory.Remembered;
import io.llmgateway.converters.hub.ToolNames;
import io.llmgateway.converters.hub.UpstreamModel;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.wire.JsonOut;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes turns as contents with parts. Confined to one attempt. */
final class GeminiPartWriter {
    /** Google's word for calls whose proof was lost, documented for histories from elsewhere. */
    private static final String UNPROVEN = "skip_thought_signature_validator";

    private final JsonOut out;
    private final ToolNames names;
    private final GeminiModels model;
    private final UpstreamModel target;
    private final Map<String, String> callNames = new HashMap<>();
    private final Map<String, String> proofs = new HashMap<>();

    GeminiPartWriter(JsonOut out, ToolNames names, GeminiModels model, UpstreamModel target) {
        this.out = out;
        this.names = names;
        this.model = model;
        this.target = target;
    }

    /** Writes the field {@code contents}. */
    void contents(List<Turn> turns) {
        int current = currentTurn(turns);
        out.array("contents");
        for (int i = 0; i < turns.size(); i++) {
            if (turns.get(i).role() == Role.USER) {
                user(turns.get(i));
            } else {
                model(turns.get(i), i > current);
            }
        }
        out.endArray();
    }

    /** Where the turn under way begins: at the last thing the user said himself. */
    private static int currentTurn(List<Turn> turns) {
        for (int i = turns.size() - 1; i >= 0; i--) {
            boolean said = turns.get(i).role() == Role.USER
                    && turns.get(i).parts().stream().anyMatch(part -> !(part instanceof Part.ToolResult));
            if (said) {
                return i;
            }
        }
        return -1;
    }

    private void user(Turn turn) {
        List<Part.ToolResult> results = new ArrayList<>();
        List<Part> others = new ArrayList<>();
        for (Part part : turn.parts()) {
            if (part instanceof Part.ToolResult result) {
                results.add(result);
            } else {
                others.add(part);
            }
        }
        if (!results.isEmpty()) {
            content("user");
            results.forEach(this::result);
            if (!model.third()) {
                results.forEach(result -> result.content().forEach(this::mediaOnly));
            }
            out.endArray().endObject();
        }
        if (!others.isEmpty()) {
            content("user");
            others.forEach(this::part);
            out.endArray().endObject();
        }
    }

    private void content(String role) {
        out.object().field("role", role).array("parts");
    }

    private void model(Turn turn, boolean open) {
        for (Part part : turn.parts()) {
            if (part instanceof Part.Reasoning reasoning) {
                proofs.putAll(PackedSignature.geminiProofs(reasoning.signature()));
            }
        }
        List<Part> shown = turn.parts().stream()
                .filter(part -> !(part instanceof Part.Reasoning) && !(part instanceof Part.RedactedReasoning))
                .toList();
        if (shown.isEmpty()) {
            return;
        }
        content("model");
        boolean firstCall = true;
        for (Part part : shown) {
            if (part instanceof Part.ToolCall call) {
                call(call, firstCall && open);
                firstCall = false;
            } else {
                part(part);
            }
        }
        out.endArray().endObject();
    }

    private void call(Part.ToolCall call, boolean mustBeProven) {
        callNames.put(call.id(), call.name());
        out.object().object("functionCall").field("id", call.id());
        out.field("name", names.toSend(call.name())).field("args", call.input()).endObject();
        String proof = proof(call);
        if (proof != null) {
            out.field("thoughtSignature", proof);
        } else if (mustBeProven && model.third()) {
            out.field("thoughtSignature", UNPROVEN);
        }
        out.endObject();
    }

    private @Nullable String proof(Part.ToolCall call) {
        if (call.signature() != null) {
            return call.signature();
        }
        String packed = proofs.get(call.id());
        if (packed != null) {
            return packed;
        }
        Remembered remembered = target.memory().recall(target.owner(), call.id());
        return remembered == null ? null : remembered.signature();
    }

    private void result(Part.ToolResult result) {
        String name = callNames.getOrDefault(result.callId(), result.callId());
        out.object().object("functionResponse").field("id", result.callId());
        out.field("name", names.toSend(name)).object("response");
        out.field(result.error() ? "error" : "output", text(result)).endObject();
        List<Media> media = media(result);
        if (model.third() && !media.isEmpty()) {
            out.array("parts");
            media.forEach(this::inline);
            out.endArray();
        }
        out.endObject().endObject();
    }

    /** The result as one text: a tree would be interpreted by the provider. */
    private String text(Part.ToolResult result) {
        StringBuilder text = new StringBuilder();
        for (Part part : result.content()) {
            String piece = switch (part) {
                case Part.Text said -> said.text();
                case Part.Document document -> document.media() == null ? DocumentText.of(document) : "";
                case Part.Image image -> model.third() ? "" : "[image attached]";
                default -> "";
            };
            if (!piece.isEmpty()) {
                text.append(text.isEmpty() ? "" : "\n").append(piece);
            }
        }
        return text.toString();
    }

    private static List<Media> media(Part.ToolResult result) {
        List<Media> media = new ArrayList<>();
        for (Part part : result.content()) {
            if (part instanceof Part.Image image) {
                media.add(image.media());
            } else if (part instanceof Part.Document document && document.media() != null) {
                media.add(document.media());
            }
        }
        return media;
    }

    private void mediaOnly(Part part) {
        if (part instanceof Part.Image image) {
            inline(image.media());
        } else if (part instanceof Part.Document document && document.media() != null) {
            inline(document.media());
        }
    }

    private void part(Part part) {
        switch (part) {
            case Part.Text text -> out.object().field("text", text.text()).endObject();
            case Part.Image image -> inline(image.media());
            case Part.Audio audio -> inline(audio.media());
            case Part.Document document -> {
                if (document.media() == null) {
                    out.object().field("text", DocumentText.of(document)).endObject();
                } else {
                    String about = DocumentText.about(document);
                    if (about != null) {
                        out.object().field("text", about).endObject();
                    }
                    inline(document.media());
                }
            }
            case Part.ToolCall call -> call(call, false);
            case Part.ToolResult result -> result(result);
            case Part.Reasoning reasoning -> {
                // never sent back as text: it would be a thought without proof
            }
            case Part.RedactedReasoning redacted -> {
                // only another provider can read it
            }
        }
    }

    private void inline(Media media) {
        if (media.base64() != null) {
            out.object().object("inlineData").field("mimeType", media.mime());
            out.field("data", media.base64()).endObject().endObject();
            return;
        }
        String uri = media.url() == null ? media.fileId() : media.url();
        if (uri == null || !isReadable(uri)) {
            throw Warnings.refused(
                    media.path(),
                    "'" + media.path() + "' must hold the data itself; from elsewhere the model reads only"
                            + (model.urls() ? " https addresses and" : "")
                            + " files of its provider (files/..., gs://..., YouTube)");
        }
        out.object().object("fileData");
        if (!media.mime().isEmpty()) {
            out.field("mimeType", media.mime());
        }
        out.field("fileUri", uri).endObject().endObject();
    }

    private boolean isReadable(String uri) {
        return (model.urls() && uri.startsWith("https://"))
                || uri.startsWith("files/")
                || uri.startsWith("gs://")
                || uri.startsWith("https://generativelanguage.googleapis.com/")
                || uri.startsWith("https://www.youtube.com/")
                || uri.startsWith("https://youtu.be/");
    }
}
