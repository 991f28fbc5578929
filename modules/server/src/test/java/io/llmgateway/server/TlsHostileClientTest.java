package io.llmgateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients can do to TLS that are no proper ones: each connection ends, soon, and costs little. */
class TlsHostileClientTest {
    private static final int ALERT = 21;
    private static final byte HANDSHAKE_FAILURE = 40;
    private static final byte PROTOCOL_VERSION = 70;
    private static final byte SERVER_HELLO = 2;

    @TempDir
    static Path folder;

    private static TestCertificate own;
    private static SSLContext trusting;

    @BeforeAll
    static void certificate() throws Exception {
        own = TestCertificate.create(folder);
        trusting = TlsClients.trusting(own.certificate(), null);
    }

    private static TlsServer start(TlsServer.Serving serving) throws IOException {
        return TlsServer.start(TlsServer.settings(own, null, false), serving);
    }

    private static Socket connect(TlsServer server) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(TlsClients.TIMEOUT_MILLIS);
        return socket;
    }

    private static String answer(TlsServer server, byte[] sent) throws IOException {
        try (Socket socket = connect(server)) {
            socket.getOutputStream().write(sent);
            return all(socket);
        }
    }

    private static String all(Socket socket) throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException e) {
            // reset: an end as well
            return "";
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /health HTTP/1.0\r\n\r\n",
                "POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
                "OPTIONS * HTTP/1.1\n\n",
            })
    void plainHttp_isToldToSpeakTls(String request) throws Exception {
        try (TlsServer server = start(TlsServer::answerOk)) {
            assertThat(answer(server, request.getBytes(StandardCharsets.US_ASCII)))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("\r\nConnection: close\r\n")
                    .endsWith("TLS: use https\n");
            assertThat(server.end()).contains("plain HTTP");
            assertThat(server.engines.get()).isZero();
        }
    }

    @Test
    void plainHttp_withALongHead_isToldSoToo_andOnlyAPartIsRead() throws Exception {
        try (TlsServer server = start(TlsServer::answerOk);
                Socket socket = connect(server)) {
            socket.getOutputStream().write(("GET /" + "a".repeat(8_186) + "\r").getBytes(StandardCharsets.US_ASCII));

            assertThat(all(socket)).startsWith("HTTP/1.1 400 ");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "00",
        "ff",
        "16ff0100",
        "1700",
        "1703030005",
        "150301000202",
        "80",
        "1603010000ff00000000",
        "16030148019999"
    })
    void garbage_endsTheConnection(String hex) throws Exception {
        byte[] sent = HexFormat.of().parseHex(hex);
        try (TlsServer server = start(TlsServer::answerOk);
                Socket socket = connect(server)) {
            socket.getOutputStream().write(sent);
            if (sent.length < 5) {
                socket.shutdownOutput();
            }

            assertThat(all(socket)).doesNotContain("HTTP");
            assertThat(server.end()).doesNotContain("served").doesNotContain("RuntimeException");
        }
    }

    @Test
    void randomRecords_endTheConnection() throws Exception {
        Random random = new Random(3);
        try (TlsServer server = start(TlsServer::answerOk)) {
            for (int i = 0; i < 300; i++) {
                byte[] record = new byte[5 + random.nextInt(600)];
                random.nextBytes(record);
                record[0] = 22;
                record[1] = 3;
                record[3] = (byte) ((record.length - 5) >> 8);
                record[4] = (byte) (record.length - 5);
                try (Socket socket = connect(server)) {
                    socket.getOutputStream().write(record);
                    socket.shutdownOutput();
                    all(socket);
                }
                assertThat(server.end()).doesNotContain("served").startsWith("java");
            }
        }
    }

    /** Every single byte of a good hello changed: nothing but a refusal, or a handshake that goes on. */
    @Test
    void mutatedHellos_endOrGoOn() throws Exception {
        Random random = new Random(4);
        try (TlsServer server = start(TlsServer::answerOk)) {
            for (int i = 0; i < 400; i++) {
                try (EngineClient client = new EngineClient(trusting, server.port(), "TLSv1.3")) {
                    byte[] hello = client.record();
                    hello[5 + random.nextInt(hello.length - 5)] = (byte) random.nextInt();
                    client.send(hello);
                    client.socket.shutdownOutput();
                    all(client.socket);
                }
                assertThat(server.end()).matches("(java\\.io|javax\\.net\\.ssl)\\..*");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100})
    void helloInManySmallRecords_isTaken(int each) throws Exception {
        try (TlsServer server = start(TlsServer::answerOk);
                EngineClient client = new EngineClient(trusting, server.port(), "TLSv1.3")) {
            client.send(EngineClient.split(client.record(), each));

            byte[] answer = client.receive();

            assertThat(answer[0]).isEqualTo((byte) TlsRecords.HANDSHAKE);
            assertThat(answer[5]).isEqualTo(SERVER_HELLO);
        }
    }

    @Test
    void helloThatComesByteByByte_isTaken() throws Exception {
        try (TlsServer server = start(TlsServer::answerOk);
                EngineClient client = new EngineClient(trusting, server.port(), "TLSv1.2")) {
            for (byte each : client.record()) {
                client.send(new byte[] {each});
            }

            assertThat(client.receive()[5]).isEqualTo(SERVER_HELLO);
        }
    }

    @Test
    void handshakeWithoutEnd_isEnded() throws Exception {
        byte[] record = new byte[5 + 1_000];
        System.arraycopy(new byte[] {22, 3, 3, 3, (byte) 0xe8, 1, 0, 0x7f, 0x7f}, 0, record, 0, 9);
        byte[] next = Arrays.copyOf(record, record.length);
        Arrays.fill(next, 5, 9, (byte) 0);
        try (TlsServer server = start(TlsServer::answerOk);
                Socket socket = connect(server)) {
            socket.getOutputStream().write(record);
            int sent = 1;
            try {
                while (sent < 100_000) {
                    socket.getOutputStream().write(next);
                    sent++;
                }
            } catch (SocketException e) {
                // the other side is closed, as it should be
                assertThat(sent).isPositive();
            }

            assertThat(server.end()).contains("SSL");
            assertThat(sent).isLessThan(100_000);
        }
    }

    /** The one record that TLS 1.3 lets pass for the sake of old middle boxes (RFC 8446, 5). */
    @Test
    void recordsWithoutContent_afterTheHandshake_areEnded() throws Exception {
        try (TlsServer server = start(client -> client.read(new byte[10], 0, 10));
                EngineClient client = new EngineClient(trusting, server.port(), "TLSv1.3")) {
            client.handshake();
            int sent = 0;
            try {
                while (sent < 20_000) {
                    client.send(new byte[] {20, 3, 3, 0, 1, 1});
                    sent++;
                }
            } catch (SocketException e) {
                // the other side is closed, as it should be
                assertThat(sent).isPositive();
            }

            assertThat(server.end()).contains("SSL");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void recordThatWasChanged_isRefusedWithAnAlert(String version) throws Exception {
        try (TlsServer server = start(TlsServer::answerOk);
                EngineClient client = new EngineClient(trusting, server.port(), version)) {
            client.handshake();
            byte[] record = client.record("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            record[record.length - 3] ^= 1;
            client.send(record);

            assertThat(server.end()).contains("SSL");
            assertThatThrownBy(() -> {
                        while (true) {
                            client.content();
                        }
                    })
                    .hasMessageContaining("bad_record_mac");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void endWithoutTheOneOfTls_isAnError(String version) throws Exception {
        try (TlsServer server = start(TlsServer::answerOk)) {
            try (EngineClient client = new EngineClient(trusting, server.port(), version)) {
                client.handshake();
                client.send(client.record("GET / HTTP".getBytes(StandardCharsets.US_ASCII)));
            }
            assertThat(server.end()).contains("without an end of TLS");
            try (EngineClient client = new EngineClient(trusting, server.port(), version)) {
                client.handshake();
                byte[] record = client.record(new byte[100]);
                client.send(Arrays.copyOf(record, record.length - 10));
            }
            assertThat(server.end()).contains("inside a TLS record");
        }
    }

    @Test
    void leaving_beforeTheFirstByte_isAnEnd_inTheHandshakeAnError() throws Exception {
        try (TlsServer server = start(client -> {
            if (client.read(new byte[1], 0, 1) >= 0) {
                throw new IOException("a byte came");
            }
        })) {
            connect(server).close();
            assertThat(server.end()).isEqualTo("served");
            try (EngineClient client = new EngineClient(trusting, server.port(), "TLSv1.3")) {
                client.send(client.record());
                assertThat(client.receive()[0]).isEqualTo((byte) TlsRecords.HANDSHAKE);
            }
            assertThat(server.end()).matches(".*(in its handshake|reset).*");
        }
    }

    @Test
    void nothingIsWritten_beforeTheHandshake() throws Exception {
        AtomicReference<String> said = new AtomicReference<>("nothing");
        CountDownLatch tried = new CountDownLatch(1);
        try (TlsServer server = start(client -> {
                    try {
                        client.write(new byte[] {1}, 0, 1);
                    } catch (IOException e) {
                        said.set(String.valueOf(e.getMessage()));
                    }
                    tried.countDown();
                });
                Socket socket = connect(server)) {
            assertThat(tried.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(said.get()).contains("before the handshake");
            assertThat(all(socket)).isEmpty();
        }
    }

    /** What the watchdog does: it interrupts the thread of the connection, wherever that waits. */
    @Test
    void interrupt_endsEveryWait() throws Exception {
        try (TlsServer server = start(client -> {
            client.handshake();
            byte[] part = new byte[100_000];
            while (client.read(part, 0, 1) >= 0) {
                client.write(part, 0, part.length);
            }
        })) {
            List<Socket> open = new ArrayList<>(List.of(connect(server), connect(server)));
            open.get(1).getOutputStream().write(new byte[] {22, 3, 1, 2});
            EngineClient shaking = new EngineClient(trusting, server.port(), "TLSv1.3");
            shaking.send(shaking.record());
            open.add(shaking.socket);
            EngineClient silent = new EngineClient(trusting, server.port(), "TLSv1.3");
            silent.handshake();
            open.add(silent.socket);
            EngineClient deaf = new EngineClient(trusting, server.port(), "TLSv1.2");
            deaf.handshake();
            for (int i = 0; i < 100; i++) {
                deaf.send(deaf.record(new byte[1_000]));
            }
            open.add(deaf.socket);
            List<Thread> threads = await(server, open.size());

            threads.forEach(Thread::interrupt);

            for (Thread thread : threads) {
                assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
            }
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    private static List<Thread> await(TlsServer server, int count) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (server.threads.size() < count && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        return List.copyOf(server.threads);
    }

    @Test
    void closing_whileAWriterWaitsForAClientThatDoesNotRead_endsBoth() throws Exception {
        AtomicReference<TlsSocket> serving = new AtomicReference<>();
        CountDownLatch begun = new CountDownLatch(1);
        try (TlsServer server = start(client -> {
                    client.handshake();
                    serving.set(client);
                    begun.countDown();
                    byte[] part = new byte[1_000_000];
                    for (int i = 0; i < 100; i++) {
                        client.write(part, 0, part.length);
                    }
                });
                EngineClient client = new EngineClient(trusting, server.port(), "TLSv1.3")) {
            client.handshake();
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

            Thread closing = Thread.ofVirtual().start(() -> serving.get().close());

            assertThat(closing.join(Duration.ofSeconds(20))).isTrue();
            assertThat(server.end()).doesNotContain("served").startsWith("java");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0300", "0301", "0302", "0200", "0000"})
    void oldVersion_isRefusedWithAnAlert(String version) throws Exception {
        String hello = version + "00".repeat(32) + "00" + "0002c02b" + "0100";
        String message = "010000" + String.format("%02x", hello.length() / 2) + hello;
        String record = "160300" + String.format("%04x", message.length() / 2) + message;
        try (TlsServer server = start(TlsServer::answerOk);
                Socket socket = connect(server)) {
            socket.getOutputStream().write(HexFormat.of().parseHex(record));

            byte[] answer = socket.getInputStream().readNBytes(7);
            assertThat(answer[0]).isEqualTo((byte) ALERT);
            assertThat(answer[6]).isIn(PROTOCOL_VERSION, HANDSHAKE_FAILURE);
            assertThat(server.end()).contains("SSL");
        }
    }
}
