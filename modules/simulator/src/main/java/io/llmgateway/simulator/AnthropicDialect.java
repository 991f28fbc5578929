package io.llmgateway.simulator;

import static io.llmgateway.simulator.SampleArguments.quoted;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Anthropic Messages, versions 2023-06-01 and 2026-10-21. Stateless, thread-safe. */
final class AnthropicDialect implements Dialect {
    private static final Set<String> FIELDS = Set.of(
            "model",
            "max_tokens",
            "messages",
            "system",
            "stop_sequences",
            "stream",
            "temperature",
            "top_p",
            "top_k",
            "tools",
            "tool_choice",
            "thinking",
            "output_config",
            "output_format",
            "metadata",
            "service_tier",
            "speed",
            "inference_geo",
            "cache_control",
            "container",
            "diagnostics",
            "context_management",
            "mcp_servers");
    /** What is known only to those who ask for features. */
    private static final Set<String> BETA_FIELDS =
            Set.of("betas", "compaction", "fallbacks", "thread", "user_profile_id");

    @Override
    public SimulatedRequest read(RecordedRequest request, JsonNode body) {
        checkHeaders(request);
        boolean beta = !request.header("anthropic-beta").isEmpty();
        for (var field : body.properties()) {
            boolean known = FIELDS.contains(field.getKey()) || (beta && BETA_FIELDS.contains(field.getKey()));
            require(known, field.getKey() + ": Extra inputs are not permitted");
        }
        if ("2026-10-21".equals(request.header("anthropic-version"))) {
            for (String field : List.of("temperature", "top_p", "top_k")) {
                require(!body.has(field), field + ": Extra inputs are not permitted");
            }
        }
        require(body.path("model").isTextual(), "model: Field required");
        boolean counting = request.pathAndQuery().contains("count_tokens");
        require(counting || body.path("max_tokens").asInt(0) > 0, "max_tokens: Field required");
        AnthropicMessages messages = AnthropicMessages.read(body.path("messages"));
        List<SimulatedRequest.Tool> tools = new ArrayList<>();
        for (JsonNode tool : body.path("tools")) {
            tools.add(new SimulatedRequest.Tool(
                    tool.path("name").asText(), SampleArguments.arguments(tool.path("input_schema"))));
        }
        int length = messages.length() + body.path("system").toString().length();
        return new SimulatedRequest(
                body.path("model").asText(),
                body.path("stream").asBoolean(),
                true,
                messages.lastText(),
                messages.answerTool(),
                tools,
                forced(body.path("tool_choice")),
                wanted(body),
                Math.max(1, (length + 3) / 4));
    }

    private static String forced(JsonNode choice) {
        return switch (choice.path("type").asText()) {
            case "any" -> SimulatedRequest.ANY_TOOL;
            case "tool" -> choice.path("name").asText();
            default -> "";
        };
    }

    private static String wanted(JsonNode body) {
        JsonNode format = body.path("output_config").path("format");
        JsonNode schema = (format.isMissingNode() ? body.path("output_format") : format).path("schema");
        return schema.isObject() ? SampleArguments.arguments(schema) : "";
    }

    private static void checkHeaders(RecordedRequest request) {
        boolean key = !request.header("x-api-key").isEmpty();
        boolean bearer = request.header("authorization").startsWith("Bearer ");
        if (key == bearer) {
            throw new Refused(401, "authentication_error", "exactly one of x-api-key and Authorization is required");
        }
        String version = request.header("anthropic-version");
        require(!version.isEmpty(), "anthropic-version: header is required");
        require(
                Set.of("2023-06-01", "2026-10-21").contains(version),
                "anthropic-version: \"" + version + "\" is not a valid version");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new Refused(400, "invalid_request_error", message);
        }
    }

    @Override
    public String whole(SimulatedRequest ask, Reply reply, long number, boolean withUsage) {
        List<String> blocks = new ArrayList<>();
        if (!reply.thinking().isEmpty()) {
            blocks.add("{\"type\":\"thinking\",\"thinking\":" + quoted(String.join("", reply.thinking()))
                    + ",\"signature\":\"c2lnbmF0dXJl\"}");
        }
        if (!reply.text().isEmpty() && reply.end() != Reply.End.REFUSAL) {
            blocks.add("{\"type\":\"text\",\"text\":" + quoted(String.join("", reply.text())) + "}");
        }
        for (int i = 0; i < reply.calls().size(); i++) {
            SimulatedRequest.Tool call = reply.calls().get(i);
            blocks.add("{\"type\":\"tool_use\",\"id\":\"toolu_" + number + "_" + i + "\",\"name\":"
                    + quoted(call.name()) + ",\"input\":" + call.arguments() + "}");
        }
        return message(ask, number, "[" + String.join(",", blocks) + "]", quoted(stop(reply)), details(reply))
                + (withUsage ? ",\"usage\":" + usage(ask, reply, reply.outputTokens()) : ",\"usage\":{}") + "}";
    }

    private static String message(SimulatedRequest ask, long number, String content, String stop, String details) {
        return "{\"id\":\"msg_" + number + "\",\"type\":\"message\",\"role\":\"assistant\",\"model\":"
                + quoted(ask.model()) + ",\"content\":" + content + ",\"stop_reason\":" + stop
                + ",\"stop_sequence\":null,\"stop_details\":" + details;
    }

    private static String details(Reply reply) {
        return reply.end() == Reply.End.REFUSAL
                ? "{\"type\":\"refusal\",\"category\":null,\"explanation\":\"this is refused\"}"
                : "null";
    }

    private static String start(SimulatedRequest ask, Reply reply, long number) {
        return event(
                "message_start",
                "\"message\":" + message(ask, number, "[]", "null", "null") + ",\"usage\":" + usage(ask, reply, 1)
                        + "}");
    }

    @Override
    public List<String> events(SimulatedRequest ask, Reply reply, long number, Script script) {
        List<String> events = new ArrayList<>();
        events.add(start(ask, reply, number) + ping());
        int index = 0;
        if (!reply.thinking().isEmpty()) {
            block(events, index++, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}", thinking(reply));
        }
        if (!reply.text().isEmpty() && reply.end() != Reply.End.REFUSAL) {
            block(
                    events,
                    index++,
                    "{\"type\":\"text\",\"text\":\"\"}",
                    reply.text().stream()
                            .map(piece -> "{\"type\":\"text_delta\",\"text\":" + quoted(piece) + "}")
                            .toList());
        }
        for (int i = 0; i < reply.calls().size(); i++) {
            SimulatedRequest.Tool call = reply.calls().get(i);
            int half = call.arguments().length() / 2;
            block(
                    events,
                    index++,
                    "{\"type\":\"tool_use\",\"id\":\"toolu_" + number + "_" + i + "\",\"name\":" + quoted(call.name())
                            + ",\"input\":{}}",
                    List.of(
                            json(""),
                            json(call.arguments().substring(0, half)),
                            json(call.arguments().substring(half))));
        }
        String used = script.is("no-usage") ? "" : ",\"usage\":" + usage(ask, reply, reply.outputTokens());
        events.add(event(
                "message_delta",
                "\"delta\":{\"stop_reason\":" + quoted(stop(reply)) + ",\"stop_sequence\":null,\"stop_details\":"
                        + details(reply) + "}" + used));
        events.add("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
        return events;
    }

    private static List<String> thinking(Reply reply) {
        List<String> deltas = new ArrayList<>();
        reply.thinking()
                .forEach(piece -> deltas.add("{\"type\":\"thinking_delta\",\"thinking\":" + quoted(piece) + "}"));
        deltas.add("{\"type\":\"signature_delta\",\"signature\":\"c2lnbmF0dXJl\"}");
        return deltas;
    }

    private static String json(String part) {
        return "{\"type\":\"input_json_delta\",\"partial_json\":" + quoted(part) + "}";
    }

    private static void block(List<String> events, int index, String start, List<String> deltas) {
        events.add(event("content_block_start", "\"index\":" + index + ",\"content_block\":" + start));
        deltas.forEach(delta -> events.add(event("content_block_delta", "\"index\":" + index + ",\"delta\":" + delta)));
        events.add(event("content_block_stop", "\"index\":" + index));
    }

    private static String event(String type, String fields) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + fields + "}\n\n";
    }

    private static String stop(Reply reply) {
        return switch (reply.end()) {
            case STOP -> "end_turn";
            case TOOLS -> "tool_use";
            case LENGTH -> "max_tokens";
            case REFUSAL, FILTER -> "refusal";
        };
    }

    private static String usage(SimulatedRequest ask, Reply reply, int output) {
        return "{\"input_tokens\":" + ask.inputTokens()
                + ",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":" + reply.cachedTokens()
                + ",\"output_tokens\":" + output + "}";
    }

    @Override
    public String error(int status, String type, String message) {
        String known = switch (type) {
            case "insufficient_quota" -> "billing_error";
            case "context_length", "content_filter" -> "invalid_request_error";
            case "" -> type(status);
            default -> type;
        };
        return "{\"type\":\"error\",\"error\":{\"type\":" + quoted(known) + ",\"message\":" + quoted(message)
                + "},\"request_id\":\"req_simulated\"}";
    }

    private static String type(int status) {
        return switch (status) {
            case 400, 422 -> "invalid_request_error";
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 409 -> "conflict_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 504 -> "timeout_error";
            case 503, 529 -> "overloaded_error";
            default -> "api_error";
        };
    }

    @Override
    public String errorEvent(int status, String message) {
        return "event: error\ndata: " + error(status, "", message) + "\n\n";
    }

    @Override
    public String ping() {
        return "event: ping\ndata: {\"type\":\"ping\"}\n\n";
    }

    @Override
    public String models() {
        return "{\"data\":[{\"type\":\"model\",\"id\":\"claude-sonnet-4-5\",\"display_name\":\"Claude Sonnet 4.5\","
                + "\"created_at\":\"2025-10-01T00:00:00Z\"}],\"has_more\":false,\"first_id\":\"claude-sonnet-4-5\","
                + "\"last_id\":\"claude-sonnet-4-5\"}";
    }
}
