package io.llmgateway.it.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llmgateway.it.chaos.Reading.Answer;
import io.llmgateway.testing.SseEvents;
import java.util.List;

/** Whether an answer is one that its client may get. Stateless. */
final class Checking {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Checking() {}

    /** How an answer ended, for the figures. */
    enum End {
        SERVED,
        CUT,
        STREAM_ERROR,
        REFUSED
    }

    /** Checks the answer to a request. */
    static End check(Asking asking, Answer answer) {
        if (answer.status() != 200) {
            Violation.unless(
                    !answer.body().contains("breaks the rules of HTTP"), "a good request is not understood: " + answer);
            error(asking.anthropic(), answer);
            return End.REFUSED;
        }
        if (asking.counting()) {
            count(asking, answer);
            return End.SERVED;
        }
        Violation.unless(
                answer.stream() == asking.stream(),
                "asked for a stream: " + asking.stream() + ", got " + answer.headers() + Texts.clip(answer.body()));
        return answer.stream() ? stream(asking, answer) : whole(asking, answer);
    }

    private static JsonNode parse(String json) {
        try {
            JsonNode node = JSON.readTree(json);
            Violation.unless(node != null && node.isObject(), "not an object: " + Texts.clip(json));
            return node;
        } catch (JsonProcessingException e) {
            throw new Violation("not JSON: " + Texts.clip(json));
        }
    }

    /** An error of the gateway's in the protocol's shape. */
    static void error(boolean anthropic, Answer answer) {
        Violation.unless(answer.status() >= 400, "a status that no client expects: " + answer.status());
        Violation.unless(answer.complete(), "a cut error: " + answer);
        Violation.unless(!answer.stream(), "an error as a stream: " + Texts.clip(answer.body()));
        JsonNode body = parse(answer.body());
        JsonNode error = body.path("error");
        Violation.unless(
                error.path("message").isTextual() && error.path("type").isTextual(),
                "not an error of the protocol: " + Texts.clip(answer.body()));
        Violation.unless(
                !anthropic || "error".equals(body.path("type").asText()),
                "not an error of Anthropic's: " + Texts.clip(answer.body()));
        Violation.unless(!answer.body().contains(Texts.FOREIGN), "foreign bytes: " + Texts.clip(answer.body()));
    }

    private static void count(Asking asking, Answer answer) {
        Violation.unless(answer.complete(), "a cut count");
        JsonNode tokens = parse(answer.body()).path("input_tokens");
        Violation.unless(tokens.isIntegralNumber(), "not a count: " + Texts.clip(answer.body()));
        boolean own = tokens.asLong() == Texts.COUNT_BASE + asking.number();
        Violation.unless(
                own || answer.headers().containsKey("x-gateway-estimated"),
                "the count of another request: " + tokens + " for " + asking.number());
    }

    private static End whole(Asking asking, Answer answer) {
        if (!answer.complete()) {
            return End.CUT;
        }
        JsonNode body = parse(answer.body());
        String text = asking.anthropic()
                ? body.path("content").path(0).path("text").asText()
                : body.path("choices").path(0).path("message").path("content").asText();
        fault(Texts.fault(text, asking.number(), true), answer);
        return End.SERVED;
    }

    private static void fault(String fault, Answer answer) {
        Violation.unless(
                fault.isEmpty(),
                fault + "; complete: " + answer.complete() + ", by "
                        + answer.headers().get("x-gateway-instance") + ": " + Texts.clip(answer.body()));
    }

    private static End stream(Asking asking, Answer answer) {
        String body = answer.body();
        boolean ended = body.replace("\r\n", "\n").endsWith("\n\n");
        Violation.unless(
                ended || !answer.complete() || body.isEmpty(),
                "a stream that ends inside an event: " + Texts.clip(body));
        int last = Math.max(body.lastIndexOf("\n\n"), body.lastIndexOf("\r\n\r\n"));
        List<SseEvents.Event> events = SseEvents.parse(last < 0 ? "" : body.substring(0, last));
        StringBuilder text = new StringBuilder();
        boolean failed = false;
        boolean done = false;
        for (SseEvents.Event event : events) {
            if ("[DONE]".equals(event.data())) {
                // behind an error it only ends the stream
                done = !failed;
                continue;
            }
            Violation.unless(!failed, "something after an error: " + Texts.clip(body));
            if (event.data().equals(Wire.BROKEN)) {
                // relayed as it came
                continue;
            }
            JsonNode data = parse(event.data());
            failed = data.has("error") || "error".equals(data.path("type").asText());
            done |= "message_stop".equals(data.path("type").asText());
            text.append(
                    data.path("choices").path(0).path("delta").path("content").asText(""));
            text.append(data.path("delta").path("text").asText(""));
        }
        if (!body.contains(Wire.BROKEN)) {
            fault(Texts.fault(text.toString(), asking.number(), done && !failed), answer);
        }
        Violation.unless(!(failed && done), "an error and an end: " + Texts.clip(body));
        Violation.unless(
                failed || done || !answer.complete(), "a stream that ends without an end: " + Texts.clip(body));
        if (done && answer.complete() && !body.contains(Wire.BROKEN)) {
            invariants(asking, body);
        }
        return failed ? End.STREAM_ERROR : done ? End.SERVED : End.CUT;
    }

    private static void invariants(Asking asking, String body) {
        try {
            Wire.check(asking.anthropic(), body, asking.usage());
        } catch (AssertionError e) {
            throw new Violation(Texts.clip(String.valueOf(e.getMessage())));
        }
    }
}
