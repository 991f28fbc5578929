package io.llmgateway.converters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderError;
import io.llmgateway.model.RequestId;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Writes what clients get, with what stands in it, a JSON object a line, for the official SDKs to read: all recorded
 * streams, all cells of the tables of answers, random and mutated answers, whole and streamed, and every error. The
 * test of the same name in {@code integration-tests} and the programs in its folders read the file.
 * {@code -Dseed=} repeats a run, {@code -Dsdk.answers=} sets how many are random.
 */
class SdkAnswersTest {
    private static final Path MODULE = Path.of(System.getProperty("root.dir"), "modules/converters");
    private static final int ANSWERS = Integer.getInteger("sdk.answers", 400);
    private static final RequestId ID = new RequestId("r1");

    private final Protocols protocols = Protocols.load(() -> 0);
    private final Map<String, Integer> names = new HashMap<>();
    private final List<String> lines = new ArrayList<>();

    @Test
    void everythingForTheSdks() throws IOException {
        recorded();
        int recorded = lines.size();
        cells();
        int cells = lines.size() - recorded;
        random();
        int random = lines.size() - recorded - cells;
        errors();
        int errors = lines.size() - recorded - cells - random;

        Path file = MODULE.resolve("target/sdk-answers.jsonl");
        Files.createDirectories(file.getParent());
        Files.write(file, lines, StandardCharsets.UTF_8);
        System.getLogger("test")
                .log(
                        System.Logger.Level.INFO,
                        "recorded " + recorded + ", cells " + cells + ", random " + random + ", errors " + errors);
        assertThat(recorded).isGreaterThan(60);
        assertThat(cells).isGreaterThan(500);
        assertThat(random).isGreaterThan(ANSWERS * 2);
        assertThat(errors).isGreaterThan(100);
    }

    private void add(String name, String client, boolean stream, int status, String body) {
        int count = names.merge(name, 1, Integer::sum);
        ObjectNode line =
                stream && status == 200 ? ClientReading.stream(client, body) : ClientReading.whole(client, body);
        line.put("name", count == 1 ? name : name + " " + count);
        line.put("client", client).put("stream", stream).put("status", status).put("body", body);
        lines.add(JsonOut.text(line));
    }

    private void recorded() throws IOException {
        try (Stream<Path> files = Files.walk(MODULE.resolve("src/test/resources/streams"))) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".golden")).sorted().toList()) {
                String golden = Files.readString(file);
                String client = file.toString().endsWith("-to-openai.golden") ? "openai" : "anthropic";
                int end = golden.indexOf("<< ");
                String name = file.getParent().getFileName() + "/" + file.getFileName();
                if (end < 0) {
                    add(name, client, true, 200, golden);
                } else if (end > 0) {
                    add(name, client, true, 200, golden.substring(0, end) + errorEvent(client, file.toString()));
                }
            }
        }
    }

    private void cells() {
        for (JsonNode table : AnswerTables.all()) {
            String upstream = table.path("name").asText();
            for (JsonNode row : table.path("rows")) {
                JsonNode answer = Loss.read(AnswerTables.answer(table, row));
                for (String client : AnswerTables.targets(table)) {
                    String name = "cell " + upstream + " -> " + client + ": "
                            + row.path("field").asText();
                    whole(name, upstream, client, answer);
                    unfolded(name, upstream, client, answer);
                    joined(name, upstream, client, answer);
                    // a blocked prompt has no candidate that could come in pieces
                    if (!"gemini".equals(upstream) || answer.path("candidates").has(0)) {
                        streamed(name, upstream, client, AnswerPieces.of(upstream, answer), lines.size() % 4 < 2);
                    }
                }
            }
        }
    }

    private void unfolded(String name, String upstream, String client, JsonNode answer) {
        AnswerTranslator translator = translation(upstream, client, true, true).unfolded();
        byte[] bytes = JsonOut.text(answer).getBytes(StandardCharsets.UTF_8);
        OutBuffer out = new OutBuffer(64);
        translator.translate(bytes, 0, bytes.length, out);
        if (translator.finish(out) == AnswerTranslator.Verdict.COMPLETE) {
            add(name + ", unfolded", client, true, 200, Loss.utf8(out.toByteArray()));
        }
    }

    private void joined(String name, String upstream, String client, JsonNode answer) {
        if ("gemini".equals(upstream) && !answer.path("candidates").has(0)) {
            return;
        }
        StringBuilder stream = new StringBuilder();
        AnswerPieces.of(upstream, answer)
                .forEach(event ->
                        stream.append("data: ").append(JsonOut.text(event)).append("\n\n"));
        byte[] bytes = stream.toString().getBytes(StandardCharsets.UTF_8);
        var joined =
                Converting.stream(translation(upstream, client, false, false).joined(), bytes, bytes.length);
        if (joined.finished()) {
            add(name + ", joined", client, false, 200, joined.out());
        }
    }

    private void random() {
        long seed = Long.getLong("seed", 20_261_128L);
        Random random = new Random(seed);
        RandomAnswers answers = new RandomAnswers(random);
        List<JsonNode> tables = new ArrayList<>();
        AnswerTables.all().forEach(tables::add);
        for (int i = 0; i < ANSWERS; i++) {
            JsonNode table = tables.get(random.nextInt(tables.size()));
            String upstream = table.path("name").asText();
            JsonNode answer = answers.whole(table);
            List<JsonNode> events = new ArrayList<>(AnswerPieces.of(upstream, answer));
            JsonNode mutated = answer.deepCopy();
            AnswerMutationsTest.mutate(random, mutated);
            List<JsonNode> mutatedEvents = new ArrayList<>();
            events.forEach(event -> mutatedEvents.add(event.deepCopy()));
            AnswerMutationsTest.mutate(random, mutatedEvents.get(random.nextInt(mutatedEvents.size())));
            for (String client : AnswerTables.targets(table)) {
                String name = " " + seed + "/" + i + " " + upstream + " -> " + client;
                whole("random" + name, upstream, client, answer);
                streamed("random" + name, upstream, client, events, i % 2 == 0);
                whole("mutated" + name, upstream, client, mutated);
                streamed("mutated" + name, upstream, client, mutatedEvents, i % 2 == 0);
            }
        }
    }

    private static Translation translation(String upstream, String client, boolean stream, boolean usage) {
        String request = AnswerTables.request(client, stream);
        if (usage && "openai".equals(client)) {
            request = request.replace("\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        }
        return Converting.between(AnswerTables.PROTOCOLS.get(client), AnswerTables.PROTOCOLS.get(upstream))
                .begin(request);
    }

    private void whole(String name, String upstream, String client, JsonNode answer) {
        AnswerTranslator translator =
                translation(upstream, client, false, false).answer();
        byte[] bytes = JsonOut.text(answer).getBytes(StandardCharsets.UTF_8);
        OutBuffer out = new OutBuffer(64);
        translator.translate(bytes, 0, bytes.length, out);
        if (translator.finish(out) == AnswerTranslator.Verdict.COMPLETE) {
            add(name + ", whole", client, false, 200, Loss.utf8(out.toByteArray()));
        }
    }

    private void streamed(String name, String upstream, String client, List<JsonNode> events, boolean usage) {
        StringBuilder stream = new StringBuilder();
        events.forEach(
                event -> stream.append("data: ").append(JsonOut.text(event)).append("\n\n"));
        byte[] bytes = stream.toString().getBytes(StandardCharsets.UTF_8);
        var streamed = Converting.stream(translation(upstream, client, true, usage).stream(), bytes, bytes.length);
        if (streamed.finished()) {
            add(name + ", streamed", client, true, 200, streamed.out());
        } else if (streamed.steps().contains(StreamTranslator.Step.CONTENT)) {
            add(name + ", broken off", client, true, 200, streamed.out() + errorEvent(client, name));
        }
    }

    private String errorEvent(String client, String message) {
        GatewayError error = error(ErrorKind.UPSTREAM_SERVER, message, ProviderError.none(Protocol.GEMINI));
        return Loss.utf8(protocols.client(AnswerTables.PROTOCOLS.get(client)).errorEvent(error, ID));
    }

    /** Each kind, as said by a provider of another protocol and by one of the client's with more than is known. */
    private void errors() {
        for (String client : List.of("openai", "anthropic")) {
            Protocol protocol = AnswerTables.PROTOCOLS.get(client);
            Map<String, String> members =
                    Map.of("code", "1301", "type", "\"odd_error\"", "param", "[\"a\"]", "x", "{\"y\":[null]}");
            ProviderError own = new ProviderError(protocol, "odd_error", "1301", "a", members, Map.of("z", "1"));
            for (ErrorKind kind : ErrorKind.values()) {
                // a client that is gone is told nothing
                if (kind == ErrorKind.CLIENT_GONE) {
                    continue;
                }
                for (ProviderError said : List.of(ProviderError.none(Protocol.GEMINI), own)) {
                    GatewayError error = error(kind, "Grüße\n\"" + kind.wire() + "\"", said);
                    String name = "error " + kind.wire() + (said.equals(own) ? " of its own protocol" : "");
                    ClientError told = protocols.client(protocol).error(error, ID);
                    add(name + " to " + client + ", whole", client, false, told.status(), Loss.utf8(told.body()));
                    add(name + " to " + client + ", for a stream", client, true, told.status(), Loss.utf8(told.body()));
                    add(
                            name + " to " + client + ", in a stream",
                            client,
                            true,
                            200,
                            begun(client) + Loss.utf8(protocols.client(protocol).errorEvent(error, ID)));
                }
            }
        }
    }

    private static GatewayError error(ErrorKind kind, String message, ProviderError said) {
        return new UpstreamFault.Answered(
                kind, new InstanceName("p"), 400, message, Optional.empty(), said, Optional.empty());
    }

    /** The beginning of a stream, from the golden files. */
    private static String begun(String client) {
        try {
            String golden = Files.readString(
                    MODULE.resolve("src/test/resources/streams/error-in-the-middle/gemini-to-" + client + ".golden"));
            return golden.substring(0, golden.indexOf("<< "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
