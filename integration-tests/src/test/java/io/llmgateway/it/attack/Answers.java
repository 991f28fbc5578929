package io.llmgateway.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.SseEvents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a client may get, whatever was sent or answered: an answer or an error of its protocol. Stateless. */
final class Answers {
    /** Stands at the end of what was cut. */
    static final String CUT = "<cut>";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Answers() {}

    /** The body of an answer whose head was read; what is cut ends with {@link #CUT}. */
    static String rest(RawClient client, String head) throws IOException {
        String lower = head.toLowerCase(java.util.Locale.ROOT);
        if (!lower.contains("transfer-encoding: chunked")) {
            int at = lower.indexOf("content-length: ") + "content-length: ".length();
            int length = Integer.parseInt(head.substring(at, head.indexOf("\r\n", at)));
            byte[] body = client.read(length);
            return new String(body, StandardCharsets.UTF_8) + (body.length < length ? CUT : "");
        }
        StringBuilder body = new StringBuilder();
        try {
            byte[] chunk = client.readChunk();
            while (chunk.length > 0) {
                body.append(new String(chunk, StandardCharsets.UTF_8));
                chunk = client.readChunk();
            }
            return body.toString();
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException | NumberFormatException e) {
            return body + CUT;
        }
    }

    /** Fails unless this is an answer, or an error, of the protocol of the path. */
    static void check(String what, String path, boolean stream, String answer) throws IOException {
        int end = answer.indexOf("\r\n\r\n");
        String head = answer.substring(0, end);
        String body = answer.substring(end + 4);
        int status = Integer.parseInt(head.substring(9, 12));
        boolean anthropic = path.startsWith("/v1/messages");
        assertThat(head.lines().filter(line -> line.startsWith("HTTP/")).count())
                .as(what)
                .isEqualTo(1);
        if (status != 200) {
            assertThat(status).as(what + ": " + body).isBetween(400, 599);
            error(what, anthropic, JSON.readTree(body));
        } else if (head.contains("text/event-stream")) {
            assertThat(stream).as(what + ": a stream that was not asked for").isTrue();
            events(what, anthropic, body);
        } else {
            assertThat(stream)
                    .as(what + ": a whole answer instead of a stream: " + body)
                    .isFalse();
            if (!body.endsWith(CUT)) {
                JsonNode whole = JSON.readTree(body);
                boolean answered = path.endsWith("count_tokens")
                        ? whole.path("input_tokens").isIntegralNumber()
                        : whole.path(anthropic ? "content" : "choices").isArray();
                assertThat(answered).as(what + ": " + body).isTrue();
            }
        }
    }

    private static void error(String what, boolean anthropic, JsonNode body) {
        JsonNode error = body.path("error");
        assertThat(error.path("type").asText()).as(what + ": " + body).isNotEmpty();
        assertThat(error.path("message").asText()).as(what + ": " + body).isNotEmpty();
        assertThat(error.toString()).as(what).doesNotContain("Exception").doesNotContain("\tat ");
        if (anthropic) {
            assertThat(body.path("type").asText()).as(what).isEqualTo("error");
        }
    }

    private static void events(String what, boolean anthropic, String body) throws IOException {
        String whole = body.endsWith(CUT) ? body.substring(0, body.length() - CUT.length()) : body;
        List<SseEvents.Event> events = SseEvents.parse(whole);
        boolean complete = false;
        boolean failed = false;
        for (SseEvents.Event event : events) {
            assertThat(complete || (failed && !event.data().equals("[DONE]")))
                    .as(what + ": something comes after the end: " + body)
                    .isFalse();
            if (event.data().equals("[DONE]")) {
                complete = true;
                continue;
            }
            JsonNode data = JSON.readTree(event.data());
            if (data.has("error")) {
                error(what, anthropic, data);
                failed = true;
            }
            complete |= data.path("type").asText().equals("message_stop");
        }
        assertThat(complete || failed || body.endsWith(CUT))
                .as(what + ": no end and no error: " + body)
                .isTrue();
        assertThat(failed && body.endsWith(CUT))
                .as(what + ": breaks off behind an error: " + body)
                .isFalse();
    }
}
