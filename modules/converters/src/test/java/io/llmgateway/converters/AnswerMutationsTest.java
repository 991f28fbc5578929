package io.llmgateway.converters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.testing.StreamInvariants;
import io.llmgateway.wire.Json;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Answers whose values are of the wrong kind, gone, or there twice are told, or given up in order: nothing is thrown
 * and what is told keeps its protocol's rules. {@code -Dseed=} repeats a run, {@code -Danswers=} makes it longer.
 */
class AnswerMutationsTest {
    private static final int ANSWERS = Integer.getInteger("answers", 2_000);
    private static final List<String> VALUES =
            List.of("null", "true", "-1", "1e9", "\"\"", "\"x\"", "[]", "{}", "[null]", "[[]]", "{\"type\":\"text\"}");

    private final long seed = Long.getLong("seed", 20_261_127L);
    private final Random random = new Random(seed);

    @Test
    void mutatedAnswers_areToldOrGivenUp_wholeAndStreamed() throws IOException {
        System.getLogger("test").log(System.Logger.Level.INFO, "-Dseed=" + seed);
        RandomAnswers answers = new RandomAnswers(random);
        List<JsonNode> tables = new ArrayList<>();
        AnswerTables.all().forEach(tables::add);
        int told = 0;
        for (int i = 0; i < ANSWERS; i++) {
            JsonNode table = tables.get(random.nextInt(tables.size()));
            String upstream = table.path("name").asText();
            JsonNode answer = answers.whole(table);
            List<JsonNode> events = new ArrayList<>(AnswerPieces.of(upstream, answer));
            mutate(random, answer);
            events.forEach(event -> {
                if (random.nextInt(4) == 0) {
                    mutate(random, event);
                }
            });
            for (String client : AnswerTables.targets(table)) {
                told += whole(upstream, client, answer) ? 1 : 0;
                told += streamed(upstream, client, events) ? 1 : 0;
            }
        }
        assertThat(told).isGreaterThan(ANSWERS / 2);
    }

    /** Puts a value of another kind at a random place, takes one away, or doubles one. */
    static void mutate(Random random, JsonNode root) {
        List<JsonNode> holders = new ArrayList<>();
        gather(root, holders);
        if (holders.isEmpty()) {
            return;
        }
        JsonNode holder = holders.get(random.nextInt(holders.size()));
        JsonNode value = Loss.read(VALUES.get(random.nextInt(VALUES.size())));
        if (holder instanceof ArrayNode list) {
            int at = random.nextInt(list.size());
            switch (random.nextInt(3)) {
                case 0 -> list.set(at, value);
                case 1 -> list.add(list.get(at));
                default -> list.remove(at);
            }
        } else if (holder instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            // the text of arguments is the model's, right or wrong
            names.removeAll(List.of("arguments", "partial_json"));
            if (names.isEmpty()) {
                return;
            }
            String name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(3)) {
                case 0 -> object.remove(name);
                case 1 -> object.set(name, JsonNodeFactory.instance.arrayNode().add(object.get(name)));
                default -> object.set(name, value);
            }
        }
    }

    private static void gather(JsonNode node, List<JsonNode> into) {
        if (node.isContainerNode() && !node.isEmpty()) {
            into.add(node);
            node.forEach(child -> gather(child, into));
        }
    }

    private boolean whole(String upstream, String client, JsonNode answer) throws IOException {
        AnswerTranslator translator = Converting.between(
                        AnswerTables.PROTOCOLS.get(client), AnswerTables.PROTOCOLS.get(upstream))
                .begin(AnswerTables.request(client, false))
                .answer();
        byte[] bytes = JsonOut.text(answer).getBytes(StandardCharsets.UTF_8);
        OutBuffer out = new OutBuffer(64);
        translator.translate(bytes, 0, bytes.length, out);
        boolean complete = verdict(translator, out, answer) == AnswerTranslator.Verdict.COMPLETE;
        if (complete) {
            assertThat(Json.mapper().readTree(out.toByteArray()).isObject()).isTrue();
        }
        return complete;
    }

    private AnswerTranslator.Verdict verdict(AnswerTranslator translator, OutBuffer out, JsonNode answer) {
        try {
            return translator.finish(out);
        } catch (RuntimeException e) {
            throw new AssertionError(e + " -Dseed=" + seed + " " + answer, e);
        }
    }

    private boolean streamed(String upstream, String client, List<JsonNode> events) {
        StringBuilder stream = new StringBuilder();
        events.forEach(
                event -> stream.append("data: ").append(JsonOut.text(event)).append("\n\n"));
        byte[] bytes = stream.toString().getBytes(StandardCharsets.UTF_8);
        StreamTranslator translator =
                Converting.between(AnswerTables.PROTOCOLS.get(client), AnswerTables.PROTOCOLS.get(upstream))
                        .begin(AnswerTables.request(client, true))
                        .stream();
        try {
            var streamed = Converting.stream(translator, bytes, bytes.length);
            if (streamed.finished() && "openai".equals(client)) {
                StreamInvariants.openAi(streamed.out(), false);
            } else if (streamed.finished()) {
                StreamInvariants.anthropic(streamed.out());
            }
            return streamed.finished();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(e + " -Dseed=" + seed + " " + upstream + " -> " + client + "\n" + stream, e);
        }
    }
}
