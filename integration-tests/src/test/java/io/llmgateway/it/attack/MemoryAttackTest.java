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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Large things at once in a small heap: the process outlives them, each is answered, small ones do not wait. */
@Tag("attack")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class MemoryAttackTest {
    private static final int MIB = 1024 * 1024;

    @TempDir
    private static Path folder;

    private static ScriptedUpstream upstream;
    private static Victim victim;

    @BeforeAll
    static void start() throws IOException {
        upstream = ScriptedUpstream.start(MemoryAttackTest::serve);
        begin();
    }

    private static void begin() throws IOException {
        victim = Victim.start(folder, "512m", """
                server: {port: 0}
                admin: {port: 0}
                logging: {requests: off}
                upstream: {timeouts: {first-token: 30s, idle: 30s}}
                providers:
                  openai: {type: openai, instances: [{name: o, base-url: "%1$s/v1"}]}
                  anthropic: {type: anthropic, instances: [{name: a, base-url: "%1$s"}]}
                  gemini: {type: gemini, instances: [{name: g, base-url: "%1$s"}]}
                routing: {rules: {"small": openai, "o/*": openai, "a/*": anthropic, "g/*": gemini}}
                """.formatted(upstream.url()));
        for (int i = 0; i < 20; i++) {
            for (String model : List.of("small", "a/m", "g/m")) {
                assertThat(victim.ask(Victim.CHAT, Victim.request(model, false)).status())
                        .isEqualTo(200);
            }
        }
    }

    /** One that was killed must not hide what the next attack does. */
    @BeforeEach
    void another() throws IOException {
        if (!victim.alive()) {
            begin();
        }
    }

    @AfterAll
    static void stop() throws IOException {
        victim.close();
        upstream.close();
    }

    /** Answers well, unless the model's name asks for a large answer. */
    private static void serve(ScriptedUpstream.Call call) throws IOException {
        String asked =
                call.line() + call.body().substring(0, Math.min(300, call.body().length()));
        int whole = asked.indexOf("whole-");
        int line = asked.indexOf("line-");
        if (whole >= 0) {
            String answer = ProviderAnswers.whole(call.line(), "#");
            int mib = Integer.parseInt(asked.substring(whole + 6, whole + 8));
            call.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                    + (answer.length() - 1 + mib * MIB) + "\r\n\r\n");
            large(call, answer, mib);
        } else if (line >= 0) {
            call.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
            large(
                    call,
                    ProviderAnswers.events(call.line()).replace("\"ok\"", "\"#\""),
                    Integer.parseInt(asked.substring(line + 5, line + 7)));
            call.socket().close();
        } else {
            ProviderAnswers.serve(call);
        }
    }

    /** Sends a text with so many MiB in the place of its mark. */
    private static void large(ScriptedUpstream.Call call, String text, int mib) throws IOException {
        int at = text.indexOf('#');
        byte[] part = "y".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
        call.write(text.substring(0, at));
        for (int i = 0; i < mib * 16; i++) {
            call.write(part);
        }
        call.write(text.substring(at + 1));
    }

    @ParameterizedTest(name = "{0} {1} stream={2}")
    @CsvSource({
        "/v1/chat/completions,o/m,false,60",
        "/v1/chat/completions,o/m,true,12",
        "/v1/messages,a/m,false,12",
        "/v1/messages,a/m,true,12",
        "/v1/chat/completions,a/m,false,12",
        "/v1/chat/completions,a/m,true,60",
        "/v1/chat/completions,g/m,false,12",
        "/v1/chat/completions,g/m,true,12",
        "/v1/messages,o/m,false,12",
        "/v1/messages,o/m,true,12",
        "/v1/messages,g/m,false,12",
        "/v1/messages,g/m,true,12",
        "/v1/messages/count_tokens,a/m,false,12",
        "/v1/messages/count_tokens,g/m,false,12"
    })
    void manyRequestsOf30Mib_areAllAnswered_andSmallOnesDoNotWait(String path, String model, boolean stream, int usual)
            throws Exception {
        String what = "30 MiB to " + path + " " + model + " stream=" + stream;
        BigBody body = new BigBody(path, model, stream, 30);
        List<Integer> statuses = atOnce(Effort.of(usual, 200), what, () -> body.send(victim, Victim.KEY));

        assertThat(statuses).as(what).allMatch(status -> status == 200 || status == 413 || status == 503);
        if (!statuses.contains(200)) {
            assertThat(body.send(victim, Victim.KEY)).as("%s alone", what).isIn(200, 413);
        }
        victim.comesToRest(what);
        victim.metNoDefect();
    }

    /** What an attacker does many times at once. */
    private interface Attack {
        int go() throws IOException;
    }

    /** Attacks so many times at once, and asks for something small beside it all the time. */
    private static List<Integer> atOnce(int times, String what, Attack attack) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                all.add(clients.submit(attack::go));
            }
            for (Future<Integer> one : all) {
                do {
                    victim.servesBeside(what);
                    java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
                } while (!one.isDone());
                statuses.add(one.get());
            }
        }
        return statuses;
    }

    @Test
    void headsThatAnnounceMuch_takeNothing() throws Exception {
        List<RawClient> open = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            open.add(victim.connect()
                    .send("POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " + Victim.KEY
                            + "\r\nContent-Type: application/json\r\nContent-Length: 33554432\r\n\r\n{"));
        }
        victim.servesBeside("heads that announce 32 MiB");
        assertThat(victim.metric("gateway_memory_used_bytes")).isZero();
        for (RawClient client : open) {
            client.close();
        }
        victim.comesToRest("heads that announce 32 MiB");
    }

    @Test
    void uploadsThatStop_doNotTakeTheShareOfAnotherKey() throws Exception {
        List<RawClient> open = new ArrayList<>();
        List<Future<?>> uploads = new ArrayList<>();
        byte[] much = new byte[20 * MIB];
        java.util.Arrays.fill(much, (byte) ' ');
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                RawClient client = victim.connect();
                open.add(client);
                uploads.add(clients.submit(
                        () -> client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nAuthorization: "
                                        + "Bearer " + Victim.KEY
                                        + "\r\nContent-Type: application/json\r\nContent-Length: "
                                        + (much.length + 10) + "\r\n\r\n")
                                .send(much)));
            }
            Victim.await(java.time.Duration.ofSeconds(20), "the uploads hold memory", () -> {
                try {
                    return victim.metric("gateway_memory_used_bytes") > 100.0 * MIB;
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            BigBody honest = new BigBody(Victim.CHAT, "o/m", false, 20);
            assertThat(honest.send(victim, Victim.OTHER_KEY))
                    .as("20 MiB of another key")
                    .isEqualTo(200);
            victim.servesBeside("uploads that stop");
            assertThat(uploads).hasSize(20);
            for (RawClient client : open) {
                client.close();
            }
        }
        victim.comesToRest("uploads that stop");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/messages,o/whole-15,false,8",
        "/v1/chat/completions,a/whole-15,false,8",
        "/v1/chat/completions,g/whole-15,false,8",
        "/v1/messages,o/whole-60,false,2",
        "/v1/chat/completions,a/whole-60,false,2",
        "/v1/chat/completions,o/whole-60,false,8",
        "/v1/chat/completions,o/line-15,true,40",
        "/v1/messages,o/line-15,true,40",
        "/v1/chat/completions,a/line-15,true,40",
        "/v1/chat/completions,g/line-15,true,40"
    })
    void largeAnswers_doNotEndTheProcess(String path, String model, boolean stream, int times) throws Exception {
        String what = "answers of " + model + " to " + path;
        List<Integer> statuses = atOnce(times, what, () -> answered(path, model, stream));

        assertThat(statuses).as(what).allMatch(status -> status == 200 || status >= 500);
        victim.comesToRest(what);
        victim.metNoDefect();
    }

    /** Reads whatever comes until the end; a cut is an end too. */
    private static int answered(String path, String model, boolean stream) throws IOException {
        try (RawClient client = victim.connect()) {
            client.patience(60);
            String head =
                    client.post(path, Victim.KEY, Victim.request(model, stream)).readHead();
            client.drop(100L * MIB);
            return Integer.parseInt(head.substring(9, 12));
        }
    }
}
