package io.llmgateway.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Connections that always have bytes to read and room to write never wait, so nothing but the gateway itself takes a
 * processor from them (virtual threads are not preempted): others get their turn all the same.
 */
@Tag("attack")
class BusyStreamsAttackTest {
    private static final int STREAMS = 12;
    private static final int SMALL_ONES = 60;

    @TempDir
    private static Path folder;

    private static ScriptedUpstream upstream;
    private static Victim victim;

    @BeforeAll
    static void start() throws IOException {
        upstream = ScriptedUpstream.start(EndlessStreams::serve);
        victim = Victim.start(folder, "256m", """
                server: {port: 0}
                admin: {port: 0}
                logging: {requests: off}
                providers:
                  openai: {type: openai, instances: [{name: o, base-url: "%1$s/v1"}]}
                routing: {rules: {"small": openai, "o/*": openai}}
                """.formatted(upstream.url()));
        for (int i = 0; i < 20; i++) {
            assertThat(victim.ask(Victim.CHAT, Victim.request("small", false)).status())
                    .isEqualTo(200);
        }
    }

    @AfterAll
    static void stop() throws IOException {
        victim.close();
        upstream.close();
    }

    @ParameterizedTest
    @CsvSource({Victim.CHAT, Victim.MESSAGES})
    void streamsThatComeAsFastAsTheyAreRead_leaveRoomForOthers(String path) throws Exception {
        String what = "streams as fast as they are read of " + path;
        String body = Victim.request("o/endless", true);
        List<RawClient> open = new ArrayList<>();
        List<Future<RawClient>> reading = new ArrayList<>();
        ExecutorService readers = Executors.newFixedThreadPool(STREAMS);
        try {
            for (int i = 0; i < STREAMS; i++) {
                RawClient client = victim.connect().post(path, Victim.KEY, body);
                open.add(client);
                reading.add(readers.submit(() -> {
                    client.drop(Long.MAX_VALUE);
                    return client;
                }));
            }
            for (int i = 0; i < SMALL_ONES; i++) {
                victim.servesBeside(what);
            }
            assertThat(reading).as("streams that were read all the time").noneMatch(Future::isDone);
        } finally {
            for (RawClient client : open) {
                client.close();
            }
            readers.shutdown();
        }
        victim.comesToRest(what);
        victim.metNoDefect();
    }
}
