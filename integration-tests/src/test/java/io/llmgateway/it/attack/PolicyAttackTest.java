package io.llmgateway.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that want what is not theirs: other models, more than their limits, somebody else's outage. */
@Tag("attack")
class PolicyAttackTest {
    private static final List<String> HUGE = List.of(
            "4611686018427387904",
            "9223372036854775807",
            "9223372036854775808",
            "6917529027641081856",
            "9223367036854775807",
            "-1",
            "-9223372036854775808",
            "1e18",
            "1e400");

    @TempDir
    private static Path folder;

    private static final AtomicInteger DEAR = new AtomicInteger();

    private static ScriptedUpstream upstream;
    private static Victim victim;

    @BeforeAll
    static void start() throws IOException {
        upstream = ScriptedUpstream.start(call -> {
            if (call.body().contains("\"dear\"")) {
                DEAR.incrementAndGet();
            }
            if (call.headers().containsKey("openai-organization")
                    || call.headers().containsKey("openai-project")) {
                call.write(ProviderAnswers.json(
                        call.body().contains("limited") ? 429 : 401, "{\"error\":{\"message\":\"not yours\"}}"));
            } else {
                ProviderAnswers.serve(call);
            }
        });
        victim = Victim.start(folder, "256m", """
                server: {port: 0}
                admin: {port: 0}
                metrics: {max-series: 50, detailed: true}
                limits:
                  models: {"dear*": {requests-per-minute: 1}}
                providers:
                  openai: {type: openai, instances: [{name: o, base-url: "%1$s/v1"}]}
                  anthropic: {type: anthropic, instances: [{name: a, base-url: "%1$s"}]}
                  gemini: {type: gemini, instances: [{name: g, base-url: "%1$s"}]}
                routing:
                  rules: {"claude-": anthropic, "gemini-": gemini}
                  default-provider: openai
                  models:
                    drawn:
                      targets:
                        - {provider: openai, model: cheap, weight: 1}
                        - {provider: openai, model: dear, weight: 1000}
                """.formatted(upstream.url()));
    }

    @AfterAll
    static void stop() throws IOException {
        victim.close();
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gemini-x/../gemini-2.5-pro",
                "gemini-x/../../tunedModels/other",
                "gemini-x/./y",
                "gemini-x//y",
                "gemini-x/..",
                "gemini-x/%2e%2e/gemini-2.5-pro",
                "gemini-x/.%2E/y",
                "gemini-x%2f..%2fgemini-2.5-pro",
                "gemini-x/%252e%252e/y",
                "gemini-x\\\\..\\\\gemini-2.5-pro",
                "gemini-x%5c..%5cy",
                "gemini-x/..;/gemini-2.5-pro",
                "gemini-x:embedContent",
                "gemini-x:embedContent/../y",
                "gemini-x?alt=media",
                "gemini-x#y",
                "gemini-x y",
                "gemini-x\\u0000",
                "gemini-x\\u000d\\u000aX-Evil: 1",
                "gemini-x\\u002f..\\u002fy",
                "gemini-x/\\u002e\\u002e/y",
                "gemini-x/\\uff0e\\uff0e/y",
                "gemini-x/..\\u200b/y",
                "/gemini-x",
                "../gemini-x",
                "gemini-/../../../etc"
            })
    void modelNameThatIsAPath_neverLeavesTheModels(String model) throws Exception {
        for (String path : List.of(Victim.CHAT, Victim.MESSAGES, Victim.COUNT)) {
            RawClient.Response answer = victim.ask(path, Victim.request(model, false));
            assertThat(answer.status())
                    .as("%s %s: %s", path, model, answer.body())
                    .isIn(200, 400, 404);
        }
        for (String line : upstream.lines()) {
            String target = line.split(" ")[1];
            assertThat(line.split(" ")).hasSize(3);
            assertThat(java.net.URI.create(target).normalize().getRawPath())
                    .as(line)
                    .isEqualTo(target.replaceFirst("\\?.*", ""));
            // decoded once more, as a careless proxy does, it must not climb either
            String decoded = target;
            for (int i = 0; i < 3; i++) {
                decoded = java.net.URLDecoder.decode(decoded.replace("+", "%2B"), StandardCharsets.UTF_8);
            }
            assertThat(decoded).doesNotContain("..").doesNotContain("\\").doesNotContain("//");
            if (target.startsWith("/v1beta")) {
                assertThat(target).matches("/v1beta/models/[^/:?#]+:(generateContent|countTokens)");
            }
        }
    }

    @Test
    void limitOfAModel_holdsForTheTargetThatIsDrawn() throws Exception {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            statuses.add(victim.ask(Victim.CHAT, Victim.request("drawn", false)).status());
        }
        // what is over the limit goes to the other target, however small its weight
        assertThat(DEAR.get()).isEqualTo(1);
        assertThat(statuses).containsOnly(200);
        statuses.clear();
        for (int i = 0; i < 12; i++) {
            statuses.add(victim.ask(Victim.CHAT, Victim.request("dear", false)).status());
        }
        assertThat(DEAR.get()).isLessThanOrEqualTo(2);
        assertThat(statuses).contains(429).doesNotContain(500);
    }

    @ParameterizedTest
    @CsvSource({"OpenAI-Organization,m", "OpenAI-Project,m", "OpenAI-Organization,limited", "OpenAI-Project,limited"})
    void accountThatAClientChooses_isNoReasonToSuspendTheInstanceForOthers(String header, String model)
            throws Exception {
        String body = Victim.request(model, false);
        for (int i = 0; i < 10; i++) {
            try (RawClient client = victim.connect()) {
                int status = client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer "
                                + Victim.KEY + "\r\n" + header + ": org-mine\r\nContent-Type: application/json\r\n"
                                + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                        .read()
                        .status();
                assertThat(status).isIn(200, 401, 429, 502);
            }
        }
        victim.servesBeside("an account of the client's own");
        assertThat(victim.admin("/instances")).doesNotContain("cooling_down").doesNotContain("\"open\"");
    }

    @Test
    void inventedModels_growNeitherMetricsNorLines() throws Exception {
        Random random = Effort.random("inventedModels");
        for (int i = 0; i < 200; i++) {
            victim.ask(Victim.CHAT, Victim.request("warm-" + random.nextLong(), i % 2 == 0));
        }
        int before = victim.admin("/metrics").length();
        try (RawClient client = victim.connect()) {
            for (int i = 0; i < Effort.of(1_500, 20_000); i++) {
                String model =
                        (i % 3 == 0 ? "gpt-" : i % 3 == 1 ? "claude-" : "x-") + Long.toHexString(random.nextLong());
                client.post(Victim.CHAT, Victim.KEY, Victim.request(model, false))
                        .read();
            }
            String name = "n".repeat(1_000_000);
            client.post(Victim.CHAT, Victim.KEY, Victim.request(name, false)).read();
        }
        assertThat(victim.admin("/metrics").length()).isLessThan(before + before / 2 + 20_000);
        assertThat(victim.log().lines().mapToInt(String::length).max().orElse(0))
                .isLessThan(20_000);
    }

    @Test
    void warnings_areBounded_whateverTheConversationHolds() throws Exception {
        for (int count : new int[] {1, 100, 5_000}) {
            StringBuilder body = new StringBuilder("{\"model\":\"claude-x\",\"max_tokens\":9,\"messages\":[");
            for (int i = 0; i < count; i++) {
                body.append(i == 0 ? "" : ",")
                        .append("{\"role\":\"")
                        .append(i % 2 == 0 || i == count - 1 ? "user" : "assistant")
                        .append("\",\"name\":\"n")
                        .append(i)
                        .append("\",\"x-")
                        .append(i)
                        .append("\":1,\"content\":\"x\"}");
            }
            body.append("]");
            for (int i = 0; i < count; i++) {
                body.append(",\"unknown_").append(i).append("\":1");
            }
            RawClient.Response answer = victim.ask(Victim.CHAT, body.append("}").toString());

            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.headers().getOrDefault("x-gateway-warnings", "").length())
                    .isBetween(1, 1_024);
        }
    }

    @Test
    void hugeEstimates_keepNoPlace_andResetNoLimit(@TempDir Path own) throws Exception {
        try (Victim limited = Victim.start(own, "256m", """
                server: {port: 0}
                admin: {port: 0}
                limits: {tokens-per-day: 50k, concurrent: 3}
                providers:
                  openai: {type: openai, instances: [{name: o, base-url: "%s/v1"}]}
                routing: {default-provider: openai}
                """.formatted(upstream.url()))) {
            for (String huge : HUGE) {
                for (String n : List.of("1", "2", "3", "8", "9223372036854775807", "-2")) {
                    String body = "{\"model\":\"m\",\"max_tokens\":" + huge + ",\"n\":" + n + ",\"messages\":[]}";
                    assertThat(limited.ask(Victim.CHAT, body).status()).isIn(200, 400, 429);
                }
            }
            assertThat(limited.metric("gateway_requests_in_flight")).isZero();
            String limits = limited.admin("/limits");
            assertThat(limits).contains("concurrent").doesNotContain(":-");
            // what was used stays used: the day's tokens run out, and not a request later than they should
            int served = 0;
            int status = 200;
            String small = Victim.request("m", false);
            while (status == 200 && served < 6_000) {
                status = limited.ask(Victim.CHAT, small).status();
                served++;
            }
            assertThat(status)
                    .as("after %d requests of 10 tokens, %s", served, limits)
                    .isEqualTo(429);
            limited.metNoDefect();
        }
    }
}
