package io.llmgateway.converters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Nothing of an answer is lost silently, in recorded streams and in random answers. {@code -Dseed=} repeats a run,
 * {@code -Danswers=} makes it longer.
 */
class AnswerLossTest {
    private static final int ANSWERS = Integer.getInteger("answers", 2_000);

    private final Map<String, String> lost = new TreeMap<>();

    /** Every place is told once, with its first example. */
    private void same(String what, String upstream, String client, List<JsonNode> sent, Told told) {
        Loss loss = new Loss(upstream, client, told.out(), told.warnings());
        for (JsonNode event : sent) {
            for (String one : loss.of(event)) {
                lost.putIfAbsent(
                        upstream + " -> " + client + ": "
                                + one.substring(0, one.indexOf(" = ")).replaceAll("x[0-9]+", "x"),
                        what + "\n" + sent + "\n" + told.out() + "\n" + told.warnings());
            }
        }
    }

    private void nothingLost() {
        assertThat(lost.keySet())
                .as(lost.keySet() + "\n" + lost.values().stream().findFirst().orElse(""))
                .isEmpty();
    }

    private record Told(String out, List<String> warnings) {}

    private static Translation translation(String upstream, String client, boolean stream) {
        return Converting.between(AnswerTables.PROTOCOLS.get(client), AnswerTables.PROTOCOLS.get(upstream))
                .begin(AnswerTables.request(client, stream));
    }

    @Test
    void recordedStreams_loseNothing() throws IOException {
        Path folder = Path.of(System.getProperty("root.dir"), "modules/converters/src/test/resources/streams");
        int checked = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".sse")).sorted().toList()) {
                String upstream = file.getFileName().toString().replace(".sse", "");
                for (String client : AnswerTables.targets(AnswerTables.of(upstream))) {
                    byte[] bytes = Files.readAllBytes(file);
                    var streamed = Converting.stream(translation(upstream, client, true).stream(), bytes, bytes.length);
                    if (streamed.finished()) {
                        checked++;
                        Told told =
                                new Told(streamed.out(), streamed.translator().warnings());
                        same(file.toString(), upstream, client, events(Loss.utf8(bytes)), told);
                    }
                }
            }
        }
        nothingLost();
        assertThat(checked).isGreaterThan(50);
    }

    private static List<JsonNode> events(String stream) {
        return stream.lines()
                .filter(line -> line.startsWith("data:") && line.contains("{"))
                .map(line -> Loss.read(line.substring("data:".length())))
                .toList();
    }

    @Test
    void randomAnswers_loseNothing_wholeAndStreamed() {
        long seed = Long.getLong("seed", 20_261_127L);
        System.getLogger("test").log(System.Logger.Level.INFO, "-Dseed=" + seed);
        Random random = new Random(seed);
        RandomAnswers answers = new RandomAnswers(random);
        List<JsonNode> tables = new ArrayList<>();
        AnswerTables.all().forEach(tables::add);
        for (int i = 0; i < ANSWERS; i++) {
            JsonNode table = tables.get(random.nextInt(tables.size()));
            String upstream = table.path("name").asText();
            JsonNode answer = answers.whole(table);
            for (String client : AnswerTables.targets(table)) {
                same("whole, -Dseed=" + seed, upstream, client, List.of(answer), whole(upstream, client, answer));
                List<JsonNode> events = AnswerPieces.of(upstream, answer);
                same("streamed, -Dseed=" + seed, upstream, client, events, streamed(upstream, client, events));
            }
        }
        nothingLost();
    }

    private static Told whole(String upstream, String client, JsonNode answer) {
        AnswerTranslator translator = translation(upstream, client, false).answer();
        byte[] bytes = JsonOut.text(answer).getBytes(StandardCharsets.UTF_8);
        OutBuffer out = new OutBuffer(64);
        translator.translate(bytes, 0, bytes.length, out);
        assertThat(translator.finish(out)).as(answer.toString()).isEqualTo(AnswerTranslator.Verdict.COMPLETE);
        return new Told(Loss.utf8(out.toByteArray()), translator.warnings());
    }

    private static Told streamed(String upstream, String client, List<JsonNode> events) {
        StringBuilder stream = new StringBuilder();
        events.forEach(
                event -> stream.append("data: ").append(JsonOut.text(event)).append("\n\n"));
        byte[] bytes = stream.toString().getBytes(StandardCharsets.UTF_8);
        var streamed = Converting.stream(translation(upstream, client, true).stream(), bytes, bytes.length);
        assertThat(streamed.finished()).as(events + " " + streamed.steps()).isTrue();
        return new Told(streamed.out(), streamed.translator().warnings());
    }
}
