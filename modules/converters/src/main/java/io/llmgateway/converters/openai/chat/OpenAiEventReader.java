package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.Unanswered;
import io.llmgateway.converters.UsageJson;
import io.llmgateway.converters.canonical.Stop;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.AnswerContext;
import io.llmgateway.converters.hub.EventReader;
import io.llmgateway.converters.hub.Losses;
import io.llmgateway.converters.hub.MalformedAnswerException;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads chat completions of OpenAI and of the many servers that speak its protocol more or less: chunks of a stream, or
 * a whole completion. Only the first choice counts, the clients of other protocols get one answer. Confined to one
 * answer.
 */
final class OpenAiEventReader implements EventReader {
    private static final Set<String> KNOWN = Set.of(
            "id",
            "object",
            "created",
            "model",
            "choices",
            "usage",
            "error",
            "system_fingerprint",
            "service_tier",
            "obfuscation",
            "provider",
            "citations",
            "search_results",
            "x_groq",
            "timings",
            "time_info",
            "metrics",
            "prompt_filter_results",
            "base_resp");
    private static final Set<String> OF_CHOICE = Set.of(
            "index",
            "delta",
            "message",
            "finish_reason",
            "native_finish_reason",
            "stop_reason",
            "matched_stop",
            "logprobs",
            "usage",
            "error",
            "content_filter_results",
            "content_filter_offsets");
    private static final String RESOURCES = "insufficient_system_resource";
    private static final String OVERLOADED = "engine_overloaded";
    private static final int NONE = -1;

    private final Losses losses;
    private final OpenAiSources sources;
    private final OpenAiSaid said;
    private @Nullable Usage usage;
    private boolean sure = true;
    private int ours = NONE;
    private boolean begun;
    private boolean ended;
    private @Nullable Stop stop;
    private @Nullable String detail;
    private byte[] errorBody = new byte[0];

    OpenAiEventReader(AnswerContext context) {
        this.losses = context.losses();
        this.sources = new OpenAiSources(losses);
        this.said = new OpenAiSaid(context, sources);
    }

    @Override
    public Read read(JsonNode json, Consumer<StreamEvent> sink) {
        if (isError(json) || "error".equals(json.path("object").asText())) {
            return failed(json);
        }
        JsonNode own = json.path("base_resp");
        if (own.path("status_code").asInt(0) != 0) {
            errorBody = OpenAiChatAnswerRelay.objectOf("base_resp", own);
            return Read.ERROR;
        }
        if (!begun && json.path("choices").isEmpty() && Unanswered.isError(json)) {
            return failed(json);
        }
        losses.others(json, KNOWN, "");
        usage(json.path("usage"));
        usage(json.path("x_groq").path("usage"));
        sources.take(json);
        for (JsonNode choice : json.path("choices")) {
            if (choice(json, choice, sink) == Read.ERROR) {
                return Read.ERROR;
            }
        }
        return Read.PART;
    }

    /** An empty one beside an answer says nothing. */
    private static boolean isError(JsonNode json) {
        JsonNode error = json.path("error");
        boolean nothing = OpenAiHiddenUsage.isNothing(error) || (error.isBoolean() && !error.booleanValue());
        boolean beside = !json.path("choices").path(0).isMissingNode();
        return json.hasNonNull("error") && !(beside && nothing);
    }

    /** True for MiniMax's own object that says what is wrong, with a number other than 0. */
    static boolean isFailure(byte[] baseResp) {
        JsonNode own = UsageJson.object(baseResp, 0, baseResp.length);
        return own != null && own.path("status_code").asInt(0) != 0;
    }

    private Read choice(JsonNode json, JsonNode choice, Consumer<StreamEvent> sink) {
        int index = choice.path("index").asInt(0);
        ours = ours == NONE ? index : ours;
        if (!begun) {
            begun = true;
            sink.accept(new StreamEvent.Begin(json.path("id").textValue(), null));
        }
        if (index != ours) {
            losses.dropped("", "choices[" + Math.clamp(index, 0, 999) + "]");
            return Read.PART;
        }
        if (choice.path("error").isObject() && !choice.path("error").isEmpty()) {
            return failed(choice);
        }
        losses.others(choice, OF_CHOICE, "choices[]");
        usage(choice.path("usage"));
        String reason = choice.path("finish_reason").asText("");
        boolean finished = !reason.isEmpty() && !"null".equals(reason);
        JsonNode delta = choice.path("delta");
        JsonNode message = choice.path("message");
        if (delta.isObject()) {
            said.delta(delta, sink);
        }
        if (message.isObject() && (finished || !delta.isObject())) {
            said.message(message, sink);
            stop = stop == null ? Stop.UNKNOWN : stop;
        }
        return finished ? reason(reason, choice) : Read.PART;
    }

    /** The error as it came, in the object that errors stand in. */
    private Read failed(JsonNode holder) {
        OutBuffer out = new OutBuffer(128);
        JsonOut json = new JsonOut(out);
        boolean inside = holder.has("choices") || holder.has("index");
        if (inside && holder.hasNonNull("error")) {
            json.object().field("error", holder.path("error")).endObject();
        } else {
            json.tree(holder);
        }
        errorBody = out.toByteArray();
        return Read.ERROR;
    }

    private void usage(JsonNode node) {
        if (node.isObject()) {
            OpenAiUsage.Counted seen = OpenAiUsage.decode(node);
            if (seen != null) {
                usage = seen.usage();
                sure = seen.sure();
            }
        }
    }

    private Read reason(String reason, JsonNode choice) {
        stop = stop(reason);
        if (stop == Stop.UNKNOWN) {
            losses.adjusted("choices[]", "finish_reason");
        }
        String matched = choice.path("stop_reason").textValue();
        String other = choice.path("matched_stop").textValue();
        detail = matched == null ? other : matched;
        if (matched != null && other != null && !matched.equals(other)) {
            losses.dropped("choices[]", "matched_stop");
        }
        if (stop == Stop.FAILED) {
            boolean resources = RESOURCES.equals(reason) || OVERLOADED.equals(reason);
            errorBody =
                    EventReader.error(resources ? "overloaded_error" : "server_error", "the model gave up: " + reason);
            return Read.ERROR;
        }
        return Read.PART;
    }

    private static Stop stop(String reason) {
        return switch (reason.toLowerCase(Locale.ROOT)) {
            case "stop", "eos", "eos_token" -> Stop.DONE;
            case "length", "max_tokens", "model_length", "max_output_tokens", "time_limit" -> Stop.LENGTH;
            case "tool_calls", "function_call" -> Stop.TOOL_USE;
            case "content_filter", "sensitive" -> Stop.REFUSED;
            case "error", "abort", "cancelled", "network_error", OVERLOADED, RESOURCES -> Stop.FAILED;
            default -> Stop.UNKNOWN;
        };
    }

    @Override
    public Read done(Consumer<StreamEvent> sink) {
        if (stop == null && said.anything()) {
            stop = Stop.UNKNOWN;
        }
        if (end(sink)) {
            return Read.CLOSED;
        }
        throw new MalformedAnswerException("the stream ended without a response");
    }

    @Override
    public boolean end(Consumer<StreamEvent> sink) {
        if (stop == null) {
            return false;
        }
        if (!ended) {
            ended = true;
            sources.end(sink);
            said.calls().end(sink);
            if (usage != null) {
                sink.accept(new StreamEvent.Used(usage));
            }
            Stop honest = honest(stop);
            if (detail != null && honest != Stop.STOP_SEQUENCE) {
                losses.dropped("choices[]", "stop_reason");
            }
            sink.accept(new StreamEvent.Ended(0, honest, honest == Stop.STOP_SEQUENCE ? detail : null));
        }
        return true;
    }

    /** Many servers say {@code stop} with tool calls, or {@code tool_calls} without any. */
    private Stop honest(Stop why) {
        if (why == Stop.DONE && said.refused()) {
            return Stop.REFUSED;
        }
        boolean done = why == Stop.DONE || why == Stop.UNKNOWN || why == Stop.TOOL_USE;
        if (done && said.calls().delivered() > 0) {
            return Stop.TOOL_USE;
        }
        if (why == Stop.DONE && detail != null) {
            return Stop.STOP_SEQUENCE;
        }
        return why == Stop.TOOL_USE ? Stop.DONE : why;
    }

    @Override
    public boolean usageComplete() {
        return sure;
    }

    @Override
    public byte[] errorBody() {
        return errorBody;
    }
}
