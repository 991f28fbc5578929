package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.Growing;
import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.JsonTrees;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.SseReader;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts the chunks of a chat stream together to one completion, with all their fields, for a client that asked for no
 * stream. Confined to one stream.
 */
final class OpenAiChatJoining implements StreamTranslator {
    private static final int MAX_CHOICES = 128;
    private static final int FIRST_BYTES = 1_024;
    private static final Set<String> WRITTEN = Set.of("object", "choices", "usage");
    private static final Set<String> OF_MESSAGE = Set.of("role", "content", "refusal");

    /** What the chunks mean is read as if they were relayed. */
    private final OpenAiChatStreamRelay relay = new OpenAiChatStreamRelay(false);

    private final OutBuffer relayed = new OutBuffer(FIRST_BYTES);
    private final Growing head = new Growing();
    private final Map<Integer, Choice> choices = new TreeMap<>();
    private @Nullable JsonNode usage;
    private String problem = "";

    /** One choice. Confined to one stream. */
    private static final class Choice {
        private Growing message = new Growing();
        private final Growing others = new Growing();
    }

    @Override
    public Step translate(SseReader event, OutBuffer out) {
        relayed.clear();
        boolean over = relay.ended();
        Step step = relay.translate(event, relayed);
        if (step == Step.ERROR || over || relay.ended() || !event.hasData()) {
            return step;
        }
        try {
            JsonNode chunk = JsonTrees.read(event.dataBytes(), event.dataStart(), event.dataEnd() - event.dataStart());
            return chunk.isObject() && !take(chunk) ? malformed("the stream has too many choices") : step;
        } catch (IOException e) {
            return malformed("the stream holds an event that is not JSON");
        }
    }

    private Step malformed(String why) {
        problem = why;
        return Step.MALFORMED;
    }

    private boolean take(JsonNode chunk) {
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
    public boolean finish(OutBuffer out) {
        relayed.clear();
        if (!relay.finish(relayed)) {
            return false;
        }
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
        return true;
    }

    @Override
    public boolean ended() {
        return relay.ended();
    }

    @Override
    public @Nullable Usage usage() {
        return relay.usage();
    }

    @Override
    public boolean usageComplete() {
        return relay.usageComplete();
    }

    @Override
    public byte[] errorBody() {
        return relay.errorBody();
    }

    @Override
    public String problem() {
        return problem;
    }
}
