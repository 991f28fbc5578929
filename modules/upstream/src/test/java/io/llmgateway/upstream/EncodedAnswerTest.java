package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedAnswerTest {
    private static final byte[] BODY = "{\"hello\":\"world\"}".getBytes(StandardCharsets.US_ASCII);
    private static final int EVENTS = 50;

    private final HttpTransport transport = new HttpTransport(System::nanoTime);

    @AfterEach
    void stop() {
        transport.close();
    }

    private static byte[] chunk(byte[] data) {
        String text = Integer.toHexString(data.length) + "\r\n" + latin(data) + "\r\n";
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String latin(byte[] data) {
        return new String(data, StandardCharsets.ISO_8859_1);
    }

    private static String head(String codings, String framing) {
        return "HTTP/1.1 200 OK\r\nContent-Encoding: " + codings + "\r\n" + framing + "\r\n\r\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "raw", "br", "zstd"})
    void encodedAnswer_isReadDecoded_andItsConnectionKept(String coding) throws Exception {
        byte[] encoded = Encoded.whole(coding, BODY);
        ScriptedServer.Script script = (socket, number) -> {
            String wire = Encoded.wire(coding);
            if (number % 2 == 0) {
                ScriptedServer.send(socket, head(wire, "Content-Length: " + encoded.length) + latin(encoded));
            } else {
                ScriptedServer.send(
                        socket,
                        head(wire.toUpperCase(java.util.Locale.ROOT) + ", identity", "Transfer-Encoding: chunked")
                                + latin(chunk(encoded)) + "0\r\n\r\n");
            }
            return true;
        };
        try (ScriptedServer server = ScriptedServer.open(script)) {
            ConnectionPool pool = server.pool(transport);

            for (int i = 0; i < 4; i++) {
                assertThat(ScriptedServer.exchange(transport, pool)).isEqualTo("200 " + latin(BODY));
            }

            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void codingsInSeveralFields_areOneList() throws Exception {
        byte[] encoded = Encoded.whole("br", Encoded.whole("gzip", BODY));
        ScriptedServer.Script script = (socket, number) -> {
            ScriptedServer.send(
                    socket, head("gzip\r\nContent-Encoding: br", "Content-Length: " + encoded.length) + latin(encoded));
            return true;
        };
        try (ScriptedServer server = ScriptedServer.open(script)) {
            assertThat(ScriptedServer.exchange(transport, server.pool(transport)))
                    .isEqualTo("200 " + latin(BODY));
        }
    }

    /** An event that is complete in what came is handed out although the next one is not yet there. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "raw", "br", "zstd"})
    void flushedEvent_isHandedOutWithoutTheNext(String coding) throws Exception {
        List<byte[]> events = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            events.add(("data: {\"number\":" + i + ",\"text\":\"token\"}\n\n").getBytes(StandardCharsets.US_ASCII));
        }
        List<byte[]> pieces = Encoded.flushed(coding, events);
        Semaphore taken = new Semaphore(0);
        ScriptedServer.Script script = (socket, number) -> {
            ScriptedServer.send(socket, head(Encoded.wire(coding), "Transfer-Encoding: chunked"));
            for (byte[] piece : pieces.subList(0, EVENTS)) {
                ScriptedServer.send(socket, latin(chunk(piece)));
                awaited(taken);
            }
            byte[] last = pieces.getLast();
            ScriptedServer.send(socket, (last.length == 0 ? "" : latin(chunk(last))) + "0\r\n\r\n");
            return true;
        };
        try (ScriptedServer server = ScriptedServer.open(script)) {
            ConnectionPool pool = server.pool(transport);
            try (Exchange exchange = transport.send(pool, ScriptedServer.call(), new Cancellation())) {
                byte[] part = new byte[16 * 1024];
                for (byte[] event : events) {
                    int have = 0;
                    while (have < event.length) {
                        have += exchange.read(part, have, part.length - have);
                    }
                    assertThat(new String(part, 0, have, StandardCharsets.US_ASCII))
                            .isEqualTo(latin(event));
                    taken.release();
                }
                assertThat(exchange.drained(Duration.ofSeconds(20).toNanos())).isTrue();
            }
            assertThat(pool.idleCount()).isEqualTo(1);
        }
    }

    private static void awaited(Semaphore semaphore) throws IOException {
        try {
            if (!semaphore.tryAcquire(15, TimeUnit.SECONDS)) {
                throw new IOException("the event was not taken");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void whatWasSaidOfTheEncodedBody_isNotSaidOfTheDecoded() throws Exception {
        byte[] encoded = Encoded.whole("gzip", BODY);
        ScriptedServer.Script script = (socket, number) -> {
            ScriptedServer.send(
                    socket,
                    head("gzip\r\nX-Request-Id: 7\r\nETag: \"x\"", "Content-Length: " + encoded.length)
                            + latin(encoded));
            return true;
        };
        try (ScriptedServer server = ScriptedServer.open(script);
                Exchange exchange = transport.send(server.pool(transport), ScriptedServer.call(), new Cancellation())) {
            assertThat(exchange.header("content-encoding")).isNull();
            assertThat(exchange.header("content-length")).isNull();
            assertThat(exchange.header("etag")).isNull();
            assertThat(exchange.header("x-request-id")).isEqualTo("7");
            assertThat(exchange.declaredLength()).isEqualTo(-1);
        }
    }

    private interface Failing {
        void send(Socket socket) throws IOException;
    }

    private void fails(Failing answer, ErrorKind kind, String message) throws Exception {
        ScriptedServer.Script script = (socket, number) -> {
            answer.send(socket);
            return false;
        };
        try (ScriptedServer server = ScriptedServer.open(script);
                Exchange exchange = transport.send(server.pool(transport), ScriptedServer.call(), new Cancellation())) {
            assertThat(exchange.status()).as("the status is known all the same").isEqualTo(200);
            byte[] part = new byte[1000];
            assertThatThrownBy(() -> {
                        int count = 0;
                        while (count >= 0) {
                            count = exchange.read(part, 0, part.length);
                        }
                    })
                    .isInstanceOfSatisfying(
                            GatewayException.class,
                            e -> assertThat(e.error().kind()).isEqualTo(kind))
                    .hasMessageContaining(message);
        }
    }

    @Test
    void unknownCoding_isTheProvidersFault() throws Exception {
        fails(
                socket -> ScriptedServer.send(socket, head("rot13", "Content-Length: 3") + "abc"),
                ErrorKind.UPSTREAM_MALFORMED,
                "'rot13'");
    }

    @Test
    void bodyWhoseFramingEndsBeforeItsCoding_isCut() throws Exception {
        byte[] encoded = Encoded.whole("gzip", BODY);
        int length = encoded.length - 9;
        fails(
                socket -> ScriptedServer.send(
                        socket,
                        head("gzip", "Content-Length: " + length)
                                + latin(encoded).substring(0, length)),
                ErrorKind.UPSTREAM_RESET,
                "too early");
    }

    @Test
    void connectionThatEndsInsideTheBody_isCut() throws Exception {
        byte[] encoded = Encoded.whole("zstd", BODY);
        fails(
                socket -> ScriptedServer.send(
                        socket,
                        head("zstd", "Content-Length: " + encoded.length)
                                + latin(encoded).substring(0, 10)),
                ErrorKind.UPSTREAM_RESET,
                "inside the body");
    }
}
