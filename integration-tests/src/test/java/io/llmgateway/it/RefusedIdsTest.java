package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is refused, the id that the client is told is that of the log line, also where no request came in whole. */
class RefusedIdsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ID = Pattern.compile("(?im)^(?:x-)?request-id: (\\S+)$");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            408 | POST /v1/chat/completions HTTP/1.1~Host: t~AUTH~Content-Type: application/json~Content-Length: 50~~{
            408 | POST /v1/messages HTTP/1.1~Host: t~AUTH~Content-Type: application/json~Content-Length: 50~~{"model"
            408 | POST /v1/messages/count_tokens HTTP/1.1~Host:t~AUTH~Content-Type: application/json~Content-Length: 9~~
            408 | POST /v1/messages HTTP/1.1~Host: t~AUTH~Content-Type: application/json~Transfer-Encoding: chunked~~
            408 | POST /v1/chat/completions HTTP/1.1~Host: t~AUTH
            408 | POST /v1/messages HTTP/1.1~Host
            408 | GET /v1/mod
            413 | POST /v1/chat/completions HTTP/1.1~Host: t~AUTH~Content-Type: application/json~Content-Length: 2000~~
            413 | POST /v1/messages HTTP/1.1~Host: t~AUTH~Content-Type: application/json~Content-Length: 3000~~{}
            415 | POST /v1/messages HTTP/1.1~Host: t~AUTH~Content-Type: text/plain~Content-Length: 2~~{}
            401 | POST /v1/messages HTTP/1.1~Host: t~Content-Type: application/json~Content-Length: 2~~{}
            404 | GET /v1/nothing HTTP/1.1~Host: t~AUTH~~
            405 | GET /v1/messages HTTP/1.1~Host: t~AUTH~~
            417 | POST /v1/messages HTTP/1.1~Host: t~AUTH~Expect: wonders~Content-Length: 2~~{}
            400 | GET /v1/models HTTP/1.1~Host: t~AUTH~X-Bad : 1~~
            400 | GET /v1/models HTTP/1.1~Host: t~AUTH~Authorization: Bearer other~~
            400 | POST /v1/chat/completions HTTP/1.1~Host: t~AUTH~Content-Type: application/json~Content-Length: 2~~{]
            """)
    void idThatIsTold_isThatOfTheLog(int status, String text) throws Exception {
        String request = text.replace("AUTH", "Authorization: Bearer " + RunningGateway.KEY)
                .replace("~", "\r\n");
        String answer;
        try (ScriptedGateway gateway =
                ScriptedGateway.start("""
                        server: {port: 0, max-body: 1KiB, body-timeout: 400ms, header-timeout: 400ms}
                        logging: {file: "%s"}
                        providers:
                          p: {type: openai, instances: [{name: one, base-url: "%%1$s"}]}
                        routing: {default-provider: p}
                        """.formatted(folder.resolve("gateway.log")), ProviderAnswers::serve)) {
            try (RawClient client = gateway.connect()) {
                client.send(request);
                answer = client.readHead();
            }
        }
        assertThat(answer).startsWith("HTTP/1.1 " + status);
        Matcher told = ID.matcher(answer);
        assertThat(told.find()).as(answer).isTrue();
        List<String> lines = Files.readAllLines(folder.resolve("gateway.log"));
        assertThat(lines).hasSize(1);
        JsonNode line = JSON.readTree(lines.getFirst());
        assertThat(line.path("request_id").asText()).isEqualTo(told.group(1));
        assertThat(line.path("status").asInt()).isEqualTo(status);
    }
}
