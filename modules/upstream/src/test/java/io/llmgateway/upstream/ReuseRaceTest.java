package io.llmgateway.upstream;

import static io.llmgateway.upstream.ScriptedServer.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A provider ends idle connections when it likes, also in the very moment in which a request comes. */
class ReuseRaceTest {
    private static final String GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";
    private static final int SMALL = 2;
    private static final int LARGE = 8 * 1024 * 1024;

    @TempDir
    Path folder;

    private final HttpTransport transport = new HttpTransport(System::nanoTime);

    @AfterEach
    void stop() {
        transport.close();
    }

    /** Like uvicorn after five seconds, only faster: requests come before, after and while it closes. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void serverThatClosesIdleConnections_isNeverAnError(boolean secure) throws Exception {
        AtomicInteger answered = new AtomicInteger();
        ScriptedServer.Script script = (socket, number) -> {
            answered.incrementAndGet();
            send(socket, GOOD);
            socket.setSoTimeout(3);
            return true;
        };
        Random random = new Random(3);
        try (ScriptedServer server = ScriptedServer.open(secure ? folder : null, script)) {
            ConnectionPool pool = server.pool(transport);

            for (int i = 0; i < 300; i++) {
                assertThat(ScriptedServer.exchange(transport, pool)).isEqualTo("200 good");
                LockSupport.parkNanos(random.nextInt(6_000_000));
            }

            assertThat(answered).as("each request was read once").hasValue(300);
            assertThat(server.connections()).isBetween(2, 300);
            assertThat(transport.discardedConnections()).isZero();
        }
    }

    /** What becomes of a connection that has carried an answer, when the next request comes. */
    @ParameterizedTest
    @CsvSource({
        "false, closed before", "true, closed before",
        "false, closed unread", "true, closed unread",
        "false, reset unread", "true, reset unread",
        "false, closed when read", "true, closed when read",
        "false, closed in the body", "true, closed in the body",
        "false, reset in the body", "true, reset in the body"
    })
    void reusedConnectionThatDiesBeforeItsAnswer_isDialledAgainOnce(boolean secure, String how) throws Exception {
        AtomicInteger connection = new AtomicInteger();
        ScriptedServer.Script script = (socket, number) -> {
            if (number == 2) {
                return false;
            }
            boolean first = connection.incrementAndGet() == 1;
            send(socket, GOOD);
            return !first || goesOn(socket, how);
        };
        try (ScriptedServer server = ScriptedServer.open(secure ? folder : null, script)) {
            ConnectionPool pool = server.pool(transport);
            int size = how.endsWith("body") ? LARGE : SMALL;

            assertThat(ScriptedServer.exchange(transport, pool)).isEqualTo("200 good");
            assertThat(ScriptedServer.exchange(transport, pool, size)).isEqualTo("200 good");

            assertThat(server.connections()).isEqualTo(2);
            assertThat(pool.activeCount()).isZero();
        }
    }

    /** A server that has had the request for some time may have worked on it: it is not asked again unseen. */
    @ParameterizedTest
    @CsvSource({
        "false, closed", "true, closed",
        "false, reset", "true, reset",
        "false, closed in the body", "true, closed in the body"
    })
    void reusedConnectionThatDiesLate_isAFailedAttempt(boolean secure, String how) throws Exception {
        AtomicLong ahead = new AtomicLong();
        AtomicInteger asked = new AtomicInteger();
        ScriptedServer.Script script = (socket, number) -> {
            asked.incrementAndGet();
            if (number == 1) {
                send(socket, GOOD);
                return true;
            }
            ahead.addAndGet(HttpTransport.STALE_NANOS);
            if (how.startsWith("reset")) {
                socket.setSoLinger(true, 0);
            }
            return false;
        };
        try (HttpTransport late = new HttpTransport(() -> System.nanoTime() + ahead.get());
                ScriptedServer server = ScriptedServer.open(secure ? folder : null, script)) {
            ConnectionPool pool = server.pool(late);
            assertThat(ScriptedServer.exchange(late, pool)).isEqualTo("200 good");

            assertThatThrownBy(() -> ScriptedServer.exchange(late, pool, how.endsWith("body") ? LARGE : SMALL))
                    .isInstanceOfSatisfying(
                            GatewayException.class,
                            e -> assertThat(e.error().kind()).isEqualTo(ErrorKind.UPSTREAM_RESET));

            assertThat(asked).hasValue(2);
            assertThat(server.connections()).isEqualTo(1);
            assertThat(pool.activeCount()).isZero();
        }
    }

    private static boolean goesOn(Socket socket, String how) throws IOException {
        if ("closed when read".equals(how)) {
            return true;
        }
        if (!how.endsWith("before")) {
            int wanted = how.endsWith("body") ? 10_000 : 1;
            int read = socket.getInputStream().readNBytes(wanted).length;
            assertThat(read).isEqualTo(wanted);
        }
        if (how.startsWith("reset")) {
            socket.setSoLinger(true, 0);
        }
        return false;
    }

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 2'",
        "'H'",
        "'HTTP/1.1 100 Continue\r\n\r\n'",
        "'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP'",
        "'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngo'"
    })
    void requestWhoseAnswerHasBegun_isNotSentAgain(String begun) throws Exception {
        ScriptedServer.Script script = (socket, number) -> {
            send(socket, number == 1 ? GOOD : begun);
            return number == 1;
        };
        try (ScriptedServer server = ScriptedServer.open(script)) {
            ConnectionPool pool = server.pool(transport);
            assertThat(ScriptedServer.exchange(transport, pool)).isEqualTo("200 good");

            assertThatThrownBy(() -> ScriptedServer.exchange(transport, pool)).isInstanceOf(GatewayException.class);

            assertThat(server.connections()).isEqualTo(1);
        }
    }

    /** The answer that ends an upload is the answer, on a fresh connection and on one that was used before. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void uploadThatIsAnsweredAndCutShort_isNotSentAgain(boolean reused) throws Exception {
        AtomicInteger uploads = new AtomicInteger();
        ScriptedServer.Script script = (socket, number) -> {
            send(socket, GOOD);
            return upload(socket, uploads);
        };
        ScriptedServer.Script fresh = (socket, number) -> upload(socket, uploads);
        try (ScriptedServer server = reused ? ScriptedServer.open(script) : ScriptedServer.openUnread(fresh)) {
            ConnectionPool pool = server.pool(transport);
            if (reused) {
                assertThat(ScriptedServer.exchange(transport, pool)).isEqualTo("200 good");
            }

            assertThat(ScriptedServer.exchange(transport, pool, LARGE)).isEqualTo("413 big!");

            assertThat(uploads).hasValue(1);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    private static boolean upload(Socket socket, AtomicInteger uploads) throws IOException {
        assertThat(socket.getInputStream().readNBytes(1000)).hasSize(1000);
        uploads.incrementAndGet();
        send(socket, "HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbig!");
        return false;
    }

    @Test
    void freshConnectionThatDiesBeforeItsAnswer_isAnErrorAtOnce() throws Exception {
        try (ScriptedServer server = ScriptedServer.open((socket, number) -> false)) {
            ConnectionPool pool = server.pool(transport);

            assertThatThrownBy(() -> ScriptedServer.exchange(transport, pool))
                    .isInstanceOfSatisfying(
                            GatewayException.class,
                            e -> assertThat(e.error().kind()).isEqualTo(ErrorKind.UPSTREAM_RESET));

            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void secondConnectionThatDiesToo_isAnError() throws Exception {
        AtomicInteger answers = new AtomicInteger();
        ScriptedServer.Script script = (socket, number) -> {
            boolean first = answers.incrementAndGet() == 1;
            if (first) {
                send(socket, GOOD);
            }
            return first;
        };
        try (ScriptedServer server = ScriptedServer.open(script)) {
            ConnectionPool pool = server.pool(transport);
            assertThat(ScriptedServer.exchange(transport, pool)).isEqualTo("200 good");

            assertThatThrownBy(() -> ScriptedServer.exchange(transport, pool))
                    .isInstanceOfSatisfying(
                            GatewayException.class,
                            e -> assertThat(e.error().kind()).isEqualTo(ErrorKind.UPSTREAM_RESET));

            assertThat(server.connections()).isEqualTo(2);
        }
    }
}
