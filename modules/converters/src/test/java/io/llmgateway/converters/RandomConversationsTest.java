package io.llmgateway.converters;

import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.GEMINI;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.model.Protocol;
import io.llmgateway.testing.StreamInvariants;
import io.llmgateway.wire.Json;
import io.llmgateway.wire.JsonOut;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Random conversations and streams against the rules of each protocol; {@code -Dseed=} repeats a run. */
class RandomConversationsTest {
    private static final int ROUNDS = 300;

    private Random random = new Random();

    @BeforeEach
    void seed(TestInfo test) {
        long seed = Long.getLong("seed", 20_261_127L);
        random = new Random(seed);
        System.getLogger("test").log(System.Logger.Level.INFO, test.getDisplayName() + ": -Dseed=" + seed);
    }

    private String word() {
        String[] words = {"a", "Grüße", "世界", "👋 hi", "line\nbreak", "\"quoted\"", "\\", "\u0001", "{}", "null"};
        return words[random.nextInt(words.length)] + random.nextInt(100);
    }

    private ObjectNode input() {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        if (random.nextBoolean()) {
            input.put("n", random.nextLong());
        }
        if (random.nextBoolean()) {
            input.set(
                    "d", JsonNodeFactory.instance.numberNode(new java.math.BigDecimal("1." + random.nextInt(9) + "0")));
        }
        if (random.nextBoolean()) {
            input.putObject("o")
                    .put("format", word())
                    .putArray("l")
                    .add(true)
                    .addNull()
                    .add(word());
        }
        return input;
    }

    /** An Anthropic conversation in the form every provider accepts: what a round trip must give back. */
    private ObjectNode conversation() {
        ObjectNode request =
                JsonNodeFactory.instance.objectNode().put("model", "m").put("max_tokens", 100);
        if (random.nextBoolean()) {
            request.put("system", word());
        }
        ArrayNode messages = request.putArray("messages");
        message(messages, "user", word());
        int turns = random.nextInt(4);
        Set<String> ids = new HashSet<>();
        for (int turn = 0; turn < turns; turn++) {
            int calls = random.nextInt(4);
            if (calls == 0) {
                message(messages, "assistant", word());
                message(messages, "user", word());
                continue;
            }
            ArrayNode said = blocks(messages, "assistant");
            if (random.nextBoolean()) {
                said.addObject().put("type", "text").put("text", word());
            }
            List<ObjectNode> results = new ArrayList<>();
            for (int call = 0; call < calls; call++) {
                String id = "toolu_" + ids.size();
                ids.add(id);
                ObjectNode use =
                        said.addObject().put("type", "tool_use").put("id", id).put("name", "tool" + call);
                use.set("input", input());
                ObjectNode result = JsonNodeFactory.instance.objectNode().put("type", "tool_result");
                results.add(result.put("tool_use_id", id).put("content", word()));
            }
            blocks(messages, "user").addAll(results);
            message(messages, "assistant", word());
            message(messages, "user", word());
        }
        if (!ids.isEmpty()) {
            ArrayNode tools = request.putArray("tools");
            for (int tool = 0; tool < 4; tool++) {
                ObjectNode schema = tools.addObject()
                        .put("name", "tool" + tool)
                        .putObject("input_schema")
                        .put("type", "object");
                schema.putObject("properties").putObject("n").put("type", "integer");
            }
        }
        return request;
    }

    private static void message(ArrayNode messages, String role, String text) {
        messages.addObject().put("role", role).put("content", text);
    }

    private static ArrayNode blocks(ArrayNode messages, String role) {
        return messages.addObject().put("role", role).putArray("content");
    }

    private static JsonNode parse(String json) {
        try {
            return Json.mapper().readTree(json);
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    @Test
    void anthropicToOpenAiAndBack_isTheSame() {
        for (int round = 0; round < ROUNDS; round++) {
            ObjectNode request = conversation();
            String openai = Converting.between(ANTHROPIC, OPENAI).convert(JsonOut.text(request));
            JsonNode back = parse(Converting.between(OPENAI, ANTHROPIC).convert(openai));

            assertThat(JsonOut.text(back.path("messages"))).isEqualTo(JsonOut.text(request.path("messages")));
            assertThat(back.path("tools")).isEqualTo(request.path("tools"));
            assertThat(back.path("system")).isEqualTo(request.path("system"));
        }
    }

    @Test
    void shuffledOpenAiHistories_keepEveryTargetsRules() {
        for (int round = 0; round < ROUNDS; round++) {
            String openai = Converting.between(ANTHROPIC, OPENAI).convert(JsonOut.text(conversation()));
            String shuffled = JsonOut.text(shuffled((ObjectNode) parse(openai)));

            anthropicRules(parse(Converting.between(OPENAI, ANTHROPIC).convert(shuffled)));
            geminiRules(parse(Converting.between(OPENAI, GEMINI).convert(shuffled)));
        }
    }

    /** Results in any order, users talking in between, texts doubled. */
    private ObjectNode shuffled(ObjectNode request) {
        ArrayNode messages = JsonNodeFactory.instance.arrayNode();
        List<JsonNode> results = new ArrayList<>();
        for (JsonNode message : request.path("messages")) {
            if ("tool".equals(message.path("role").asText())) {
                results.add(message);
                continue;
            }
            flush(messages, results);
            messages.add(message);
            if ("user".equals(message.path("role").asText()) && random.nextInt(4) == 0) {
                message(messages, "user", word());
            }
        }
        flush(messages, results);
        request.set("messages", messages);
        return request;
    }

    private void flush(ArrayNode messages, List<JsonNode> results) {
        Collections.shuffle(results, random);
        for (JsonNode result : results) {
            if (random.nextInt(5) == 0) {
                message(messages, "user", word());
            }
            messages.add(result);
        }
        results.clear();
    }

    private static void anthropicRules(JsonNode request) {
        List<String> open = new ArrayList<>();
        String before = "";
        for (JsonNode message : request.path("messages")) {
            String role = message.path("role").asText();
            assertThat(role).isNotEqualTo(before);
            before = role;
            List<String> answered = new ArrayList<>(open);
            open.clear();
            boolean text = message.path("content").isTextual();
            for (JsonNode block : message.path("content")) {
                String type = block.path("type").asText();
                if ("tool_result".equals(type)) {
                    assertThat(text).as("results come first").isFalse();
                    assertThat(answered.removeFirst())
                            .isEqualTo(block.path("tool_use_id").asText());
                } else if ("tool_use".equals(type)) {
                    open.add(block.path("id").asText());
                } else {
                    text = true;
                    assertThat(block.path("text").asText()).isNotBlank();
                }
            }
            assertThat(answered).as("every call is answered").isEmpty();
        }
        assertThat(request.path("messages").path(0).path("role").asText()).isEqualTo("user");
    }

    private static void geminiRules(JsonNode request) {
        int open = 0;
        for (JsonNode content : request.path("contents")) {
            int calls = 0;
            int responses = 0;
            assertThat(content.path("parts").isEmpty()).isFalse();
            for (JsonNode part : content.path("parts")) {
                calls += part.has("functionCall") ? 1 : 0;
                responses += part.has("functionResponse") ? 1 : 0;
                assertThat(part.path("text").asText("x")).isNotEmpty();
            }
            assertThat(responses).isEqualTo(open);
            open = calls;
        }
        assertThat(open).isZero();
    }

    @Test
    void anyInterleavingOfCalls_givesTheSameInputsInOrder() {
        for (int round = 0; round < ROUNDS; round++) {
            int calls = 1 + random.nextInt(4);
            List<String> wanted = new ArrayList<>();
            List<List<String>> pieces = new ArrayList<>();
            for (int call = 0; call < calls; call++) {
                String json = JsonOut.text(input().put("call", call));
                wanted.add(json);
                pieces.add(cut(json));
            }
            StringBuilder stream = new StringBuilder();
            for (int call = 0; call < calls; call++) {
                stream.append(chunk("{\"index\":" + call + ",\"id\":\"c" + call
                        + "\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}"));
            }
            while (pieces.stream().anyMatch(list -> !list.isEmpty())) {
                int call = random.nextInt(calls);
                if (!pieces.get(call).isEmpty()) {
                    String text = JsonOut.text(
                            JsonNodeFactory.instance.textNode(pieces.get(call).removeFirst()));
                    stream.append(chunk("{\"index\":" + call + ",\"function\":{\"arguments\":" + text + "}}"));
                }
            }
            stream.append("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n");

            var streamed = Converting.between(ANTHROPIC, OPENAI).stream(
                    "{\"model\":\"m\",\"max_tokens\":9,\"stream\":true,\"messages\":[{\"role\":\"user\","
                            + "\"content\":\"hi\"}]}",
                    stream.toString(),
                    1 + random.nextInt(200));

            StreamInvariants.anthropic(streamed.out());
            assertThat(inputs(streamed.out())).isEqualTo(wanted);
        }
    }

    private List<String> cut(String json) {
        List<String> pieces = new ArrayList<>();
        int at = 0;
        while (at < json.length()) {
            int end = Math.min(json.length(), at + 1 + random.nextInt(12));
            pieces.add(json.substring(at, end));
            at = end;
        }
        return pieces;
    }

    private static String chunk(String call) {
        return "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[" + call
                + "]},\"finish_reason\":null}]}\n\n";
    }

    private static List<String> inputs(String stream) {
        List<StringBuilder> inputs = new ArrayList<>();
        stream.lines().filter(line -> line.startsWith("data: ")).forEach(line -> {
            JsonNode event = parse(line.substring("data: ".length()));
            if ("tool_use".equals(event.path("content_block").path("type").asText())) {
                inputs.add(new StringBuilder());
            }
            if (event.path("delta").has("partial_json")) {
                inputs.getLast().append(event.path("delta").path("partial_json").asText());
            }
        });
        return inputs.stream().map(StringBuilder::toString).toList();
    }

    @Test
    void sameRequest_givesTheSameBytes_inAllThreads() throws Exception {
        String request = JsonOut.text(conversation());
        for (Protocol upstream : List.of(OPENAI, GEMINI)) {
            String once = Converting.between(ANTHROPIC, upstream).convert(request);
            try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
                List<Future<String>> all = threads.invokeAll(Collections.nCopies(100, (Callable<String>)
                        () -> Converting.between(ANTHROPIC, upstream).convert(request)));
                for (Future<String> one : all) {
                    assertThat(one.get()).isEqualTo(once);
                }
            }
        }
    }
}
