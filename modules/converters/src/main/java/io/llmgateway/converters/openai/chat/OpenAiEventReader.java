package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.Stop;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.AnswerContext;
import io.llmgateway.converters.hub.EventReader;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads chat completions of OpenAI and of the many servers that speak its protocol more or less: chunks of a stream, or
 * a whole completion. Only the first choice counts, the clients of other protocols get one answer. Confined to one
 * answer.
 */
final class OpenAiEventReader implements EventReader {
    private final OpenAiCallTracker calls;
    private @Nullable Usage usage;
    private boolean begun;
    private boolean ended;
    private boolean refused;
    private boolean content;
    private @Nullable Stop stop;
    private @Nullable String detail;
    private byte[] errorBody = new byte[0];

    OpenAiEventReader(AnswerContext context) {
        this.calls = new OpenAiCallTracker(context);
    }

    @Override
    public Read read(JsonNode json, Consumer<StreamEvent> sink) {
        if (json.has("error") && !json.path("error").isNull()) {
            OutBuffer out = new OutBuffer(128);
            new JsonOut(out).tree(json);
            errorBody = out.toByteArray();
            return Read.ERROR;
        }
        usage(json.path("usage"));
        JsonNode choice = json.path("choices").path(0);
        if (choice.isMissingNode()) {
            return Read.PART;
        }
        if (!begun) {
            begun = true;
            sink.accept(new StreamEvent.Begin(json.path("id").textValue(), null));
        }
        if (choice.path("index").asInt() != 0) {
            return Read.PART;
        }
        usage(choice.path("usage"));
        boolean whole = choice.path("message").isObject();
        String problem = delta(whole ? choice.path("message") : choice.path("delta"), sink);
        if (problem != null) {
            errorBody = EventReader.error("server_error", problem);
            return Read.ERROR;
        }
        return reason(choice, whole, sink);
    }

    private void usage(JsonNode node) {
        if (node.isObject()) {
            Usage seen = OpenAiUsage.decode(node);
            usage = seen == null ? usage : seen;
        }
    }

    private Read reason(JsonNode choice, boolean whole, Consumer<StreamEvent> sink) {
        String reason = choice.path("finish_reason").asText("");
        if (!reason.isEmpty() && !"null".equals(reason)) {
            stop = stop(reason);
            detail = choice.path("stop_reason").textValue();
            if (stop == Stop.FAILED) {
                boolean resources = "insufficient_system_resource".equals(reason);
                errorBody = EventReader.error(
                        resources ? "overloaded_error" : "server_error", "the model gave up: " + reason);
                return Read.ERROR;
            }
        } else if (whole) {
            stop = Stop.UNKNOWN;
        }
        return whole && end(sink) ? Read.CLOSED : Read.PART;
    }

    private static Stop stop(String reason) {
        return switch (reason) {
            case "stop", "eos", "eos_token" -> Stop.DONE;
            case "length", "max_tokens", "model_length" -> Stop.LENGTH;
            case "tool_calls", "function_call" -> Stop.TOOL_USE;
            case "content_filter", "sensitive" -> Stop.REFUSED;
            case "error", "abort", "insufficient_system_resource" -> Stop.FAILED;
            default -> Stop.UNKNOWN;
        };
    }

    private @Nullable String delta(JsonNode delta, Consumer<StreamEvent> sink) {
        String reasoning = reasoning(delta);
        if (!reasoning.isEmpty()) {
            content = true;
            sink.accept(new StreamEvent.ReasoningDelta(0, reasoning));
        }
        JsonNode text = delta.path("content");
        if (text.isArray()) {
            text.forEach(part -> say(part.path("text").asText(""), sink));
        } else if (text.isTextual()) {
            say(text.textValue(), sink);
        }
        String refusal = delta.path("refusal").asText("");
        if (!refusal.isEmpty() && delta.path("refusal").isTextual()) {
            refused = true;
            content = true;
            sink.accept(new StreamEvent.RefusalDelta(0, refusal));
        }
        for (JsonNode call : delta.path("tool_calls")) {
            content = true;
            String problem = calls.take(call, sink);
            if (problem != null) {
                return problem;
            }
        }
        if (delta.path("function_call").isObject()) {
            content = true;
            return calls.takeFunction(delta.path("function_call"), sink);
        }
        return null;
    }

    private void say(String text, Consumer<StreamEvent> sink) {
        if (!text.isEmpty()) {
            content = true;
            sink.accept(new StreamEvent.TextDelta(0, text));
        }
    }

    private static String reasoning(JsonNode delta) {
        JsonNode common = delta.path("reasoning_content");
        JsonNode plain = delta.path("reasoning");
        if (common.isTextual()) {
            return common.textValue();
        }
        if (plain.isTextual()) {
            return plain.textValue();
        }
        StringBuilder all = new StringBuilder();
        for (JsonNode detail : delta.path("reasoning_details")) {
            all.append(detail.path("text").asText(""));
        }
        return all.toString();
    }

    @Override
    public Read done(Consumer<StreamEvent> sink) {
        if (stop == null && content) {
            stop = Stop.UNKNOWN;
        }
        if (end(sink)) {
            return Read.CLOSED;
        }
        errorBody = EventReader.error("server_error", "the stream is done without an answer");
        return Read.ERROR;
    }

    @Override
    public boolean end(Consumer<StreamEvent> sink) {
        if (stop == null) {
            return false;
        }
        if (!ended) {
            ended = true;
            calls.end(sink);
            if (usage != null) {
                sink.accept(new StreamEvent.Used(usage));
            }
            sink.accept(new StreamEvent.Ended(0, honest(stop), detail));
        }
        return true;
    }

    /** Many servers say {@code stop} with tool calls, or {@code tool_calls} without any. */
    private Stop honest(Stop said) {
        if (said == Stop.DONE && refused) {
            return Stop.REFUSED;
        }
        boolean done = said == Stop.DONE || said == Stop.UNKNOWN || said == Stop.TOOL_USE;
        if (done && calls.delivered() > 0) {
            return Stop.TOOL_USE;
        }
        if (said == Stop.DONE && detail != null) {
            return Stop.STOP_SEQUENCE;
        }
        return said == Stop.TOOL_USE ? Stop.DONE : said;
    }

    @Override
    public byte[] errorBody() {
        return errorBody;
    }
}
