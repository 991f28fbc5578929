package io.llmgateway.converters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.llmgateway.wire.JsonOut;
import java.util.ArrayList;
import java.util.List;

/** The events in which a provider would stream an answer: every field of its own, in order. */
final class AnswerPieces {
    private AnswerPieces() {}

    static List<JsonNode> of(String upstream, JsonNode answer) {
        return switch (upstream) {
            case "openai" -> openAi(answer);
            case "anthropic" -> anthropic(answer);
            default -> gemini(answer);
        };
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static List<JsonNode> openAi(JsonNode answer) {
        List<JsonNode> events = new ArrayList<>();
        JsonNode choice = answer.path("choices").path(0);
        choice.path("message").properties().forEach(member -> {
            ObjectNode piece = object();
            piece.put("id", answer.path("id").asText());
            ObjectNode delta = piece.putArray("choices").addObject().putObject("delta");
            delta.set(member.getKey(), member.getValue());
            events.add(piece);
        });
        ObjectNode last = answer.deepCopy();
        ObjectNode end = choice.deepCopy();
        end.remove("message");
        end.put("index", 0).set("delta", object());
        if (!end.hasNonNull("finish_reason")) {
            end.put("finish_reason", "stop");
        }
        ArrayNode choices = last.putArray("choices").add(end);
        for (int i = 1; i < answer.path("choices").size(); i++) {
            choices.add(answer.path("choices").path(i));
        }
        events.add(last);
        return events;
    }

    private static List<JsonNode> anthropic(JsonNode answer) {
        List<JsonNode> events = new ArrayList<>();
        ObjectNode head = answer.deepCopy();
        head.putArray("content");
        for (String field : List.of("stop_reason", "stop_sequence", "stop_details")) {
            head.putNull(field);
        }
        events.add(object().put("type", "message_start").set("message", head));
        int index = 0;
        for (JsonNode block : answer.path("content")) {
            ObjectNode start = object().put("type", "content_block_start").put("index", index);
            start.set("content_block", block);
            boolean text = block.path("text").isTextual();
            boolean call = "tool_use".equals(block.path("type").asText());
            if (text || call) {
                ObjectNode empty = block.deepCopy();
                empty.remove("citations");
                empty.set(text ? "text" : "input", text ? TextNode.valueOf("") : object());
                start.set("content_block", empty);
            }
            events.add(start);
            if (text) {
                events.add(delta(index, "text_delta", "text", block.path("text")));
                for (JsonNode citation : block.path("citations")) {
                    events.add(delta(index, "citations_delta", "citation", citation));
                }
            } else if (call) {
                TextNode json = TextNode.valueOf(JsonOut.text(block.path("input")));
                events.add(delta(index, "input_json_delta", "partial_json", json));
            }
            events.add(object().put("type", "content_block_stop").put("index", index++));
        }
        ObjectNode end = object().put("type", "message_delta");
        ObjectNode delta = end.putObject("delta");
        for (String field : List.of("stop_reason", "stop_sequence", "stop_details")) {
            delta.set(field, answer.path(field).isMissingNode() ? null : answer.path(field));
        }
        if (!delta.hasNonNull("stop_reason")) {
            delta.put("stop_reason", "end_turn");
        }
        end.set("usage", answer.has("usage") ? answer.path("usage") : object());
        events.add(end);
        events.add(object().put("type", "message_stop"));
        return events;
    }

    private static JsonNode delta(int index, String type, String field, JsonNode value) {
        ObjectNode event = object().put("type", "content_block_delta").put("index", index);
        event.putObject("delta").put("type", type).set(field, value);
        return event;
    }

    private static List<JsonNode> gemini(JsonNode answer) {
        List<JsonNode> events = new ArrayList<>();
        JsonNode candidate = answer.path("candidates").path(0);
        for (JsonNode part : candidate.path("content").path("parts")) {
            ObjectNode piece = object();
            piece.put("responseId", answer.path("responseId").asText());
            ObjectNode content = piece.putArray("candidates")
                    .addObject()
                    .putObject("content")
                    .put("role", "model");
            content.putArray("parts").add(part);
            events.add(piece);
        }
        ObjectNode last = answer.deepCopy();
        ObjectNode end = candidate.deepCopy();
        end.remove("content");
        if (!end.hasNonNull("finishReason")) {
            end.put("finishReason", "STOP");
        }
        last.putArray("candidates").add(end);
        events.add(last);
        return events;
    }
}
