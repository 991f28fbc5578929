package io.llmgateway.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.BusyMachine;
import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Providers that answer wrongly, by malice or by mistake. Each case is asked over every path of a protocol to another.
 * The client gets an answer of its protocol, whole or cut, in bounded time, and never anything else as a success.
 */
@Tag("attack")
class ProviderAttackTest {
    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final Map<String, ScriptedUpstream.Script> CASES = cases();

    /** A quarter of the timeout for the first token. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    @TempDir
    private static Path folder;

    private static ScriptedUpstream upstream;
    private static Victim victim;
    private static volatile String current = "";

    @BeforeAll
    static void start() throws IOException {
        upstream = ScriptedUpstream.start(call -> {
            if (call.body().contains("\"small\"")) {
                ProviderAnswers.serve(call);
            } else {
                CASES.get(current).serve(call);
            }
        });
        victim = Victim.start(folder, "256m", """
                server: {port: 0}
                admin: {port: 0}
                upstream: {timeouts: {first-token: 400ms, idle: 400ms, total: 800ms}}
                providers:
                  fine: {type: openai, instances: [{name: f, base-url: "%1$s/v1"}]}
                  openai:
                    type: openai
                    retries: {max-attempts: 1}
                    circuit-breaker: {enabled: false, max-cooldown: 0s, auth-failure-cooldown: 0s}
                    instances: [{name: o, base-url: "%1$s/v1"}]
                  anthropic:
                    type: anthropic
                    retries: {max-attempts: 1}
                    circuit-breaker: {enabled: false, max-cooldown: 0s, auth-failure-cooldown: 0s}
                    instances: [{name: a, base-url: "%1$s"}]
                  gemini:
                    type: gemini
                    retries: {max-attempts: 1}
                    circuit-breaker: {enabled: false, max-cooldown: 0s, auth-failure-cooldown: 0s}
                    instances: [{name: g, base-url: "%1$s"}]
                routing: {rules: {"small": fine, "o/*": openai, "a/*": anthropic, "g/*": gemini}}
                """.formatted(upstream.url()));
    }

    @AfterAll
    static void stop() throws IOException {
        victim.close();
        upstream.close();
    }

    private static String events(ScriptedUpstream.Call call) {
        return ProviderAnswers.events(call.line());
    }

    private static boolean streamed(ScriptedUpstream.Call call) {
        return call.line().contains(":streamGenerateContent") || call.body().contains("\"stream\":true");
    }

    private static String usage(String text, String number) {
        return text.replaceAll(
                "(\"(?:prompt_tokens|completion_tokens|total_tokens|input_tokens|output_tokens|promptTokenCount"
                        + "|candidatesTokenCount|totalTokenCount|totalTokens)\":)\\d+",
                "$1" + number);
    }

    /** Serves well but for the numbers. */
    private static ScriptedUpstream.Script numbers(String number) {
        return call -> {
            if (streamed(call)) {
                call.write(ProviderAnswers.STREAM_HEAD);
                call.chunk(usage(events(call), number));
                call.write(ProviderAnswers.LAST_CHUNK);
            } else {
                call.write(ProviderAnswers.json(200, usage(ProviderAnswers.whole(call.line(), "ok"), number)));
            }
        };
    }

    /** Sends these bytes and closes. */
    private static ScriptedUpstream.Script bytes(String text) {
        return call -> {
            call.write(text.getBytes(StandardCharsets.ISO_8859_1));
            call.socket().close();
        };
    }

    private static Map<String, ScriptedUpstream.Script> cases() {
        Map<String, ScriptedUpstream.Script> all = new LinkedHashMap<>();
        all.put("usage of 1e99999999999", numbers("1e99999999999"));
        for (String number : List.of("-5", "-1e400", "1000000000000", "9223372036854775808", "\"7\"", "null", "1.5")) {
            all.put("good: usage of " + number, numbers(number));
        }
        all.put("good: headers beyond ASCII", call -> {
            String fields =
                    "Retry-After: \u00fcber\r\nx-request-id: \u00e9\u0080\u00ff\r\nopenai-processing-ms: \u00b2\r\n";
            String whole = ProviderAnswers.json(200, ProviderAnswers.whole(call.line(), "ok"));
            String head = streamed(call) ? ProviderAnswers.STREAM_HEAD : whole;
            String answer = head.replaceFirst("\r\n", "\r\n" + fields);
            call.write(answer.getBytes(StandardCharsets.ISO_8859_1));
            if (streamed(call)) {
                call.chunk(events(call));
                call.write(ProviderAnswers.LAST_CHUNK);
            }
        });
        all.put("the last chunk is left out", call -> {
            if (streamed(call)) {
                call.write(ProviderAnswers.STREAM_HEAD);
                call.chunk(events(call));
                call.socket().close();
            } else {
                ProviderAnswers.serve(call);
            }
        });
        all.put(
                "429 with a Retry-After beyond ASCII",
                bytes("HTTP/1.1 429 No\r\nRetry-After: \u00fc\r\nContent-Length: 2\r\n\r\n{}"));
        all.put(
                "429 with a huge Retry-After",
                bytes("HTTP/1.1 429 No\r\nRetry-After: 99999999999999999999\r\nContent-Length: 2\r\n\r\n{}"));
        all.put(
                "an error with status 200",
                call -> call.write(ProviderAnswers.json(
                        200,
                        "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\","
                                + "\"code\":503,\"status\":\"UNAVAILABLE\"}}")));
        all.put(
                "HTML",
                bytes(OK
                        + "Content-Type: text/html\r\nContent-Length: 38\r\n\r\n"
                        + "<html><body>sign in here</body></html>"));
        all.put("HTML that says it is JSON", call -> call.write(ProviderAnswers.json(200, "<html>sign in</html>")));
        all.put("JSON that is no answer", call -> call.write(ProviderAnswers.json(200, "[1,2,3]")));
        all.put("JSON that ends early", call -> {
            String whole = ProviderAnswers.whole(call.line(), "ok");
            call.write(ProviderAnswers.json(200, whole.substring(0, whole.length() - 9)));
        });
        all.put("the other kind", call -> {
            if (streamed(call)) {
                call.write(ProviderAnswers.json(
                        200,
                        ProviderAnswers.whole(
                                call.line().replace(":stream", ":").replace(":G", ":g"), "ok")));
            } else {
                call.write(ProviderAnswers.STREAM_HEAD);
                call.chunk(events(call));
                call.write(ProviderAnswers.LAST_CHUNK);
            }
        });
        all.put("an event cut in the last chunk", call -> {
            call.write(ProviderAnswers.STREAM_HEAD);
            String events = events(call);
            call.chunk(events.substring(0, events.length() - 12));
            call.write(ProviderAnswers.LAST_CHUNK);
        });
        all.put("an empty stream", bytes(ProviderAnswers.STREAM_HEAD + "0\r\n\r\n"));
        all.put("nothing", bytes(""));
        all.put("a head that never ends", call -> {
            call.write(OK);
            while (true) {
                call.write("x-more: " + "y".repeat(1_000) + "\r\n");
            }
        });
        all.put("interim answers without end", call -> {
            while (true) {
                call.write("HTTP/1.1 100 Continue\r\n\r\n".repeat(50));
            }
        });
        all.put("comments without end", call -> {
            call.write(ProviderAnswers.STREAM_HEAD);
            while (true) {
                call.chunk(": still there\n\n");
            }
        });
        all.put("a line that never ends", call -> {
            call.write(ProviderAnswers.STREAM_HEAD + "");
            while (true) {
                call.chunk("y".repeat(60_000));
            }
        });
        all.put("content, then comments without end", call -> {
            call.write(ProviderAnswers.STREAM_HEAD);
            String events = events(call);
            call.chunk(events.substring(0, events.indexOf("\n\n") + 2));
            while (true) {
                call.chunk(": still there\n\n");
            }
        });
        all.put("a chunk size that is no number", bytes(ProviderAnswers.STREAM_HEAD + "zz\r\nx\r\n"));
        all.put("a negative length", bytes(OK + JSON + "Content-Length: -1\r\n\r\n{}"));
        all.put("two lengths", bytes(OK + JSON + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} "));
        all.put("a length and chunks", bytes(OK + JSON + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"));
        all.put("no HTTP", bytes("SSH-2.0-OpenSSH_9.9\r\n"));
        all.put(
                "a redirect",
                bytes("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"));
        all.put("status 999", bytes("HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\n{}"));
        all.put("status 204", bytes("HTTP/1.1 204 None\r\n\r\n"));
        return all;
    }

    static List<String> names() {
        return List.copyOf(CASES.keySet());
    }

    @ParameterizedTest
    @MethodSource("names")
    void providerThatAnswersWrongly_givesAnErrorOfTheProtocol_inTime(String name) throws Exception {
        current = name;
        for (String model : List.of("o/m", "a/m", "g/m")) {
            for (String path : List.of(Victim.CHAT, Victim.MESSAGES)) {
                for (boolean stream : new boolean[] {false, true}) {
                    BusyMachine.unlessPaused(PAUSE, () -> one(name, path, model, stream));
                }
            }
        }
        victim.servesBeside(name);
        victim.metNoDefect();
    }

    private static void one(String name, String path, String model, boolean stream) throws IOException {
        String what = name + ": " + path + " " + model + " stream=" + stream;
        String answer;
        try (RawClient client = victim.connect()) {
            client.post(path, Victim.KEY, Victim.request(model, stream));
            String head = client.patience(15).readHead();
            answer = head + Answers.rest(client, head);
        } catch (IOException e) {
            victim.lives(what);
            throw new AssertionError(what, e);
        }
        boolean ended = name.startsWith("the last chunk") && !model.equals("g/m");
        if (name.startsWith("good") || ended) {
            assertThat(answer)
                    .as(what)
                    .startsWith("HTTP/1.1 200")
                    .contains("\"ok\"")
                    .doesNotContain("\"error\"");
        }
        Answers.check(what, path, stream, answer);
    }
}
