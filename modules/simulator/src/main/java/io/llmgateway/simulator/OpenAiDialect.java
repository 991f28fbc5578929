package io.llmgateway.simulator;

import static io.llmgateway.simulator.SampleArguments.quoted;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** OpenAI Chat Completions. Stateless, thread-safe. */
final class OpenAiDialect implements Dialect {
    private static final long CREATED = 1_700_000_000L;

    @Override
    public SimulatedRequest read(RecordedRequest request, JsonNode body) {
        if (!request.header("authorization").startsWith("Bearer ")) {
            throw new Refused(401, "invalid_request_error", "You didn't provide an API key.");
        }
        require(body.path("model").isTextual(), "you must provide a model parameter");
        JsonNode messages = body.path("messages");
        require(messages.isArray() && !messages.isEmpty(), "'messages' must be a non-empty array");
        require(body.path("max_tokens").asInt(1) > 0, "'max_tokens' must be at least 1");
        checkToolOrder(messages);
        List<SimulatedRequest.Tool> tools = new ArrayList<>();
        for (JsonNode tool : body.path("tools")) {
            JsonNode function = tool.path("function");
            require(function.path("name").isTextual(), "'tools[].function.name' is missing");
            tools.add(new SimulatedRequest.Tool(
                    function.path("name").asText(), SampleArguments.arguments(function.path("parameters"))));
        }
        JsonNode last = lastSaid(messages);
        return new SimulatedRequest(
                body.path("model").asText(),
                body.path("stream").asBoolean(),
                body.path("stream_options").path("include_usage").asBoolean(),
                text(last.path("content")),
                "tool".equals(last.path("role").asText()),
                tools,
                forced(body.path("tool_choice")),
                wanted(body.path("response_format")),
                Math.max(1, (messages.toString().length() + 3) / 4));
    }

    private static String forced(JsonNode choice) {
        return "required".equals(choice.asText())
                ? SimulatedRequest.ANY_TOOL
                : choice.path("function").path("name").asText("");
    }

    private static String wanted(JsonNode format) {
        return switch (format.path("type").asText()) {
            case "json_schema" ->
                SampleArguments.arguments(format.path("json_schema").path("schema"));
            case "json_object" -> "{}";
            default -> "";
        };
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new Refused(400, "invalid_request_error", message);
        }
    }

    private static void checkToolOrder(JsonNode messages) {
        Set<String> open = new HashSet<>();
        for (JsonNode message : messages) {
            String role = message.path("role").asText();
            require(
                    Set.of("developer", "system", "user", "assistant", "tool", "function")
                            .contains(role),
                    "Invalid value: '" + role + "' for 'role'");
            if ("tool".equals(role)) {
                require(
                        open.remove(message.path("tool_call_id").asText()),
                        "messages with role 'tool' must be a response to a preceding message with 'tool_calls'");
                continue;
            }
            require(
                    open.isEmpty(),
                    "an assistant message with 'tool_calls' must be followed by tool messages responding to each"
                            + " 'tool_call_id'");
            for (JsonNode call : message.path("tool_calls")) {
                open.add(call.path("id").asText());
            }
        }
        require(
                open.isEmpty(),
                "an assistant message with 'tool_calls' must be followed by tool messages responding to each"
                        + " 'tool_call_id'");
    }

    /** The last message that no developer has written, unless there are no others. */
    private static JsonNode lastSaid(JsonNode messages) {
        int at = messages.size() - 1;
        while (at > 0
                && Set.of("system", "developer")
                        .contains(messages.path(at).path("role").asText())) {
            at--;
        }
        return messages.path(at);
    }

    private static String text(JsonNode content) {
        if (content.isTextual()) {
            return content.asText();
        }
        StringBuilder all = new StringBuilder();
        for (JsonNode part : content) {
            all.append(part.path("text").asText(""));
        }
        return all.toString();
    }

    @Override
    public String whole(SimulatedRequest ask, Reply reply, long number, boolean withUsage) {
        StringBuilder message = new StringBuilder("{\"role\":\"assistant\",\"content\":");
        boolean refusal = reply.end() == Reply.End.REFUSAL;
        String text = quoted(String.join("", reply.text()));
        message.append(refusal ? "null" : text).append(",\"refusal\":").append(refusal ? text : "null");
        if (!reply.thinking().isEmpty()) {
            message.append(",\"reasoning_content\":").append(quoted(String.join("", reply.thinking())));
        }
        if (!reply.calls().isEmpty()) {
            message.append(",\"tool_calls\":[");
            for (int i = 0; i < reply.calls().size(); i++) {
                SimulatedRequest.Tool call = reply.calls().get(i);
                message.append(i == 0 ? "" : ",")
                        .append("{\"id\":\"call_")
                        .append(number)
                        .append('_')
                        .append(i)
                        .append("\",\"type\":\"function\",\"function\":{\"name\":")
                        .append(quoted(call.name()))
                        .append(",\"arguments\":")
                        .append(quoted(call.arguments()))
                        .append("}}");
            }
            message.append(']');
        }
        return "{\"id\":\"chatcmpl-" + number + "\",\"object\":\"chat.completion\",\"created\":" + (CREATED + number)
                + ",\"model\":" + quoted(ask.model()) + ",\"choices\":[{\"index\":0,\"message\":" + message
                + "},\"logprobs\":null,\"finish_reason\":\"" + finish(reply) + "\"}]"
                + (withUsage ? ",\"usage\":" + usage(ask, reply) : "") + "}";
    }

    @Override
    public List<String> events(SimulatedRequest ask, Reply reply, long number, Script script) {
        String head = "{\"id\":\"chatcmpl-" + number + "\",\"object\":\"chat.completion.chunk\",\"created\":"
                + (CREATED + number) + ",\"model\":" + quoted(ask.model());
        String tail = ask.usageWanted() ? ",\"usage\":null}" : "}";
        List<String> events = new ArrayList<>();
        events.add(chunk(head, "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}", null, tail));
        reply.thinking()
                .forEach(piece -> events.add(chunk(head, "{\"reasoning_content\":" + quoted(piece) + "}", null, tail)));
        String field = reply.end() == Reply.End.REFUSAL ? "refusal" : "content";
        reply.text().forEach(piece -> events.add(chunk(head, "{\"" + field + "\":" + quoted(piece) + "}", null, tail)));
        calls(reply, number, script).forEach(delta -> events.add(chunk(head, delta, null, tail)));
        events.add(chunk(head, "{}", finish(reply), tail));
        if (ask.usageWanted() && !script.is("no-usage")) {
            events.add("data: " + head + ",\"choices\":[],\"usage\":" + usage(ask, reply) + "}\n\n");
        }
        events.add("data: [DONE]\n\n");
        return events;
    }

    private static List<String> calls(Reply reply, long number, Script script) {
        List<String> heads = new ArrayList<>();
        List<String> first = new ArrayList<>();
        List<String> second = new ArrayList<>();
        for (int i = 0; i < reply.calls().size(); i++) {
            SimulatedRequest.Tool call = reply.calls().get(i);
            int half = call.arguments().length() / 2;
            heads.add("{\"tool_calls\":[{\"index\":" + i + ",\"id\":\"call_" + number + "_" + i
                    + "\",\"type\":\"function\",\"function\":{\"name\":" + quoted(call.name())
                    + ",\"arguments\":\"\"}}]}");
            first.add(part(i, call.arguments().substring(0, half)));
            second.add(part(i, call.arguments().substring(half)));
        }
        List<String> deltas = new ArrayList<>();
        if (script.is("interleaved-tool-calls")) {
            deltas.addAll(heads);
            deltas.addAll(first);
            deltas.addAll(second);
            return deltas;
        }
        for (int i = 0; i < heads.size(); i++) {
            deltas.addAll(List.of(heads.get(i), first.get(i), second.get(i)));
        }
        return deltas;
    }

    private static String part(int index, String arguments) {
        return "{\"tool_calls\":[{\"index\":" + index + ",\"function\":{\"arguments\":" + quoted(arguments) + "}}]}";
    }

    private static String chunk(String head, String delta, @Nullable String finish, String tail) {
        return "data: " + head + ",\"choices\":[{\"index\":0,\"delta\":" + delta
                + ",\"logprobs\":null,\"finish_reason\":" + (finish == null ? "null" : quoted(finish)) + "}]" + tail
                + "\n\n";
    }

    private static String finish(Reply reply) {
        return switch (reply.end()) {
            case STOP, REFUSAL -> "stop";
            case TOOLS -> "tool_calls";
            case LENGTH -> "length";
            case FILTER -> "content_filter";
        };
    }

    private static String usage(SimulatedRequest ask, Reply reply) {
        int prompt = ask.inputTokens() + reply.cachedTokens();
        return "{\"prompt_tokens\":" + prompt + ",\"completion_tokens\":" + reply.outputTokens()
                + ",\"total_tokens\":" + (prompt + reply.outputTokens())
                + ",\"prompt_tokens_details\":{\"cached_tokens\":" + reply.cachedTokens()
                + "},\"completion_tokens_details\":{\"reasoning_tokens\":"
                + reply.thinking().size() + "}}";
    }

    @Override
    public String error(int status, String type, String message) {
        String known = type.isEmpty() ? type(status) : type;
        String code = switch (known) {
            case "insufficient_quota" -> "\"insufficient_quota\"";
            case "context_length" -> "\"context_length_exceeded\"";
            case "content_filter" -> "\"content_policy_violation\"";
            default -> status == 429 ? "\"rate_limit_exceeded\"" : status == 401 ? "\"invalid_api_key\"" : "null";
        };
        boolean caller = "context_length".equals(known) || "content_filter".equals(known);
        return "{\"error\":{\"message\":" + quoted(message) + ",\"type\":"
                + quoted(caller ? "invalid_request_error" : known) + ",\"param\":null,\"code\":" + code + "}}";
    }

    private static String type(int status) {
        return switch (status) {
            case 429 -> "rate_limit_error";
            case 400, 401, 403, 404, 409, 413, 422 -> "invalid_request_error";
            default -> "server_error";
        };
    }

    @Override
    public String errorEvent(int status, String message) {
        return "data: " + error(status, "", message) + "\n\n";
    }

    @Override
    public String ping() {
        return ": PROCESSING\n\n";
    }

    @Override
    public String models() {
        return "{\"object\":\"list\",\"data\":[{\"id\":\"gpt-5-mini\",\"object\":\"model\",\"created\":" + CREATED
                + ",\"owned_by\":\"simulator\"}]}";
    }
}
