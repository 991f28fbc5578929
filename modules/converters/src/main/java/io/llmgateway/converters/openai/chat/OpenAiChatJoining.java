package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.Growing;
import io.llmgateway.converters.JoinedStream;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts the chunks of a chat stream together to one completion, with all their fields, for a client that asked for no
 * stream. Confined to one stream.
 */
final class OpenAiChatJoining extends JoinedStream {
    private static final int MAX_CHOICES = 128;
    private static final Set<String> WRITTEN = Set.of("object", "choices", "usage");
    private static final Set<String> OF_MESSAGE = Set.of("role", "content", "refusal");

    private final Growing head = new Growing();
    private final Map<Integer, Choice> choices = new TreeMap<>();
    private @Nullable JsonNode usage;

    /** One choice. Confined to one stream. */
    private static final class Choice {
        private Growing message = new Growing();
        private final Growing others = new Growing();
    }

    OpenAiChatJoining() {
        super(new OpenAiChatStreamRelay(false), "the stream has too many choices");
    }

    @Override
    protected boolean endsWithMark() {
        return true;
    }

    @Override
    protected boolean take(JsonNode chunk) {
        for (Map.Entry<String, JsonNode> member : chunk.properties()) {
            switch (member.getKey()) {
                case "choices" -> {
                    // each is told by itself
                }
                case "usage" -> usage = member.getValue().isNull() ? usage : member.getValue();
                // these are the same on every chunk
                case "id", "object", "created", "model", "system_fingerprint", "service_tier" -> {
                    if (head.lacks(member.getKey())) {
                        head.add(member.getKey(), member.getValue());
                    }
                }
                case "obfuscation" -> {
                    // only makes chunks equally long
                }
                default -> head.add(member.getKey(), member.getValue());
            }
        }
        for (JsonNode choice : chunk.path("choices")) {
            int index = choice.path("index").asInt(0);
            if (choices.size() >= MAX_CHOICES && !choices.containsKey(index)) {
                return false;
            }
            take(choices.computeIfAbsent(index, i -> new Choice()), choice);
        }
        return true;
    }

    private static void take(Choice choice, JsonNode chunk) {
        for (Map.Entry<String, JsonNode> member : chunk.properties()) {
            switch (member.getKey()) {
                case "index" -> {
                    // is known
                }
                case "delta" -> choice.message.add(member.getValue());
                case "message" -> {
                    if (!chunk.path("delta").isObject()
                            || chunk.path("finish_reason").isTextual()) {
                        // all of it, as some servers say at the end or always
                        choice.message = new Growing();
                        choice.message.add(member.getValue());
                    }
                }
                default -> choice.others.add(member.getKey(), member.getValue());
            }
        }
    }

    @Override
    protected void write(OutBuffer out) {
        JsonOut json = new JsonOut(out).object().field("object", "chat.completion");
        head.writeOthers(WRITTEN, json);
        json.array("choices");
        choices.forEach((index, choice) -> {
            json.object().field("index", index).object("message");
            if (choice.message.lacks("role")) {
                json.field("role", "assistant");
            } else {
                choice.message.write("role", json);
            }
            choice.message.write("content", json);
            choice.message.write("refusal", json);
            choice.message.writeOthers(OF_MESSAGE, json);
            json.endObject();
            if (choice.others.lacks("finish_reason")) {
                json.field("finish_reason", "stop");
            }
            choice.others.writeOthers(Set.of(), json);
            json.endObject();
        });
        json.endArray();
        if (usage != null) {
            json.field("usage", usage);
        }
        json.endObject();
    }
}
