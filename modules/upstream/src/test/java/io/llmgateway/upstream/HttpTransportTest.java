package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import io.llmgateway.wire.Slice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTransportTest {
    private final HttpTransport transport = new HttpTransport(System::nanoTime);
    private ServerSocket server;
    private volatile Peer peer = (_, _) -> true;
    private final AtomicInteger connections = new AtomicInteger();

    /** Answers one request; true when the connection stays open. */
    private interface Peer {
        boolean answer(Socket socket, int number) throws IOException;
    }

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket socket = server.accept();
                    connections.incrementAndGet();
                    Thread.ofVirtual().start(() -> serve(socket));
                }
            } catch (IOException e) {
                assertThat(server.isClosed()).isTrue();
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        transport.close();
        server.close();
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            int number = 0;
            while (readRequest(in) && peer.answer(socket, ++number)) {
                socket.getOutputStream().flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean readRequest(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            head.append((char) next);
        }
        int at = head.indexOf("Content-Length: ") + "Content-Length: ".length();
        int length = Integer.parseInt(head.substring(at, head.indexOf("\r\n", at)));
        return in.readNBytes(length).length == length;
    }

    private ConnectionPool pool() throws IOException {
        return pool(transport);
    }

    private ConnectionPool pool(HttpTransport of) throws IOException {
        return of.pool(new Origin(
                new InstanceName("a"),
                false,
                "127.0.0.1",
                server.getLocalPort(),
                "/v1",
                Duration.ofSeconds(2),
                new Origin.PoolLimits(4, 2, Duration.ofSeconds(60), Duration.ofMinutes(10)),
                Origin.TlsOptions.SYSTEM));
    }

    private static Call call(Duration first) {
        long now = System.nanoTime();
        return new Call(
                "POST",
                "/x",
                new Headers().add("X-Test", "1"),
                List.of(Slice.of("{}".getBytes(StandardCharsets.UTF_8))),
                ErrorKind.TIMEOUT_FIRST_TOKEN,
                now + first.toNanos(),
                now + Duration.ofSeconds(20).toNanos());
    }

    private String exchange(ConnectionPool pool) {
        try (Exchange exchange = transport.send(pool, call(Duration.ofSeconds(5)), new Cancellation())) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            byte[] part = new byte[64];
            int count = exchange.read(part, 0, part.length);
            while (count >= 0) {
                body.write(part, 0, count);
                count = exchange.read(part, 0, part.length);
            }
            return exchange.status() + " " + body.toString(StandardCharsets.UTF_8);
        }
    }

    private static ErrorKind kind(Throwable e) {
        return ((GatewayException) e).error().kind();
    }

    private static final String LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
    private static final String CHUNKED =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
                    + "4\r\n0123\r\n6;x=y\r\n456789\r\n0\r\nTrailer: z\r\n\r\n";

    @ParameterizedTest
    @ValueSource(strings = {LENGTH, CHUNKED})
    void response_cutAtEveryByte_isReadTheSame(String response) throws IOException {
        byte[] bytes = response.getBytes(StandardCharsets.ISO_8859_1);
        AtomicInteger cut = new AtomicInteger();
        peer = (socket, _) -> {
            int at = cut.getAndIncrement();
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(bytes, 0, at);
            socket.getOutputStream().flush();
            socket.getOutputStream().write(bytes, at, bytes.length - at);
            return true;
        };
        ConnectionPool pool = pool();

        for (int i = 0; i <= bytes.length; i++) {
            assertThat(exchange(pool)).as("cut at %d", i).isEqualTo("200 0123456789");
        }

        assertThat(connections.get()).as("one connection is reused").isEqualTo(1);
        assertThat(pool.activeCount()).isZero();
        assertThat(pool.idleCount()).isEqualTo(1);
    }

    @Test
    void untilClose_isReadToTheEnd_andNotReused() throws IOException {
        peer = (socket, _) -> {
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\nabc".getBytes(StandardCharsets.US_ASCII));
            return false;
        };
        ConnectionPool pool = pool();

        assertThat(exchange(pool)).isEqualTo("200 abc");
        assertThat(pool.idleCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nx",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxyz",
                "HTTP/1.1 200 OK\r\nBad Name: 1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
                "HTTP/1.1 101 Switching\r\n\r\n",
                "HTTP/2 200 OK\r\n\r\n",
                "SSH-2.0-OpenSSH\r\n\r\n"
            })
    void response_breakingTheRules_isMalformed(String response) throws IOException {
        peer = (socket, _) -> {
            socket.getOutputStream().write(response.getBytes(StandardCharsets.ISO_8859_1));
            return true;
        };
        ConnectionPool pool = pool();

        assertThatThrownBy(() -> exchange(pool))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.UPSTREAM_MALFORMED));
        assertThat(pool.activeCount()).isZero();
        assertThat(pool.idleCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n012",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n012",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n012\r\n"
            })
    void body_truncated_isNeverAnEnd(String response) throws IOException {
        peer = (socket, _) -> {
            socket.getOutputStream().write(response.getBytes(StandardCharsets.ISO_8859_1));
            return false;
        };
        ConnectionPool pool = pool();

        assertThatThrownBy(() -> exchange(pool))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.UPSTREAM_RESET));
    }

    @Test
    void connection_closedByTheServerAfterEachAnswer_isReplacedInSilence() throws IOException {
        peer = (socket, _) -> {
            socket.getOutputStream().write(LENGTH.getBytes(StandardCharsets.US_ASCII));
            return false;
        };
        ConnectionPool pool = pool();

        for (int i = 0; i < 500; i++) {
            assertThat(exchange(pool)).isEqualTo("200 0123456789");
        }
    }

    @Test
    void silence_endsAtItsDeadline() throws IOException {
        peer = (socket, _) -> socket.getInputStream().read() < 0;
        ConnectionPool pool = pool();
        long begun = System.nanoTime();

        assertThatThrownBy(() -> transport.send(pool, call(Duration.ofMillis(500)), new Cancellation()))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.TIMEOUT_FIRST_TOKEN));

        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isBetween(Duration.ofMillis(450), Duration.ofMillis(750));
        assertThat(pool.activeCount()).isZero();
    }

    @Test
    void failureBeforeAnythingIsSent_leavesNoConnectionInUse() throws IOException {
        ConnectionPool pool = pool();
        long now = System.nanoTime();
        long later = now + Duration.ofSeconds(20).toNanos();
        Call bad =
                new Call("POST", "/caf\u00e9", new Headers(), List.of(), ErrorKind.TIMEOUT_FIRST_TOKEN, later, later);

        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> transport.send(pool, bad, new Cancellation()))
                    .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.INTERNAL));
            assertThat(pool.activeCount()).isZero();
        }
    }

    @Test
    void cancel_whileTheProviderIsDialled_endsTheDialAtOnce() throws Exception {
        CountDownLatch looking = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Cancellation cancellation = new Cancellation();
        HttpTransport dialling = new HttpTransport(System::nanoTime, host -> {
            looking.countDown();
            await(never);
            throw new java.net.UnknownHostException(host);
        });
        try (dialling) {
            ConnectionPool pool = dialling.pool(new Origin(
                    new InstanceName("a"),
                    false,
                    "a.host.that.takes.long.invalid",
                    80,
                    "",
                    Duration.ofSeconds(60),
                    new Origin.PoolLimits(4, 2, Duration.ofSeconds(60), Duration.ofMinutes(10)),
                    Origin.TlsOptions.SYSTEM));
            Thread client = Thread.ofPlatform().daemon().start(() -> {
                await(looking);
                cancellation.cancel();
            });
            long begun = System.nanoTime();

            assertThatThrownBy(() -> dialling.send(pool, call(Duration.ofSeconds(60)), cancellation))
                    .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.UPSTREAM_RESET));

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
            assertThat(client.join(Duration.ofSeconds(20))).isTrue();
            assertThat(pool.activeCount()).isZero();
        } finally {
            never.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void failureOfTheClock_doesNotEndTheDeadlines() throws IOException {
        long errors = Loop.errors(LoopName.UPSTREAM_CLOCK);
        AtomicInteger failures = new AtomicInteger(3);
        peer = (socket, _) -> socket.getInputStream().read() < 0;
        HttpTransport failing = new HttpTransport(() -> {
            boolean clock = "upstream-clock".equals(Thread.currentThread().getName());
            if (clock && failures.getAndDecrement() > 0) {
                throw new IllegalStateException("no time");
            }
            return System.nanoTime();
        });
        try (failing) {
            ConnectionPool pool = pool(failing);

            assertThatThrownBy(() -> failing.send(pool, call(Duration.ofMillis(500)), new Cancellation()))
                    .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.TIMEOUT_FIRST_TOKEN));
        }
        assertThat(Loop.errors(LoopName.UPSTREAM_CLOCK) - errors).isGreaterThanOrEqualTo(1);
    }

    @Test
    void cancel_fromAnotherThread_endsTheWaitAtOnce() throws IOException {
        Cancellation cancellation = new Cancellation();
        peer = (socket, _) -> {
            cancellation.cancel();
            return socket.getInputStream().read() < 0;
        };
        ConnectionPool pool = pool();
        long begun = System.nanoTime();

        assertThatThrownBy(() -> transport.send(pool, call(Duration.ofSeconds(10)), cancellation))
                .isInstanceOf(GatewayException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
        assertThat(pool.activeCount()).isZero();
    }

    @Test
    void header_withALineBreak_isRefused() {
        assertThatThrownBy(() -> new Headers().add("X", "a\r\nY: b")).isInstanceOf(IllegalArgumentException.class);
    }
}
