package io.llmgateway.upstream;

import static io.llmgateway.upstream.ScriptedServer.send;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UninvitedBytesTest {
    private static final String GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";
    private static final String BAD = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nSMUGGLED";
    private static final String TIMEOUT = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n";

    @TempDir
    Path folder;

    private final HttpTransport transport = new HttpTransport(System::nanoTime);
    private final CountDownLatch answered = new CountDownLatch(1);
    private final CountDownLatch extra = new CountDownLatch(1);

    @AfterEach
    void stop() {
        transport.close();
    }

    /** What a connection that once carried an answer sends on its own must never be read as an answer. */
    @ParameterizedTest
    @CsvSource({
        "false, second answer, false",
        "true, second answer, false",
        "false, second answer, true",
        "true, second answer, true",
        "false, timeout and close, false",
        "true, timeout and close, false"
    })
    void bytesOnAnIdleConnection_areNobodysAnswer(boolean secure, String kind, boolean together) throws Exception {
        boolean second = kind.startsWith("second");
        String unasked = second ? BAD : TIMEOUT;
        ScriptedServer.Script script = (socket, number) -> {
            if (together) {
                send(socket, GOOD + unasked);
            } else {
                send(socket, GOOD);
                awaited(answered);
                send(socket, unasked);
            }
            extra.countDown();
            return second;
        };
        try (ScriptedServer server = ScriptedServer.open(secure ? folder : null, script)) {
            ConnectionPool pool = server.pool(transport);

            assertThat(ScriptedServer.exchange(transport, pool)).isEqualTo("200 good");
            answered.countDown();
            awaited(extra);
            settle();

            assertThat(ScriptedServer.exchange(transport, pool)).isEqualTo("200 good");
            assertThat(server.connections()).isEqualTo(2);
            assertThat(transport.discardedConnections()).isBetween(together ? 2L : 1L, 2L);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 204", "true, 204", "false, 304", "true, 304"})
    void bodyBehindAnAnswerWithoutOne_isNobodysAnswer(boolean secure, int status) throws Exception {
        ScriptedServer.Script script = (socket, number) -> {
            send(socket, "HTTP/1.1 " + status + " X\r\nContent-Length: " + BAD.length() + "\r\n\r\n");
            awaited(answered);
            send(socket, BAD);
            extra.countDown();
            return true;
        };
        try (ScriptedServer server = ScriptedServer.open(secure ? folder : null, script)) {
            ConnectionPool pool = server.pool(transport);

            assertThat(ScriptedServer.exchange(transport, pool)).isEqualTo(status + " ");
            assertThat(pool.idleCount()).isZero();
            answered.countDown();
            awaited(extra);

            assertThat(ScriptedServer.exchange(transport, pool)).isEqualTo(status + " ");
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    /** Also behind an answer that says nothing of a body, and behind one that ends as it said. */
    @ParameterizedTest
    @CsvSource({
        "false, 'HTTP/1.1 204 No Content\r\n\r\n'",
        "true, 'HTTP/1.1 204 No Content\r\n\r\n'",
        "false, 'HTTP/1.1 304 Not Modified\r\n\r\n'",
        "false, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'",
        "false, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'",
        "false, 'HTTP/1.1 204 No Content\r\nContent-Length: 8\r\n\r\n'",
        "true, 'HTTP/1.1 204 No Content\r\nContent-Length: 8\r\n\r\n'"
    })
    void bytesBehindTheEndOfAnAnswer_areNobodysAnswer_andCounted(boolean secure, String empty) throws Exception {
        ScriptedServer.Script script = (socket, number) -> {
            send(socket, empty + BAD);
            return true;
        };
        try (ScriptedServer server = ScriptedServer.open(secure ? folder : null, script)) {
            ConnectionPool pool = server.pool(transport);

            for (int i = 1; i <= 3; i++) {
                assertThat(ScriptedServer.exchange(transport, pool)).endsWith(" ");
                assertThat(server.connections()).isEqualTo(i);
                assertThat(transport.discardedConnections()).isEqualTo(i);
            }
        }
    }

    private static void awaited(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** On loopback bytes arrive with the system call that sends them; a moment more for what is in between. */
    private static void settle() {
        LockSupport.parkNanos(50_000_000);
    }
}
