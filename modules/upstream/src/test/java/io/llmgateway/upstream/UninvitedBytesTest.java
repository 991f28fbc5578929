package io.llmgateway.upstream;

import static io.llmgateway.upstream.ScriptedServer.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
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
            // what the second connection sends unasked may have come by now, or not yet
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

    /** What is sent at once behind the end of an answer is thrown away with its connection, and counted. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            204 X~~ | 204
            304 X~~ | 304
            204 X~Content-Length: 8~~ | 204
            200 X~Content-Length: 0~~ | 200
            200 X~Transfer-Encoding: chunked~~0~~ | 200
            """)
    void bytesBehindAnAnswer_areThrownAwayAndCounted(String answer, String status) throws Exception {
        ScriptedServer.Script script = (socket, number) -> {
            send(socket, "HTTP/1.1 " + answer.replace("~", "\r\n") + BAD);
            return true;
        };
        try (ScriptedServer server = ScriptedServer.open(script)) {
            ConnectionPool pool = server.pool(transport);

            for (int i = 1; i <= 3; i++) {
                assertThat(ScriptedServer.exchange(transport, pool)).isEqualTo(status + " ");
                assertThat(pool.idleCount()).isZero();
                assertThat(server.connections()).isEqualTo(i);
                assertThat(transport.discardedConnections()).isEqualTo(i);
            }
        }
    }

    /** Their connections carry nothing else, whether the server closes them or not. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1.0 200 X~Content-Length: 0~~
            1.0 200 X~Connection: keep-alive~Content-Length: 0~~
            1.1 200 X~Connection: close~Content-Length: 0~~
            1.1 200 X~Connection: x, Close~Content-Length: 0~~
            1.1 200 X~Keep-Alive: timeout=1~Content-Length: 0~~
            """)
    void answersThatEndTheirConnection_areNotReused(String answer) throws Exception {
        ScriptedServer.Script script = (socket, number) -> {
            send(socket, "HTTP/" + answer.replace("~", "\r\n"));
            return true;
        };
        try (ScriptedServer server = ScriptedServer.open(script)) {
            ConnectionPool pool = server.pool(transport);

            for (int i = 1; i <= 3; i++) {
                assertThat(ScriptedServer.exchange(transport, pool)).isEqualTo("200 ");
                assertThat(pool.idleCount()).isZero();
                assertThat(server.connections()).isEqualTo(i);
            }
            assertThat(transport.discardedConnections()).isZero();
        }
    }

    /** A request is sent once more only when nothing of an answer has come; an interim answer is something. */
    @ParameterizedTest
    @CsvSource({"HTTP/1.1 102 Processing~~", "HTTP/1.1 2", "HTTP/1.1 200 OK~A: b~"})
    void answerThatHasBegun_isNeverAskedForAgain(String begin) throws Exception {
        ScriptedServer.Script script = (socket, number) -> {
            if (number == 1) {
                send(socket, GOOD);
                return true;
            }
            send(socket, begin.replace("~", "\r\n"));
            return false;
        };
        try (ScriptedServer server = ScriptedServer.open(script)) {
            ConnectionPool pool = server.pool(transport);
            assertThat(ScriptedServer.exchange(transport, pool)).isEqualTo("200 good");

            assertThatThrownBy(() -> ScriptedServer.exchange(transport, pool))
                    .isInstanceOfSatisfying(
                            GatewayException.class,
                            e -> assertThat(e.error().kind()).isEqualTo(ErrorKind.UPSTREAM_MALFORMED));
            assertThat(server.connections()).isEqualTo(1);
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
