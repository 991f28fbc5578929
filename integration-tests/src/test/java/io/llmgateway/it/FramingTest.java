package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.RawClient.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What bytes on a connection may do: the requests the provider sees are those that were authenticated, and after a
 * framing error or an early answer the connection is really closed.
 */
class FramingTest {
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final String SMUGGLED = "POST /v1/chat/completions HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer "
            + RunningGateway.KEY + "\r\nContent-Type: application/json\r\nContent-Length: 69\r\n\r\n"
            + "{\"model\":\"gpt-smuggled\",\"messages\":[{\"role\":\"user\",\"content\":\"x!\"}]}";

    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        gateway = RunningGateway.start("server: {port: 0, max-body: 64KiB, max-headers: 40, body-timeout: 1s}");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void forget() {
        gateway.simulator().clear();
    }

    private static String head(String path, String key, String more) {
        return "POST " + path + " HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + key
                + "\r\nContent-Type: application/json\r\n" + more + "\r\n";
    }

    static Stream<Arguments> earlyAnswers() {
        String good = RunningGateway.KEY;
        return Stream.of("Content-Length: " + SMUGGLED.length() + "\r\n", "Transfer-Encoding: chunked\r\n")
                .flatMap(framing -> Stream.of("", "Expect: 100-continue\r\n", "Expect: y 100-continue\r\n")
                        .flatMap(expect -> Stream.of(
                                Arguments.of(401, head("/v1/chat/completions", "wrong", framing + expect)),
                                Arguments.of(404, head("/v1/nothing", good, framing + expect)),
                                Arguments.of(
                                        405,
                                        head("/v1/chat/completions", good, framing + expect)
                                                .replace("POST ", "PUT ")),
                                Arguments.of(
                                        415,
                                        head("/v1/chat/completions", good, framing + expect)
                                                .replace("application/json", "text/plain")))));
    }

    @ParameterizedTest
    @MethodSource("earlyAnswers")
    void earlyAnswer_withTheBodyStillComing_closesAndRunsNothing(int status, String head) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head);
            String body = head.contains("chunked")
                    ? Integer.toHexString(SMUGGLED.length()) + "\r\n" + SMUGGLED + "\r\n0\r\n\r\n"
                    : SMUGGLED;
            client.send(body + SMUGGLED);

            Response response = client.read();

            assertThat(response.status()).isIn(status, 417, 400);
            assertThat(client.closedByPeer(SOON)).isTrue();
        }
        assertThat(gateway.simulator().requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "INVALID!!!", "0x1", "1_0", " 1", "", "ffffffffffffffff", "Z"})
    void chunkSize_malformed_isRefusedAndClosed(String size) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("/v1/chat/completions", RunningGateway.KEY, "Transfer-Encoding: chunked\r\n"));
            client.send(size + "\r\n" + SMUGGLED);

            assertThat(client.read().status()).isIn(400, 413);
            assertThat(client.closedByPeer(SOON)).isTrue();
        }
        assertThat(gateway.simulator().requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "\r\n\r\n", "\n", "\r\n\r\n\r\n\r\n"})
    void blankLinesBetweenRequests_meanNothing(String blank) throws IOException {
        String body = "{\"model\":\"gpt-5-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
        String plain =
                head("/v1/chat/completions", RunningGateway.KEY, "Content-Length: " + body.length() + "\r\n") + body;
        String chunked = head("/v1/chat/completions", RunningGateway.KEY, "Transfer-Encoding: chunked\r\n")
                + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
        for (String request : List.of(plain, chunked)) {
            try (RawClient client = RawClient.connect(gateway.port())) {
                client.send(request + blank + request);
                assertThat(client.read().status()).isEqualTo(200);
                assertThat(client.read().status()).isEqualTo(200);
                client.send(blank);
                client.send(blank + request);
                assertThat(client.read().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void blankLinesWithoutEnd_areRefused() throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("GET /health HTTP/1.1\r\nHost: t\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
            client.send("\r\n".repeat(2_000));
            assertThat(client.closedByPeer(SOON)).isTrue();
        }
    }

    @Test
    void chunkedBody_overTheLimit_isRefusedAndClosed() throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("/v1/chat/completions", RunningGateway.KEY, "Transfer-Encoding: chunked\r\n"));
            client.send("10000\r\n" + " ".repeat(65_536) + "\r\n10\r\n" + " ".repeat(16) + "\r\n0\r\n\r\n" + SMUGGLED);

            assertThat(client.read().status()).isEqualTo(413);
            assertThat(client.closedByPeer(SOON)).isTrue();
        }
        assertThat(gateway.simulator().requests()).isEmpty();
    }

    @Test
    void declaredBody_overTheLimit_isRefusedInShapeAndClosed() throws IOException {
        for (String path : List.of("/v1/chat/completions", "/v1/messages")) {
            try (RawClient client = RawClient.connect(gateway.port())) {
                client.send(head(path, RunningGateway.KEY, "Content-Length: 70000\r\n"));

                Response response = client.read();

                assertThat(response.status()).isEqualTo(413);
                assertThat(response.body()).contains(path.contains("chat") ? "{\"error\"" : "\"request_too_large\"");
                assertThat(client.closedByPeer(SOON)).isTrue();
            }
        }
    }

    @Test
    void endlessChunkSizeLine_endsAtTheRawLimit() throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("/v1/chat/completions", RunningGateway.KEY, "Transfer-Encoding: chunked\r\n"));
            byte[] zeros = "0".repeat(64 * 1024).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            boolean closed = false;
            for (int i = 0; i < 1_000 && !closed; i++) {
                try {
                    client.send(zeros);
                } catch (IOException e) {
                    closed = true;
                }
            }
            assertThat(closed).as("64 MB of zeros were taken").isTrue();
        }
    }

    @Test
    void body_thatStalls_isEndedByItsTimeout() throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("/v1/chat/completions", RunningGateway.KEY, "Content-Length: 100\r\n"))
                    .send("{");

            assertThat(client.closedByPeer(Duration.ofSeconds(3))).isTrue();
        }
    }

    @Test
    void headers_tooMany_areRefused() throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            StringBuilder many = new StringBuilder("Content-Length: 2\r\n");
            for (int i = 0; i < 50; i++) {
                many.append("x-").append(i).append(": y\r\n");
            }
            client.send(head("/v1/chat/completions", RunningGateway.KEY, many.toString()))
                    .send("{}");

            assertThat(client.read().status()).isEqualTo(431);
            assertThat(client.closedByPeer(SOON)).isTrue();
        }
    }

    @Test
    void connectionClose_isKept() throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("GET /health HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");

            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.closedByPeer(SOON)).isTrue();
        }
    }

    @Test
    void expectContinue_isMetAndTheConnectionLivesOn() throws IOException {
        String body = SMUGGLED.substring(SMUGGLED.indexOf("{"));
        try (RawClient client = RawClient.connect(gateway.port())) {
            for (int i = 0; i < 2; i++) {
                client.send(head(
                        "/v1/chat/completions",
                        RunningGateway.KEY,
                        "Expect: 100-continue\r\nContent-Length: " + body.length() + "\r\n"));
                assertThat(client.readHead()).startsWith("HTTP/1.1 100");
                client.send(body);
                assertThat(client.read().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void chunkedBody_well_isAcceptedAndTheConnectionLivesOn() throws IOException {
        String body = SMUGGLED.substring(SMUGGLED.indexOf("{"));
        try (RawClient client = RawClient.connect(gateway.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(head("/v1/chat/completions", RunningGateway.KEY, "Transfer-Encoding: chunked\r\n"));
                client.send("5\r\n" + body.substring(0, 5) + "\r\n" + Integer.toHexString(body.length() - 5) + "\r\n"
                        + body.substring(5) + "\r\n0\r\n\r\n");
                assertThat(client.read().status()).isEqualTo(200);
            }
        }
        assertThat(gateway.simulator().requests())
                .hasSize(3)
                .allSatisfy(request -> assertThat(request.bodyText()).isEqualTo(body));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: +5\r\n",
                "Content-Length: 0x5\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
                "Content-Length : 5\r\n",
                "x: a\u0000b\r\nContent-Length: 5\r\n"
            })
    void framing_ambiguous_isRefusedAndClosed(String framing) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("/v1/chat/completions", RunningGateway.KEY, framing))
                    .send("0\r\n\r\n" + SMUGGLED);

            assertThat(client.read().status()).isIn(400, 501);
            assertThat(client.closedByPeer(SOON)).isTrue();
        }
        assertThat(gateway.simulator().requests()).isEmpty();
    }
}
