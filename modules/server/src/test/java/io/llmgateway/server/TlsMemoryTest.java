package io.llmgateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client can make the listener hold before it has proved anything. */
class TlsMemoryTest {
    private static final int CONNECTIONS = 2_000;
    private static final int LIMIT = 1024;
    private static final int ENGINE = 24 * 1024;
    private static final int ESTABLISHED = 300;
    private static final int FEW = 10;

    @TempDir
    static Path folder;

    private static TestCertificate own;
    private static SSLContext trusting;
    private static byte[] hello;

    @BeforeAll
    static void helloOfAClient() throws Exception {
        own = TestCertificate.create(folder);
        trusting = TlsClients.trusting(own.certificate(), null);
        try (TlsServer server = start();
                EngineClient client = new EngineClient(trusting, server.port(), "TLSv1.3")) {
            hello = client.record();
            client.send(hello);
            client.receive();
        }
    }

    private static TlsServer start() throws IOException {
        return TlsServer.start(TlsServer.settings(own, null, false), TlsServer::answerOk);
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static void await(TlsServer server, int count) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (server.accepted.get() < count || server.threads.stream().anyMatch(TlsMemoryTest::runs)) {
            assertThat(System.nanoTime()).as("time to accept all").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private static boolean runs(Thread thread) {
        return thread.getState() == Thread.State.RUNNABLE || thread.getState() == Thread.State.NEW;
    }

    /** Bytes that each of so many connections holds that have sent this. */
    private static long heldEach(byte[] sent) throws Exception {
        List<SocketChannel> open = new ArrayList<>();
        try (TlsServer server = start()) {
            long before = used();
            for (int i = 0; i < CONNECTIONS; i++) {
                SocketChannel channel =
                        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
                channel.write(ByteBuffer.wrap(sent));
                open.add(channel);
            }
            await(server, CONNECTIONS);
            return (used() - before) / CONNECTIONS;
        } finally {
            for (SocketChannel channel : open) {
                channel.close();
            }
        }
    }

    /** Beside the sockets and threads of both ends, which a silent connection has too. */
    @Test
    void halfHandshakes_holdLittle() throws Exception {
        long silent = heldEach(new byte[0]);

        assertThat(heldEach(Arrays.copyOf(hello, 31)))
                .as("bytes of 31 bytes of a handshake; %s of a silent connection", silent)
                .isLessThan(silent + LIMIT);
        assertThat(heldEach(Arrays.copyOf(hello, hello.length - 1)))
                .as("bytes of a hello that is not whole; %s of a silent connection", silent)
                .isLessThan(silent + LIMIT);
        // a header that promises the largest record costs no more than what has come of it
        assertThat(heldEach(new byte[] {22, 3, 3, 0x40, 0, 1, 2, 3}))
                .as("bytes of a promise; %s of a silent connection", silent)
                .isLessThan(silent + LIMIT);
    }

    /** The engine has read the hello, has answered, and waits for the rest. */
    @Test
    void handshakesWithoutEnd_holdNoBuffers() throws Exception {
        long silent = heldEach(new byte[0]);

        assertThat(heldEach(hello))
                .as("bytes of a handshake under way; %s of a silent connection", silent)
                .isLessThan(silent + ENGINE);
    }

    @Test
    void establishedConnections_thatWait_holdNoBuffers() throws Exception {
        long silent = heldEach(new byte[0]);
        List<Socket> open = new ArrayList<>();
        try (TlsServer server = start()) {
            long before = used();
            for (int i = 0; i < ESTABLISHED; i++) {
                EngineClient client = new EngineClient(trusting, server.port(), "TLSv1.3");
                client.handshake();
                open.add(client.socket);
            }
            await(server, ESTABLISHED);

            assertThat((used() - before) / ESTABLISHED)
                    .as("bytes of a connection that waits; %s of a silent one", silent)
                    .isLessThan(silent + ENGINE);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void tooManyHandshakesUnderWay_endTheOldest_notTheNewest() throws Exception {
        List<Socket> open = new ArrayList<>();
        Handshakes few = new Handshakes(FEW);
        try (TlsServer server = TlsServer.start(TlsServer.settings(own, null, false), few, TlsServer::answerOk)) {
            for (int i = 0; i < 5 * FEW; i++) {
                EngineClient client = new EngineClient(trusting, server.port(), "TLSv1.3");
                client.send(hello);
                client.receive();
                open.add(client.socket);
            }
            for (int i = 0; i < 4 * FEW; i++) {
                assertThat(server.end()).doesNotContain("served").startsWith("java");
            }
            try (SSLSocket socket = TlsClients.connect(trusting, server.port())) {
                socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().readAllBytes()).hasSize(TlsServer.OK.length());
            }
            assertThat(few.underWay()).isLessThanOrEqualTo(FEW);
            for (Socket socket : open) {
                socket.close();
            }
            for (int i = 0; i < FEW + 1; i++) {
                assertThat(server.end()).doesNotContain("no connection");
            }
            assertThat(few.underWay()).isZero();
        }
    }
}
