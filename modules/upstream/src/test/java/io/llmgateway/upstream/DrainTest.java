package io.llmgateway.upstream;

import static io.llmgateway.upstream.ScriptedServer.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.ErrorKind;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrainTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String DONE = "6\r\n[DONE]\r\n";
    private static final String LAST = "0\r\n\r\n";
    private static final long PATIENCE = Duration.ofMillis(100).toNanos();

    @TempDir
    Path folder;

    private final HttpTransport transport = new HttpTransport(System::nanoTime);
    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void stop() {
        over.countDown();
        transport.close();
    }

    private ScriptedServer server(boolean secure, ScriptedServer.Script script) throws Exception {
        return ScriptedServer.open(secure ? folder : null, script);
    }

    /** Reads up to the answer's own end and drains the rest. */
    private boolean drained(ConnectionPool pool, long nanos) {
        try (Exchange exchange = transport.send(pool, ScriptedServer.call(), new Cancellation())) {
            byte[] part = new byte[6];
            int read = 0;
            while (read < 6) {
                read += exchange.read(part, read, part.length - read);
            }
            return exchange.drained(nanos);
        }
    }

    private static boolean linger(Socket socket, CountDownLatch over) throws java.io.IOException {
        try {
            return over.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new java.io.InterruptedIOException(socket.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lastChunkWithTheEnd_keepsTheConnection(boolean secure) throws Exception {
        try (ScriptedServer server = server(secure, (socket, _) -> {
            send(socket, HEAD + DONE + LAST);
            return true;
        })) {
            ConnectionPool pool = server.pool(transport);

            assertThat(drained(pool, PATIENCE)).isTrue();
            assertThat(drained(pool, PATIENCE)).isTrue();
            assertThat(server.connections()).isEqualTo(1);
            assertThat(pool.idleCount()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lastChunkAMomentLater_keepsTheConnection(boolean secure) throws Exception {
        try (ScriptedServer server = server(secure, (socket, number) -> {
            send(socket, HEAD + DONE);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            send(socket, LAST);
            return true;
        })) {
            ConnectionPool pool = server.pool(transport);

            // patient, so that a busy machine does not decide
            assertThat(drained(pool, Duration.ofSeconds(10).toNanos())).isTrue();
            assertThat(ScriptedServer.exchange(transport, pool))
                    .as("the connection waits again as long as it may")
                    .isEqualTo("200 [DONE]");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void upstreamThatLingers_isLeftInTime(boolean secure) throws Exception {
        try (ScriptedServer server = server(secure, (socket, _) -> {
            send(socket, HEAD + DONE);
            return linger(socket, over);
        })) {
            ConnectionPool pool = server.pool(transport);
            long begun = System.nanoTime();

            assertThat(drained(pool, PATIENCE)).isFalse();

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
            assertThat(pool.idleCount()).isZero();
            assertThat(pool.activeCount()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void upstreamThatTrickles_isLeftInTime(boolean secure) throws Exception {
        try (ScriptedServer server = server(secure, (socket, _) -> {
            send(socket, HEAD + DONE);
            while (over.getCount() > 0) {
                send(socket, "1\r\n.\r\n");
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
            return false;
        })) {
            ConnectionPool pool = server.pool(transport);

            assertThat(drained(pool, PATIENCE)).isFalse();
            assertThat(pool.idleCount()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void upstreamThatFloods_isLeftAfterABoundedNumberOfBytes(boolean secure) throws Exception {
        String flood = "8000\r\n" + "x".repeat(0x8000) + "\r\n";
        try (ScriptedServer server = server(secure, (socket, _) -> {
            send(socket, HEAD + DONE);
            while (over.getCount() > 0) {
                send(socket, flood);
            }
            return false;
        })) {
            ConnectionPool pool = server.pool(transport);

            // by bytes, long before the time is over
            assertThat(drained(pool, Duration.ofSeconds(60).toNanos())).isFalse();
            assertThat(pool.idleCount()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void disarmed_theIdleDeadlineDoesNotEndTheExchange(boolean secure) throws Exception {
        CountDownLatch disarmed = new CountDownLatch(1);
        try (ScriptedServer server = server(secure, (socket, _) -> {
                    send(socket, HEAD + DONE);
                    linger(socket, disarmed);
                    send(socket, LAST);
                    return true;
                });
                Exchange exchange = transport.send(server.pool(transport), ScriptedServer.call(), new Cancellation())) {
            exchange.arm(
                    ErrorKind.TIMEOUT_IDLE,
                    System.nanoTime() + Duration.ofSeconds(5).toNanos());
            byte[] part = new byte[64];
            assertThat(exchange.read(part, 0, part.length)).isEqualTo(6);
            exchange.arm(
                    ErrorKind.TIMEOUT_IDLE,
                    System.nanoTime() + Duration.ofMillis(300).toNanos());
            exchange.disarm();
            // a slow client: longer than the deadline and the clock's step
            LockSupport.parkNanos(Duration.ofMillis(600).toNanos());
            disarmed.countDown();

            assertThat(exchange.read(part, 0, part.length)).isEqualTo(-1);
        }
    }
}
