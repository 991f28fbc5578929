package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.RawClient.Response;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a wrong request gets: the right status, the client's protocol shape, and no harm to anybody else. */
class BadInputTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String MESSAGES = "/v1/messages";
    private static final String GOOD =
            "{\"model\":\"gpt-5-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";

    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        gateway = RunningGateway.start("server: {port: 0, max-body: 64KiB}");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    /** Whatever a test did, the next request on a fresh connection works. */
    @AfterEach
    void nextRequestWorks() throws IOException {
        assertThat(post(CHAT, RunningGateway.KEY, GOOD).status()).isEqualTo(200);
    }

    private static Response post(String path, String key, String body) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.post(path, key, body).read();
        }
    }

    private static Response raw(String head, String body) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.send(head + "\r\n" + body).read();
        }
    }

    private static void assertShape(String path, Response response) {
        assertThat(response.headers()).containsEntry("content-type", "application/json");
        if (path.equals(MESSAGES)) {
            assertThat(response.body())
                    .startsWith("{\"type\":\"error\",\"error\":{\"type\":")
                    .contains("request_id");
            assertThat(response.headers()).containsKey("request-id");
        } else {
            assertThat(response.body()).startsWith("{\"error\":{\"message\":");
            assertThat(response.headers()).containsKey("x-request-id");
        }
    }

    static Stream<Arguments> bodies() {
        List<Arguments> cases = List.of(
                Arguments.of("", 400, "empty"),
                Arguments.of("{", 400, "not valid JSON"),
                Arguments.of("[]", 400, "must be a JSON object"),
                Arguments.of("{}", 400, "'model' is missing"),
                Arguments.of("{\"model\":7}", 400, "must be a text"),
                Arguments.of("{\"model\":\"a\\tb\"}", 400, "not allowed at position 2"),
                Arguments.of("{\"model\":\"" + "x".repeat(300) + "\"}", 400, "at most 256"),
                Arguments.of("{\"model\":\"a\\r\\nx: y\"}", 400, "not allowed"),
                Arguments.of("{\"model\":\"gpt-1\",\"model\":\"gpt-2\"}", 400, "given twice"),
                Arguments.of("{\"model\":\"gpt-1\",\"Model\":\"gpt-2\"}", 400, "lower case"),
                Arguments.of("{\"model\":\"nobody-serves-this\"}", 404, "no route"),
                Arguments.of("{\"model\":\"gpt-1\"}" + " ".repeat(70_000), 413, "larger than the limit"));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void body_wrong_isRefusedInBothShapes(String body, int status, String reason) throws IOException {
        for (String path : List.of(CHAT, MESSAGES)) {
            Response response = post(path, RunningGateway.KEY, body);

            assertThat(response.status()).as(response.body()).isEqualTo(status);
            assertShape(path, response);
            assertThat(response.body()).contains(reason);
        }
    }

    static Stream<Arguments> keys() {
        return Stream.of(
                Arguments.of("wrong-key-0123456789abcdef", "not valid"),
                Arguments.of("disabled-key-0123456789", "not valid"),
                Arguments.of("expired-key-01234567890", "expired"),
                Arguments.of(RunningGateway.KEY + "x", "not valid"),
                Arguments.of(RunningGateway.KEY.substring(1), "not valid"),
                Arguments.of("' OR 1=1--", "not valid"),
                Arguments.of("x".repeat(8_000), "not valid"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void key_wrong_isRefused(String key, String reason) throws IOException {
        for (String path : List.of(CHAT, MESSAGES)) {
            Response response = post(path, key, GOOD);

            assertThat(response.status()).isEqualTo(401);
            assertShape(path, response);
            assertThat(response.body()).contains(reason).doesNotContain(key.substring(0, 8));
        }
    }

    @Test
    void key_missing_isRefused() throws IOException {
        Response response = raw(
                "POST " + CHAT + " HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: 2\r\n",
                "{}");

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.body()).contains("no API key");
    }

    @Test
    void key_inEitherHeader_isAccepted() throws IOException {
        String head = "POST " + CHAT + " HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: "
                + GOOD.length() + "\r\n";

        assertThat(raw(head + "x-api-key: " + RunningGateway.KEY + "\r\n", GOOD).status())
                .isEqualTo(200);
        assertThat(raw(head + "Authorization: bearer " + RunningGateway.KEY + "\r\n", GOOD)
                        .status())
                .isEqualTo(200);
        assertThat(raw(head + "x-api-key: wrong\r\nAuthorization: Bearer " + RunningGateway.KEY + "\r\n", GOOD)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void model_notAllowedForTheKey_isRefused() throws IOException {
        Response response = post(CHAT, RunningGateway.OTHER_KEY, "{\"model\":\"smart\"}");

        assertThat(response.status()).isEqualTo(403);
        assertThat(response.body()).contains("permission_error");
    }

    @Test
    void method_wrong_isRefused() throws IOException {
        for (String method : List.of("GET", "PUT", "DELETE", "PATCH", "TRACE", "get")) {
            assertThat(raw(method + " " + CHAT + " HTTP/1.1\r\nHost: t\r\n", "").status())
                    .as(method)
                    .isEqualTo(405);
        }
    }

    @Test
    void contentType_wrong_isRefused() throws IOException {
        String auth = "Authorization: Bearer " + RunningGateway.KEY + "\r\nContent-Length: 2\r\n";
        for (String type :
                List.of("", "Content-Type: text/plain\r\n", "Content-Type: multipart/form-data; boundary=x\r\n")) {
            Response response = raw("POST " + CHAT + " HTTP/1.1\r\nHost: t\r\n" + type + auth, "{}");
            assertThat(response.status()).as(type).isEqualTo(415);
        }
    }

    @Test
    void path_anySpellingOfAnother_isDenied() throws IOException {
        for (String path : List.of(
                "/",
                "/v1",
                "//v1/models",
                "/v1/chat/completions//",
                "/v1/v1/v1/models",
                "/V1/models",
                "/v1/%6dodels",
                "/metrics",
                "/v1/models;x=1",
                "/admin",
                "/v1/chat/../models",
                "/sim/requests")) {
            Response response = raw("GET " + path + " HTTP/1.1\r\nHost: t\r\n", "");
            assertThat(response.status()).as(path).isIn(400, 401, 404);
        }
    }

    @Test
    void upstream_refusingTheConnection_isABadGateway() throws IOException {
        Response response = post(CHAT, RunningGateway.KEY, "{\"model\":\"dead-model\"}");

        assertThat(response.status()).isEqualTo(502);
        assertThat(response.body()).contains("upstream_connect").doesNotContain("127.0.0.1");
    }

    @Test
    void upstream_deadInstance_isReplacedByTheNext() throws IOException {
        Response response = post(CHAT, RunningGateway.KEY, GOOD.replace("gpt-5-mini", "half-model"));

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.headers()).containsEntry("x-gateway-instance", "half-good");
        assertThat(response.headers()).containsEntry("x-gateway-attempts", "2");
    }
}
