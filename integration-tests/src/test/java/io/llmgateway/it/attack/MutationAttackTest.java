package io.llmgateway.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests and answers that are almost right: whatever is wrong with them, the client gets what its protocol knows. */
@Tag("attack")
@Timeout(value = 20, unit = java.util.concurrent.TimeUnit.MINUTES)
class MutationAttackTest {
    private static final List<String> OPENAI = List.of(Victim.request("MODEL", false), """
            {"model":"MODEL","max_tokens":64,"temperature":0.5,"top_p":0.9,"stop":["a","b"],"n":1,"stream":false,
             "messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"t"},
              {"type":"image_url","image_url":{"url":"data:image/png;base64,aGVsbG8="}}]},
              {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f",
               "arguments":"{\\"a\\":1}"}}]},{"role":"tool","tool_call_id":"c1","content":"r"}],
             "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object",
              "properties":{"a":{"type":"integer","minimum":1,"enum":[1,2]},"b":{"$ref":"#/$defs/x"}},
              "required":["a"],"$defs":{"x":{"anyOf":[{"type":"string"},{"type":"null"}]}}}}}],
             "tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":true,
             "response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object",
              "properties":{"y":{"type":"array","items":{"type":"number"}}}}}},
             "stream_options":{"include_usage":true},"user":"u","metadata":{"k":"v"},"reasoning_effort":"low"}
            """);
    private static final List<String> ANTHROPIC = List.of(Victim.request("MODEL", false), """
            {"model":"MODEL","max_tokens":64,"temperature":0.5,"top_k":3,"stop_sequences":["a"],"stream":false,
             "system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],
             "messages":[{"role":"user","content":[{"type":"text","text":"t"},{"type":"image","source":{"type":"base64",
              "media_type":"image/png","data":"aGVsbG8="}}]},{"role":"assistant","content":[{"type":"thinking",
              "thinking":"h","signature":"c2ln"},{"type":"tool_use","id":"t1","name":"f","input":{"a":1}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"r"}],
               "is_error":false}]}],
             "tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{"a":{"type":
              "integer"}},"required":["a"]}}],"tool_choice":{"type":"tool","name":"f"},
             "thinking":{"type":"enabled","budget_tokens":1024},"metadata":{"user_id":"u"}}
            """);

    @TempDir
    private static Path folder;

    private static ScriptedUpstream upstream;
    private static Victim victim;
    private static volatile Random answers = new Random(0);
    private static volatile boolean mutated;

    @BeforeAll
    static void start() throws IOException {
        upstream = ScriptedUpstream.start(MutationAttackTest::serve);
        String provider = "retries: {max-attempts: 1}, "
                + "circuit-breaker: {enabled: false, max-cooldown: 0s, auth-failure-cooldown: 0s}";
        victim = Victim.start(folder, "256m", """
                server: {port: 0}
                admin: {port: 0}
                logging: {requests: off}
                upstream: {timeouts: {first-token: 3s, idle: 3s, total: 8s}}
                providers:
                  openai: {type: openai, %2$s, instances: [{name: o, base-url: "%1$s/v1"}]}
                  anthropic: {type: anthropic, %2$s, instances: [{name: a, base-url: "%1$s"}]}
                  gemini: {type: gemini, %2$s, instances: [{name: g, base-url: "%1$s"}]}
                  fine: {type: openai, instances: [{name: f, base-url: "%1$s/v1"}]}
                routing: {rules: {"small": fine, "o/*": openai, "a/*": anthropic, "g/*": gemini},
                          default-provider: openai}
                """.formatted(upstream.url(), provider));
    }

    @AfterAll
    static void stop() throws IOException {
        victim.close();
        upstream.close();
    }

    private static void serve(ScriptedUpstream.Call call) throws IOException {
        if (!mutated || call.body().contains("\"small\"")) {
            ProviderAnswers.serve(call);
            return;
        }
        Mutator mutator = new Mutator(answers);
        boolean stream =
                call.line().contains(":streamGenerateContent") || call.body().contains("\"stream\":true");
        if (stream) {
            StringBuilder events = new StringBuilder();
            for (String line : ProviderAnswers.events(call.line()).split("\n", -1)) {
                boolean hit = line.startsWith("data: {") && answers.nextInt(3) == 0;
                events.append(hit ? "data: " + mutator.json(line.substring(6)) : line)
                        .append('\n');
            }
            call.write(ProviderAnswers.STREAM_HEAD);
            call.chunk(events.toString());
            call.write(ProviderAnswers.LAST_CHUNK);
        } else {
            int status = answers.nextInt(8) == 0 ? 400 + answers.nextInt(130) : 200;
            call.write(ProviderAnswers.json(status, mutator.json(ProviderAnswers.whole(call.line(), "ok"))));
        }
    }

    @Test
    void mutatedRequests_getAnAnswerOrAnErrorOfTheirProtocol() throws Exception {
        Random random = Effort.random("mutatedRequests");
        Mutator mutator = new Mutator(random);
        mutated = false;
        for (int i = 0; i < Effort.of(2_000, 20_000); i++) {
            String path = List.of(Victim.CHAT, Victim.MESSAGES, Victim.COUNT).get(random.nextInt(3));
            List<String> all = path.equals(Victim.CHAT) ? OPENAI : ANTHROPIC;
            String seed = all.get(random.nextInt(all.size()))
                    .replace("MODEL", List.of("o/m", "a/m", "g/m").get(random.nextInt(3)));
            String body = mutator.json(seed);
            exchange("mutated request " + i, path, body);
        }
        victim.metNoDefect();
    }

    @Test
    void mutatedAnswers_becomeAnswersOrErrorsOfTheClientsProtocol() throws Exception {
        Random random = Effort.random("mutatedAnswers");
        answers = random;
        mutated = true;
        for (int i = 0; i < Effort.of(2_000, 20_000); i++) {
            String path = List.of(Victim.CHAT, Victim.MESSAGES).get(random.nextInt(2));
            String model = List.of("o/m", "a/m", "g/m").get(random.nextInt(3));
            exchange("mutated answer " + i, path, Victim.request(model, random.nextBoolean()));
        }
        mutated = false;
        victim.metNoDefect();
    }

    private static void exchange(String number, String path, String body) throws IOException {
        String what = number + " " + path + " " + (body.length() > 2_000 ? body.substring(0, 2_000) : body);
        try (RawClient client = victim.connect()) {
            client.post(path, Victim.KEY, body);
            String head = client.patience(15).readHead();
            String answer = head + Answers.rest(client, head);
            assertThat(answer).as(what).doesNotContain("\"message\":\"internal");
            boolean relayed = mutated && !head.startsWith("HTTP/1.1 200");
            if (relayed || !mutated) {
                Answers.check(what, path, head.contains("text/event-stream"), answer);
            }
        } catch (IOException e) {
            victim.lives(what);
            throw new AssertionError(what, e);
        }
    }
}
