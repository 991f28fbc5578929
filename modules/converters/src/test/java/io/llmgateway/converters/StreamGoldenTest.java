package io.llmgateway.converters;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.converters.Converting.Streamed;
import io.llmgateway.model.Protocol;
import io.llmgateway.testing.GoldenFiles;
import io.llmgateway.testing.StreamInvariants;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Streams of providers and what clients must get of them, byte for byte: whole, byte by byte, and cut at every
 * position.
 */
class StreamGoldenTest {
    private static final Path STREAMS =
            Path.of(System.getProperty("root.dir"), "modules/converters/src/test/resources/streams");
    private static final Map<String, Protocol> PROTOCOLS =
            Map.of("openai", Protocol.OPENAI_CHAT, "anthropic", Protocol.ANTHROPIC_MESSAGES, "gemini", Protocol.GEMINI);
    private static final String TOOLS = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"}}],";

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @TestFactory
    Stream<DynamicTest> streams() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path folder : list(STREAMS)) {
            for (Path file : list(folder)) {
                String upstream = file.getFileName().toString().replace(".sse", "");
                for (String client : List.of("openai", "anthropic")) {
                    if (PROTOCOLS.containsKey(upstream) && !upstream.equals(client)) {
                        String name = folder.getFileName() + ": " + upstream + " -> " + client;
                        tests.add(DynamicTest.dynamicTest(name, () -> check(file, upstream, client)));
                    }
                }
            }
        }
        assertThat(tests).hasSizeGreaterThan(40);
        return tests.stream();
    }

    private static String request(String client) {
        return "openai".equals(client)
                ? "{\"model\":\"m\"," + TOOLS
                        + "\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
                : "{\"model\":\"m\",\"max_tokens\":4096,\"stream\":true,"
                        + "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024},"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    }

    private static StreamTranslator translator(String upstream, String client) {
        return Converting.between(PROTOCOLS.get(client), PROTOCOLS.get(upstream)).begin(request(client)).stream();
    }

    private static String shown(Streamed streamed) {
        String end = "";
        if (streamed.steps().contains(StreamTranslator.Step.ERROR)) {
            end = "<< error " + new String(streamed.translator().errorBody(), StandardCharsets.UTF_8);
        } else if (streamed.steps().contains(StreamTranslator.Step.MALFORMED)) {
            end = "<< malformed: " + streamed.translator().problem();
        } else if (streamed.steps().contains(StreamTranslator.Step.GAVE_UP)) {
            end = "<< gave up: " + streamed.translator().problem();
        } else if (!streamed.finished()) {
            end = "<< interrupted";
        }
        return streamed.out() + (end.isEmpty() ? "" : end + "\n");
    }

    private static void check(Path file, String upstream, String client) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Streamed whole = Converting.stream(translator(upstream, client), bytes, bytes.length);
        String shown = shown(whole);

        GoldenFiles.check(file.resolveSibling(upstream + "-to-" + client + ".golden"), shown);
        assertThat(shown(Converting.stream(translator(upstream, client), bytes, 1)))
                .isEqualTo(shown);
        for (int cut = 1; cut < bytes.length; cut++) {
            assertThat(shown(Converting.stream(translator(upstream, client), bytes, cut, bytes.length)))
                    .isEqualTo(shown);
        }
        if (whole.finished()) {
            if ("openai".equals(client)) {
                StreamInvariants.openAi(whole.out(), true);
            } else {
                StreamInvariants.anthropic(whole.out());
            }
        }
    }
}
