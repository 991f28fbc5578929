package io.llmgateway.converters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.testing.SseEvents;
import java.util.Map;
import java.util.TreeMap;

/**
 * What stands in the bytes that a client gets, read in the simplest way there is: the first choice's text, its calls,
 * why it stopped, the tokens of the prompt and of the answer, and the message of an error.
 */
final class ClientReading {
    private final StringBuilder text = new StringBuilder();
    private final Map<Integer, ObjectNode> calls = new TreeMap<>();
    private final ObjectNode read = JsonNodeFactory.instance.objectNode();

    private ClientReading() {}

    /** A whole answer or an error's body. */
    static ObjectNode whole(String client, String body) {
        ClientReading reading = new ClientReading();
        JsonNode answer = Loss.read(body);
        reading.error(answer);
        if ("openai".equals(client)) {
            reading.openAi(answer, "message");
        } else {
            reading.usage(answer.path("usage"), "input_tokens", "output_tokens");
            reading.stop(answer.path("stop_reason"));
            int index = 0;
            for (JsonNode block : answer.path("content")) {
                reading.block(index, block);
                if (block.path("input").isContainerNode()) {
                    reading.arguments(index, block.path("input").toString());
                }
                index++;
            }
        }
        return reading.done();
    }

    /** A stream. */
    static ObjectNode stream(String client, String body) {
        ClientReading reading = new ClientReading();
        for (SseEvents.Event event : SseEvents.parse(body)) {
            if (!"[DONE]".equals(event.data())) {
                JsonNode data = Loss.read(event.data());
                reading.error(data);
                if ("openai".equals(client)) {
                    reading.openAi(data, "delta");
                } else {
                    reading.anthropic(data);
                }
            }
        }
        return reading.done();
    }

    private void openAi(JsonNode answer, String message) {
        usage(answer.path("usage"), "prompt_tokens", "completion_tokens");
        JsonNode choice = answer.path("choices").path(0);
        stop(choice.path("finish_reason"));
        text.append(choice.path(message).path("content").asText(""));
        int at = 0;
        for (JsonNode call : choice.path(message).path("tool_calls")) {
            int index = call.path("index").asInt(at++);
            JsonNode function = call.path("function");
            call(index, call.path("id"), function.path("name"));
            arguments(index, function.path("arguments").asText(""));
        }
    }

    private void anthropic(JsonNode event) {
        int index = event.path("index").asInt();
        switch (event.path("type").asText()) {
            case "message_start" -> usage(event.path("message").path("usage"), "input_tokens", "output_tokens");
            case "content_block_start" -> block(index, event.path("content_block"));
            case "content_block_delta" -> {
                text.append(event.path("delta").path("text").asText(""));
                if (event.path("delta").has("partial_json") && calls.containsKey(index)) {
                    arguments(index, event.path("delta").path("partial_json").asText());
                }
            }
            case "message_delta" -> {
                usage(event.path("usage"), "input_tokens", "output_tokens");
                stop(event.path("delta").path("stop_reason"));
            }
            default -> {
                // nothing of the answer
            }
        }
    }

    private void block(int index, JsonNode block) {
        if ("text".equals(block.path("type").asText())) {
            text.append(block.path("text").asText());
        } else if ("tool_use".equals(block.path("type").asText())) {
            call(index, block.path("id"), block.path("name"));
        }
    }

    private void call(int index, JsonNode id, JsonNode name) {
        ObjectNode call = calls.computeIfAbsent(
                index, _ -> JsonNodeFactory.instance.objectNode().put("arguments", ""));
        if (id.isTextual()) {
            call.set("id", id);
        }
        if (name.isTextual()) {
            call.set("name", name);
        }
    }

    private void arguments(int index, String more) {
        ObjectNode call = calls.get(index);
        if (call != null) {
            call.put("arguments", call.path("arguments").asText() + more);
        }
    }

    private void stop(JsonNode reason) {
        if (reason.isTextual()) {
            read.set("stop", reason);
        }
    }

    private void usage(JsonNode usage, String input, String output) {
        if (usage.hasNonNull(input)) {
            read.set("input", usage.path(input));
        }
        if (usage.hasNonNull(output)) {
            read.set("output", usage.path(output));
        }
    }

    private void error(JsonNode answer) {
        if (answer.path("error").isObject()) {
            read.set("error", answer.path("error").path("message"));
        }
    }

    private ObjectNode done() {
        read.put("text", text.toString());
        ArrayNode all = read.putArray("calls");
        calls.values().forEach(call -> {
            if (call.path("arguments").asText().isEmpty()) {
                call.put("arguments", "{}");
            }
            all.add(call);
        });
        return read;
    }
}
