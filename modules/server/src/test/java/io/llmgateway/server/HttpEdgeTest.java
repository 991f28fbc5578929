package io.llmgateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.GatewayException;
import io.llmgateway.pipeline.ClientAnswer;
import io.llmgateway.pipeline.InboundRequest;
import io.llmgateway.pipeline.MemoryBudget;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client reads that sends bytes of its own making, over real sockets. */
class HttpEdgeTest {
    private static final Duration LONG = TestListener.LONG;
    private static final Duration SHORT = Duration.ofMillis(400);
    private static final Edge PROXIED = new Edge(0, List.of(), InetAddress::isLoopbackAddress, true);
    private static final Edge TRUSTING = new Edge(0, List.of(), InetAddress::isLoopbackAddress, false);
    private static final String JSON = "Content-Type: application/json\r\n";

    @TempDir
    Path folder;

    private final MemoryBudget memory = new MemoryBudget(Long.MAX_VALUE, LONG, System::nanoTime);
    private final List<TestListener> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(TestListener::close);
    }

    private TestListener open(ListenerLimits limits, Edge edge) throws Exception {
        TestListener listener = TestListener.open(null, limits, edge, this::answer);
        opened.add(listener);
        return listener;
    }

    @Test
    void refusalOfAHead_hasWhatPagesLookFor() throws Exception {
        Edge pages = new Edge(0, List.of("https://app.example"), _ -> false, false);
        TestListener listener = open(limits(100, LONG, LONG), pages);
        for (String broken :
                List.of("Content-Length: 1\r\nContent-Length: 2\r\n", "Transfer-Encoding: x\r\n", "a b: c\r\n")) {
            assertThat(talk(
                            listener,
                            "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\n" + broken
                                    + "\r\n",
                            false))
                    .contains("access-control-allow-origin: https://app.example\r\n");
        }
    }

    @Test
    void wrongKey_saysHowToAuthenticate() throws Exception {
        assertThat(talk(
                        open(),
                        "POST /v1/messages HTTP/1.1\r\nHost: x\r\nAuthorization: no\r\nConnection: close\r\n\r\n",
                        false))
                .startsWith("HTTP/1.1 401 ")
                .contains("\r\nWWW-Authenticate: Bearer\r\n");
    }

    @Test
    void hugeChunk_isRefused_asSoonAsItIsAnnounced() throws Exception {
        for (String size : List.of("100001", "7fffffff", "fffffffffffffff")) {
            String answer = talk(
                    open(),
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n" + JSON + "Transfer-Encoding: chunked\r\n\r\n"
                            + size + "\r\n{\"a\"",
                    false);
            assertThat(answer).as(size).startsWith("HTTP/1.1 400 ").contains("too_large");
        }
    }

    private TestListener open() throws Exception {
        return open(limits(100, LONG, LONG), Edge.NONE);
    }

    private static ListenerLimits limits(int connections, Duration header, Duration body) {
        return new ListenerLimits(1 << 20, 20, connections, header, body, LONG, LONG, Duration.ZERO);
    }

    /** Says what came; streams when the path says so; refuses before the body when the key is wrong. */
    private void answer(InboundRequest request, ClientAnswer answer) {
        try {
            if ("no".equals(request.header("authorization"))) {
                text(answer, 401, "who are you");
                return;
            }
            InboundRequest.Body body = request.readBody(memory.share("k"));
            String said = request.address().getHostAddress() + " "
                    + new String(body.bytes(), 0, body.length(), StandardCharsets.ISO_8859_1);
            if (request.header("x-stream") == null) {
                text(answer, 200, said);
                return;
            }
            byte[] bytes = said.getBytes(StandardCharsets.ISO_8859_1);
            answer.begin(200, "text/event-stream");
            answer.write(bytes, bytes.length);
            answer.write(bytes, bytes.length);
            answer.end();
        } catch (GatewayException e) {
            text(
                    answer,
                    e.error().kind().wire().equals("request_timeout") ? 408 : 400,
                    e.error().kind().wire());
        }
    }

    private static void text(ClientAnswer answer, int status, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        answer.whole(status, bytes, bytes.length);
    }

    /** Everything the listener says to these bytes until it closes; the client ends its side when told to. */
    private static String talk(TestListener listener, String bytes, boolean end) throws IOException {
        try (Socket socket = listener.connect()) {
            TestListener.send(socket, bytes);
            if (end) {
                socket.shutdownOutput();
            }
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String post(String fields, String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n" + JSON + fields + "\r\n" + body;
    }

    private static String last(String body) {
        return post("Connection: close\r\nContent-Length: " + body.length() + "\r\n", body);
    }

    @Test
    void requests_inOnePacket_areAnsweredInTheirOrder() throws Exception {
        String said = talk(
                open(),
                post("Content-Length: 1\r\n", "a") + post("Transfer-Encoding: chunked\r\n", "1\r\nb\r\n0\r\n\r\n")
                        + "\r\n\r\n" + last("c"),
                false);

        assertThat(said.split("HTTP/1.1 200 OK\r\n", -1)).hasSize(4);
        assertThat(said).containsSubsequence("127.0.0.1 a", "127.0.0.1 b", "Connection: close", "127.0.0.1 c");
    }

    @Test
    void bytesBehindALastAnswer_doNotTakeItAway() throws Exception {
        String said = talk(open(), last("a") + "x".repeat(100_000), false);

        assertThat(said).startsWith("HTTP/1.1 200 OK").endsWith("127.0.0.1 a");
    }

    @Test
    void earlyAnswer_toABodyThatIsThere_keepsTheConnection() throws Exception {
        String said = talk(open(), post("Authorization: no\r\nContent-Length: 5\r\n", "abcde") + last("next"), false);

        assertThat(said).startsWith("HTTP/1.1 401 ").contains("127.0.0.1 next");
        assertThat(said.substring(0, said.indexOf("who"))).doesNotContain("Connection: close");
    }

    @Test
    void earlyAnswer_toABodyThatIsNotThere_endsTheConnectionAfterItWasRead() throws Exception {
        String said = talk(open(), post("Authorization: no\r\nContent-Length: 500000\r\n", "abcde"), false);

        assertThat(said)
                .startsWith("HTTP/1.1 401 ")
                .contains("Connection: close")
                .endsWith("who are you");
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.0, '', Connection: close, '127.0.0.1 a127.0.0.1 a'",
        "HTTP/1.1, 'Connection: close\r\n', Transfer-Encoding: chunked, '127.0.0.1 a\r\n0\r\n\r\n'"
    })
    void stream_endsAsTheVersionOfTheClientHasIt(String version, String field, String framing, String end)
            throws Exception {
        String request = "POST /v1/chat/completions " + version + "\r\nHost: x\r\nX-Stream: 1\r\n" + JSON + field
                + "Content-Length: 1\r\n\r\na";

        assertThat(talk(open(), request, false)).contains(framing).endsWith(end);
    }

    @Test
    void http10_withKeepAlive_goesOn() throws Exception {
        String one =
                "POST /v1/chat/completions HTTP/1.0\r\nConnection: keep-alive\r\n" + JSON + "Content-Length: 1\r\n\r\n";

        String said = talk(open(), one + "a" + one + "b" + one.replace("keep-alive", "close") + "c", false);

        assertThat(said.split("Connection: keep-alive", -1)).hasSize(3);
        assertThat(said).endsWith("127.0.0.1 c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/ready", "/v1/models", "/v1/models/a", "/nowhere", "/"})
    void head_isGetWithoutABody(String path) throws Exception {
        TestListener listener = open();
        String rest = " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

        String get = talk(listener, "GET" + rest, false);
        String head = talk(listener, "HEAD" + rest, false);

        assertThat(head)
                .isEqualTo(get.substring(0, get.indexOf("\r\n\r\n") + 4))
                .contains("Content-Length: ");
    }

    @Test
    void expectation_isMetOnceTheBodyIsWanted_orRefusedWithoutIt() throws Exception {
        TestListener listener = open();
        try (Socket socket = listener.connect()) {
            InputStream in = socket.getInputStream();
            TestListener.send(socket, post("Expect: 100-continue\r\nConnection: close\r\nContent-Length: 1\r\n", ""));
            assertThat(new String(in.readNBytes(25), StandardCharsets.ISO_8859_1))
                    .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            TestListener.send(socket, "a");
            assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains("127.0.0.1 a");
        }
        String early = post("Expect: 100-continue\r\nAuthorization: no\r\nContent-Length: 9\r\n", "");
        assertThat(talk(listener, early, false)).startsWith("HTTP/1.1 401 ").contains("Connection: close");
        String magic = post("Expect: magic\r\nContent-Length: 1\r\n", "a");
        assertThat(talk(listener, magic, true)).startsWith("HTTP/1.1 417 ");
        // a client of HTTP/1.0 expects nothing, whatever it says
        assertThat(talk(listener, magic.replace("HTTP/1.1", "HTTP/1.0"), true)).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @CsvSource({
        "'GET /v1/models HTTP/2.0\r\n\r\n', 505",
        "'GET /v1/models HTTP/1.1\r\n\r\n', 400",
        "'POST /v1/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', 501",
        "'\u0016\u0003\u0001\u0002', 400",
        "'DELETE /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 405",
        "'GET /v1/%6dodels HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 404",
        "'GET //v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 404",
        "'GET /v1/chat/completions// HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 404"
    })
    void whatBreaksARule_isToldAndEndsTheConnection(String bytes, String status) throws Exception {
        String said = talk(open(), bytes, true);

        assertThat(said).startsWith("HTTP/1.1 " + status + " ").contains("Connection: close", "Date: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n", "X-Api-Key: a\r\nX-API-KEY: b\r\n"})
    void fieldsThatDecide_comeOnce(String twice) throws Exception {
        assertThat(talk(open(), last("a").replace("Host: x\r\n", "Host: x\r\n" + twice), false))
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void headsOverTheirBounds_areToldWithStatuses() throws Exception {
        TestListener listener = open();

        assertThat(talk(listener, "GET /" + "a".repeat(9_000) + " HTTP/1.1\r\n", false))
                .startsWith("HTTP/1.1 414 ");
        assertThat(talk(listener, post("X-A: " + "a".repeat(17_000) + "\r\n", ""), false))
                .startsWith("HTTP/1.1 431 ");
        assertThat(talk(listener, post("X-A: a\r\n".repeat(30), ""), false)).startsWith("HTTP/1.1 431 ");
    }

    @Test
    void options_andOtherMethods_sayWhatIsTaken() throws Exception {
        TestListener listener = open();
        String rest = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

        assertThat(talk(listener, "OPTIONS /v1/messages" + rest, false))
                .startsWith("HTTP/1.1 204 ")
                .contains("allow: POST, OPTIONS")
                .doesNotContain("Content-Length", "access-control");
        assertThat(talk(listener, "OPTIONS *" + rest, false)).startsWith("HTTP/1.1 204 ");
        assertThat(talk(listener, "PUT /v1/models" + rest, false))
                .startsWith("HTTP/1.1 405 ")
                .contains("allow: GET, HEAD, OPTIONS");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void requestThatStops_isTold408_headAndBody(boolean inBody) throws Exception {
        TestListener listener = open(limits(100, SHORT, SHORT), Edge.NONE);

        String said = talk(listener, inBody ? post("Content-Length: 10\r\n", "abc") : "POST /v1/mess", false);

        assertThat(said)
                .startsWith("HTTP/1.1 408 ")
                .contains("Connection: close")
                .endsWith("request_timeout");
    }

    @Test
    void silentConnections_makeRoomForRequests() throws Exception {
        TestListener listener = open(limits(40, LONG, LONG), Edge.NONE);
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                silent.add(listener.connect());
            }
            for (int i = 0; i < 20; i++) {
                assertThat(talk(listener, last("a"), false)).contains("127.0.0.1 a");
            }
        } finally {
            for (Socket each : silent) {
                each.close();
            }
        }
        assertThat(listener.listener().evicted()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"'PROXY TCP4 9.8.7.6 1.2.3.4 1 2\r\n', '9.8.7.6 a'", "'PROXY UNKNOWN\r\n', '127.0.0.1 a'", "'', ''"})
    void proxyProtocol_givesTheClient_andIsNeededFromAProxy(String header, String end) throws Exception {
        TestListener listener = open(limits(100, SHORT, LONG), PROXIED);

        String said = talk(listener, header + last("a"), false);

        assertThat(said).endsWith(end);
        assertThat(said.isEmpty()).isEqualTo(end.isEmpty());
        assertThat(listener.listener().unannounced()).isEqualTo(end.isEmpty() ? 1 : 0);
    }

    @Test
    void forwardedAddress_isBelievedOfTrustedProxiesOnly() throws Exception {
        String request = last("a").replace("Host: x", "Host: x\r\nX-Forwarded-For: 9.8.7.6");

        assertThat(talk(open(limits(100, LONG, LONG), TRUSTING), request, false))
                .endsWith("9.8.7.6 a");
        assertThat(talk(open(), request, false)).endsWith("127.0.0.1 a");
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example, https://app.example, true",
        "https://APP.example, https://APP.example, true",
        "https://evil.example, '', false",
        "null, '', false"
    })
    void cors_letsListedPagesIn(String origin, String admitted, boolean preflight) throws Exception {
        Edge edge = new Edge(0, List.of("https://app.example"), _ -> false, false);
        TestListener listener = open(limits(100, LONG, LONG), edge);
        String field = "Origin: " + origin + "\r\n";

        String said = talk(listener, last("a").replace("Host: x\r\n", "Host: x\r\n" + field), false);
        String asked = talk(
                listener,
                "OPTIONS /v1/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + field
                        + "Access-Control-Request-Method: POST\r\n"
                        + "Access-Control-Request-Headers: authorization,content-type\r\n\r\n",
                false);

        assertThat(said).contains("vary: Origin").endsWith("127.0.0.1 a");
        assertThat(said.contains("access-control-allow-origin: " + admitted)).isEqualTo(preflight);
        for (String readable : List.of(
                "x-should-retry", "retry-after", "x-gateway-estimated", "anthropic-ratelimit-output-tokens-reset")) {
            assertThat(said.contains(" " + readable)).as(readable).isEqualTo(preflight);
        }
        assertThat(asked.contains("access-control-allow-headers: authorization,content-type"))
                .isEqualTo(preflight);
        assertThat(asked.contains("access-control-allow-methods: POST, OPTIONS"))
                .isEqualTo(preflight);
    }

    @Test
    void connectionsOfOneAddress_areBounded_butNotThoseOfTrustedOnes() throws Exception {
        InetAddress one = InetAddress.ofLiteral("9.8.7.6");
        InetAddress proxy = InetAddress.ofLiteral("9.8.7.7");
        Edge edge = new Edge(2, List.of(), proxy::equals, false);
        try (Connections connections = new Connections(100, edge, System::nanoTime)) {
            List<ClientConnection> taken = new ArrayList<>();
            for (InetAddress address : List.of(one, one, one, proxy, proxy, proxy)) {
                ClientConnection connection = new ClientConnection(
                        new SocketBelow(new Socket()),
                        new Peer(address, null, proxy::equals),
                        connections,
                        new DataHandler(TestListener.handler(this::answer), edge),
                        limits(100, LONG, LONG));
                if (connections.add(connection)) {
                    taken.add(connection);
                }
            }
            assertThat(taken).hasSize(5);
            assertThat(connections.refused()).isEqualTo(1);
            connections.closing(taken.getFirst());
            assertThat(connections.open()).isEqualTo(4);
        }
    }
}
