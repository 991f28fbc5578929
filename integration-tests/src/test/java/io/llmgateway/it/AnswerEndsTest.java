package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llmgateway.testing.Eventually;
import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How answers end when the provider, or the client, does not do what one expects of it. */
class AnswerEndsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private static String path(String type) {
        return type.equals("anthropic") ? ScriptedGateway.MESSAGES : ScriptedGateway.CHAT;
    }

    /** Closes the gateway and reads its log. */
    private static List<JsonNode> lines(ScriptedGateway gateway, Path log) throws IOException {
        gateway.close();
        try (var lines = Files.lines(log)) {
            return lines.map(line -> {
                        try {
                            return JSON.readTree(line);
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    })
                    .toList();
        }
    }

    private ScriptedGateway logged(String settings, ScriptedUpstream.Script... scripts) throws IOException {
        return ScriptedGateway.start("""
                server: {port: 0}
                logging: {file: "%1$s"}
                providers:
                  openai:
                    type: openai
                    timeouts: {idle: 300ms, first-token: 3s}
                    instances:
                      - {name: o1, base-url: "%%1$s", priority: 1}
                      - {name: o2, base-url: "%%2$s", priority: 2}
                  anthropic:
                    type: anthropic
                    timeouts: {idle: 300ms, first-token: 3s}
                    instances:
                      - {name: a1, base-url: "%%1$s", priority: 1}
                      - {name: a2, base-url: "%%2$s", priority: 2}
                %2$s
                routing: {rules: {"gpt-": openai, "claude-": anthropic}}
                """.formatted(folder.resolve("gateway.log"), settings), scripts);
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic"})
    void upstreamThatLingersAfterTheEnd_theAnswerEndsAtOnce_withoutAnError(String type) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (ScriptedGateway gateway = ScriptedGateway.one(type, "timeouts: {idle: 5s}", call -> {
                    call.write(ProviderAnswers.STREAM_HEAD);
                    call.chunk(ProviderAnswers.events(call.line()));
                    // the last chunk never comes
                    call.awaitGone();
                    assertThat(never.await(1, TimeUnit.MILLISECONDS)).isFalse();
                });
                RawClient client = gateway.send(path(type), ScriptedGateway.request("m", true))) {
            long begun = System.nanoTime();
            RawClient.Response answer = client.read();
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);

            assertThat(answer.body())
                    .endsWith(type.equals("openai") ? "data: [DONE]\n\n" : "{\"type\":\"message_stop\"}\n\n")
                    .doesNotContain("error");
            assertThat(millis).as("the idle timeout is 5 s").isLessThan(4_000);
            // the client's connection lives on, with a new one upstream
            assertThat(client.post(path(type), RunningGateway.KEY, ScriptedGateway.request("m", true))
                            .read()
                            .status())
                    .isEqualTo(200);
            assertThat(gateway.admin("/instances")).contains("\"closed\"").doesNotContain("\"open\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"openai,100000", "openai,150000", "anthropic,100000"})
    void largeWholeAnswerThatIsCut_isCut_andNoEventIsWrittenIntoIt(String type, int sent) throws Exception {
        try (ScriptedGateway gateway = ScriptedGateway.one(type, "retries: {max-attempts: 1}", call -> {
            String whole = ProviderAnswers.json(200, ProviderAnswers.whole(call.line(), "z".repeat(200_000)));
            call.write(whole.substring(0, sent));
            call.socket().shutdownOutput();
            call.awaitGone();
        })) {
            String answer;
            try {
                answer = gateway.ask(path(type), ScriptedGateway.request("m", false));
            } catch (IOException e) {
                // a reset says the same as an end in the middle
                answer = "HTTP/1.1 200 cut";
            }
            assertThat(answer).startsWith("HTTP/1.1 ");
            if (answer.startsWith("HTTP/1.1 200")) {
                assertThat(answer)
                        .doesNotContain("error")
                        .doesNotContain("data:")
                        .doesNotContain("\r\n0\r\n");
            } else {
                assertThat(answer)
                        .startsWith("HTTP/1.1 502")
                        .contains("\"error\"")
                        .doesNotContain("data:");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"gpt-5-mini,/v1/chat/completions", "claude-sonnet-4-5,/v1/messages"})
    void silenceAfterContent_isEstimated_andCosts(String model, String path) throws Exception {
        ScriptedUpstream.Script silent = call -> {
            call.write(ProviderAnswers.STREAM_HEAD);
            boolean anthropic = call.line().contains("/messages");
            StringBuilder events = new StringBuilder(anthropic ? ProviderAnswers.ANTHROPIC_START : "");
            for (int i = 0; i < 50; i++) {
                events.append(anthropic ? ProviderAnswers.anthropicDelta("w") : ProviderAnswers.openAiDelta("w"));
            }
            call.chunk(events.toString());
            call.awaitGone();
        };
        try (ScriptedGateway gateway = logged("", silent, silent)) {
            String answer = gateway.ask(path, ScriptedGateway.request(model, true));

            assertThat(answer).contains("error").endsWith("\r\n0\r\n\r\n").doesNotContain("message_stop");
            assertThat(lines(gateway, folder.resolve("gateway.log")))
                    .singleElement()
                    .satisfies(line -> {
                        assertThat(line.path("outcome").asText()).isEqualTo("timeout_idle");
                        assertThat(line.path("estimated").asBoolean()).isTrue();
                        assertThat(line.path("output_tokens").asInt()).isBetween(50, 51);
                        assertThat(line.path("cost").asDouble()).isPositive();
                        assertThat(line.path("attempts")).hasSize(1);
                    });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-5-mini,/v1/chat/completions",
        "claude-sonnet-4-5,/v1/messages",
        "gpt-5-mini,/v1/messages",
        "claude-sonnet-4-5,/v1/chat/completions"
    })
    void zerosBesideAnAnswer_areNoUsage_anEstimateIsCharged(String model, String path) throws Exception {
        ScriptedUpstream.Script zeros = call -> {
            if (call.body().contains("\"stream\":true")) {
                call.write(ProviderAnswers.STREAM_HEAD);
                call.chunk(ProviderAnswers.events(call.line()).replaceAll("(?<=_tokens\":)\\d+", "0"));
                call.write(ProviderAnswers.LAST_CHUNK);
            } else {
                String whole = ProviderAnswers.whole(call.line(), "word ".repeat(400));
                call.write(ProviderAnswers.json(200, whole.replaceAll("(?<=_tokens\":)\\d+", "0")));
            }
        };
        try (ScriptedGateway gateway = logged("", zeros, zeros)) {
            assertThat(gateway.ask(path, ScriptedGateway.request(model, true))).startsWith("HTTP/1.1 200");
            assertThat(gateway.ask(path, ScriptedGateway.request(model, false))).startsWith("HTTP/1.1 200");

            List<JsonNode> lines = lines(gateway, folder.resolve("gateway.log"));
            assertThat(lines).hasSize(2).allSatisfy(line -> {
                assertThat(line.path("estimated").asBoolean()).isTrue();
                assertThat(line.path("input_tokens").asInt()).isPositive();
                assertThat(line.path("output_tokens").asInt()).isPositive();
                assertThat(line.path("cost").asDouble()).isPositive();
            });
            assertThat(lines.getLast().path("output_tokens").asInt()).isGreaterThan(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic"})
    void eventThatIsNoJson_isRelayed_countedAndNoFailure(String type) throws Exception {
        String broken = "data: {\"choices\":[{\"index\":0,\"del\n\ndata: nonsense\n\n";
        try (ScriptedGateway gateway = ScriptedGateway.one(type, "", call -> {
            call.write(ProviderAnswers.STREAM_HEAD);
            String events = ProviderAnswers.events(call.line());
            int middle = events.indexOf("\n\n", events.indexOf("ok")) + 2;
            call.chunk(events.substring(0, middle) + broken + events.substring(middle));
            call.write(ProviderAnswers.LAST_CHUNK);
        })) {
            double before = malformedEvents(gateway);
            String answer = gateway.ask(path(type), ScriptedGateway.request("m", true));

            assertThat(answer).startsWith("HTTP/1.1 200").contains(broken).doesNotContain("error");
            Eventually.within(10, () -> malformedEvents(gateway) - before == 2);
        }
    }

    private static double malformedEvents(ScriptedGateway gateway) throws IOException {
        return gateway.admin("/metrics")
                .lines()
                .filter(line -> line.startsWith("gateway_upstream_malformed_events_total{")
                        && line.contains("instance=\"one\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void usageOfAFailedAttempt_isNotThatOfTheNext() throws Exception {
        ScriptedUpstream.Script failing = call -> {
            // says what it cost before it says anything, and is gone
            call.write(ProviderAnswers.STREAM_HEAD);
            call.chunk(ProviderAnswers.ANTHROPIC_START
                    .substring(0, ProviderAnswers.ANTHROPIC_START.indexOf("event: content_block_start"))
                    .replace("\"input_tokens\":7", "\"input_tokens\":900000"));
            throw new IOException("gone");
        };
        ScriptedUpstream.Script silent = call -> {
            call.write(ProviderAnswers.STREAM_HEAD);
            call.chunk(ProviderAnswers.events(call.line()).replaceAll(",?\"usage\":\\{[^}]*\\}", ""));
            call.write(ProviderAnswers.LAST_CHUNK);
        };
        try (ScriptedGateway gateway = logged("", failing, silent)) {
            String answer = gateway.ask(ScriptedGateway.MESSAGES, ScriptedGateway.request("claude-sonnet-4-5", true));

            assertThat(answer).contains("message_stop").doesNotContain(":900000");
            assertThat(lines(gateway, folder.resolve("gateway.log")))
                    .singleElement()
                    .satisfies(line -> {
                        assertThat(line.path("outcome").asText()).isEqualTo("ok");
                        assertThat(line.path("attempts")).hasSize(2);
                        assertThat(line.path("input_tokens").asInt()).isLessThan(1_000);
                    });
        }
    }

    @Test
    void overhead_isTheGatewaysOwn_neitherAStreamNorAFailedAttemptAreIt() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        ScriptedUpstream.Script slowToFail = call -> {
            assertThat(never.await(900, TimeUnit.MILLISECONDS)).isFalse();
            call.write(ProviderAnswers.json(500, "{}"));
        };
        ScriptedUpstream.Script longStream = call -> {
            call.write(ProviderAnswers.STREAM_HEAD);
            for (int i = 0; i < 15; i++) {
                call.chunk(ProviderAnswers.openAiDelta("w"));
                assertThat(never.await(150, TimeUnit.MILLISECONDS)).isFalse();
            }
            call.chunk(ProviderAnswers.OPENAI_END);
            call.write(ProviderAnswers.LAST_CHUNK);
        };
        try (ScriptedGateway gateway = logged("", slowToFail, longStream)) {
            String answer = gateway.ask(ScriptedGateway.CHAT, ScriptedGateway.request("gpt-5-mini", true));
            String metrics = gateway.admin("/metrics");

            assertThat(answer).contains("[DONE]");
            String header = answer.substring(answer.indexOf("x-gateway-overhead-us: ") + 23);
            assertThat(Long.parseLong(header.substring(0, header.indexOf("\r\n"))))
                    .isLessThan(700_000);
            assertThat(lines(gateway, folder.resolve("gateway.log")))
                    .singleElement()
                    .satisfies(line -> {
                        assertThat(line.path("attempts")).hasSize(2);
                        assertThat(line.path("duration_ms").asDouble()).isGreaterThan(3_000);
                        assertThat(line.path("overhead_ms").asDouble())
                                .isPositive()
                                .isLessThan(700);
                    });
            assertThat(metrics.lines()
                            .filter(line -> line.startsWith("gateway_overhead_seconds_sum"))
                            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))))
                    .allMatch(sum -> sum < 0.7)
                    .isNotEmpty();
        }
    }
}
