package io.llmgateway.simulator;

import static io.llmgateway.simulator.SampleArguments.quoted;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gemini generateContent and streamGenerateContent, versions v1beta and v1. Stateless, thread-safe. */
final class GeminiDialect implements Dialect {
    private static final Set<String> V1_FIELDS = Set.of("contents", "generationConfig", "safetySettings", "model");
    private static final Set<String> FIELDS = Set.of(
            "contents",
            "generationConfig",
            "safetySettings",
            "model",
            "systemInstruction",
            "tools",
            "toolConfig",
            "cachedContent",
            "serviceTier",
            "store",
            "labels");

    @Override
    public SimulatedRequest read(RecordedRequest request, JsonNode sent) {
        if (request.header("x-goog-api-key").isEmpty()) {
            throw new Refused(401, "UNAUTHENTICATED", "Request is missing required authentication credential.");
        }
        String path = request.pathAndQuery();
        JsonNode body = path.contains(":countTokens") && sent.has("generateContentRequest")
                ? sent.path("generateContentRequest")
                : sent;
        Set<String> known = path.startsWith("/v1/") ? V1_FIELDS : FIELDS;
        for (var field : body.properties()) {
            require(
                    known.contains(field.getKey()),
                    "Invalid JSON payload received. Unknown name \"" + field.getKey() + "\": Cannot find field.");
        }
        JsonNode contents = body.path("contents");
        require(contents.isArray() && !contents.isEmpty(), "contents is not specified");
        checkTurns(contents);
        List<SimulatedRequest.Tool> tools = tools(body);
        JsonNode last = contents.get(contents.size() - 1).path("parts");
        return new SimulatedRequest(
                model(path),
                path.contains(":streamGenerateContent"),
                true,
                text(last),
                last.path(0).has("functionResponse"),
                tools,
                forced(body.path("toolConfig").path("functionCallingConfig")),
                wanted(body.path("generationConfig")),
                Math.max(
                        1,
                        (contents.toString().length()
                                        + body.path("systemInstruction")
                                                .toString()
                                                .length()
                                        + 3)
                                / 4));
    }

    private static String forced(JsonNode calling) {
        return "ANY".equals(calling.path("mode").asText())
                ? calling.path("allowedFunctionNames").path(0).asText(SimulatedRequest.ANY_TOOL)
                : "";
    }

    private static String wanted(JsonNode config) {
        JsonNode schema =
                config.has("responseJsonSchema") ? config.path("responseJsonSchema") : config.path("responseSchema");
        return schema.isObject() ? SampleArguments.arguments(schema) : "";
    }

    private static List<SimulatedRequest.Tool> tools(JsonNode body) {
        List<SimulatedRequest.Tool> tools = new ArrayList<>();
        for (JsonNode tool : body.path("tools")) {
            for (JsonNode declaration : tool.path("functionDeclarations")) {
                JsonNode schema = declaration.has("parametersJsonSchema")
                        ? declaration.path("parametersJsonSchema")
                        : declaration.path("parameters");
                tools.add(new SimulatedRequest.Tool(
                        declaration.path("name").asText(), SampleArguments.arguments(schema)));
            }
        }
        return tools;
    }

    /** The model's name out of the path. */
    static String model(String path) {
        int from = path.indexOf("/models/") + "/models/".length();
        int to = path.lastIndexOf(':');
        String name = to < from ? path.substring(from) : path.substring(from, to);
        // a plus is a plus in a path
        return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new Refused(400, "INVALID_ARGUMENT", message);
        }
    }

    private static void checkTurns(JsonNode contents) {
        int calls = 0;
        for (JsonNode content : contents) {
            String role = content.path("role").asText("user");
            require(Set.of("user", "model", "function").contains(role), "Please use a valid role: user, model.");
            JsonNode parts = content.path("parts");
            require(parts.isArray() && !parts.isEmpty(), "contents.parts must not be empty.");
            int responses = 0;
            int newCalls = 0;
            for (JsonNode part : parts) {
                boolean emptyText =
                        part.has("text") && part.path("text").asText().isEmpty();
                require(
                        !part.isEmpty() && (!emptyText || part.has("thoughtSignature")),
                        "contents.parts: must have one initialized field");
                responses += part.has("functionResponse") ? 1 : 0;
                newCalls += part.has("functionCall") ? 1 : 0;
            }
            require(
                    responses == calls,
                    "Please ensure that the number of function response parts is equal to the number of function call"
                            + " parts of the function call turn.");
            calls = newCalls;
        }
        require(calls == 0, "Please ensure that function call turn comes immediately before a function response turn.");
    }

    private static String text(JsonNode parts) {
        StringBuilder all = new StringBuilder();
        for (JsonNode part : parts) {
            all.append(part.path("text").asText(""));
            JsonNode response = part.path("functionResponse").path("response");
            all.append(response.path("output").asText(""))
                    .append(response.path("error").asText(""));
        }
        return all.toString();
    }

    @Override
    public String whole(SimulatedRequest ask, Reply reply, long number, boolean withUsage) {
        List<String> parts = new ArrayList<>();
        if (!reply.thinking().isEmpty()) {
            parts.add(thought(String.join("", reply.thinking())));
        }
        if (!reply.text().isEmpty() && reply.end() != Reply.End.REFUSAL) {
            parts.add(text(String.join("", reply.text())));
        }
        parts.addAll(calls(reply, number));
        return response(ask, reply, number, parts, finish(reply), withUsage);
    }

    @Override
    public List<String> events(SimulatedRequest ask, Reply reply, long number, Script script) {
        boolean usage = !script.is("no-usage");
        List<String> events = new ArrayList<>();
        reply.thinking()
                .forEach(
                        piece -> events.add(event(response(ask, reply, number, List.of(thought(piece)), null, usage))));
        if (reply.end() != Reply.End.REFUSAL) {
            reply.text()
                    .forEach(piece ->
                            events.add(event(response(ask, reply, number, List.of(text(piece)), null, usage))));
        }
        if (!reply.calls().isEmpty()) {
            events.add(event(response(ask, reply, number, calls(reply, number), null, usage)));
        }
        events.add(event(response(ask, reply, number, List.of(text("")), finish(reply), usage)));
        return events;
    }

    private static String event(String json) {
        return "data: " + json + "\r\n\r\n";
    }

    private static String text(String piece) {
        return "{\"text\":" + quoted(piece) + "}";
    }

    private static String thought(String piece) {
        return "{\"text\":" + quoted(piece) + ",\"thought\":true}";
    }

    private static List<String> calls(Reply reply, long number) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < reply.calls().size(); i++) {
            SimulatedRequest.Tool call = reply.calls().get(i);
            parts.add("{\"functionCall\":{\"id\":\"call_" + number + "_" + i + "\",\"name\":" + quoted(call.name())
                    + ",\"args\":" + call.arguments() + "}" + (i == 0 ? ",\"thoughtSignature\":\"c2lnbmF0dXJl\"" : "")
                    + "}");
        }
        return parts;
    }

    private static String response(
            SimulatedRequest ask,
            Reply reply,
            long number,
            List<String> parts,
            @Nullable String finish,
            boolean withUsage) {
        return "{\"candidates\":[{\"content\":{\"parts\":[" + String.join(",", parts) + "],\"role\":\"model\"}"
                + (finish == null ? "" : ",\"finishReason\":\"" + finish + "\"") + ",\"index\":0}]"
                + (withUsage ? ",\"usageMetadata\":" + usage(ask, reply) : "") + ",\"modelVersion\":"
                + quoted(ask.model()) + ",\"responseId\":\"r" + number + "\"}";
    }

    private static String usage(SimulatedRequest ask, Reply reply) {
        int prompt = ask.inputTokens() + reply.cachedTokens();
        int thoughts = reply.thinking().size();
        int candidates = reply.outputTokens() - thoughts;
        return "{\"promptTokenCount\":" + prompt + ",\"cachedContentTokenCount\":" + reply.cachedTokens()
                + ",\"candidatesTokenCount\":" + candidates + ",\"thoughtsTokenCount\":" + thoughts
                + ",\"totalTokenCount\":" + (prompt + candidates + thoughts) + "}";
    }

    private static String finish(Reply reply) {
        return switch (reply.end()) {
            case STOP, TOOLS -> "STOP";
            case LENGTH -> "MAX_TOKENS";
            case REFUSAL, FILTER -> "SAFETY";
        };
    }

    @Override
    public String error(int status, String type, String message) {
        String rpc = switch (type) {
            case "", "context_length", "content_filter", "insufficient_quota" -> rpc(status);
            default -> type;
        };
        return "{\"error\":{\"code\":" + status + ",\"message\":" + quoted(message) + ",\"status\":\"" + rpc + "\"}}";
    }

    private static String rpc(int status) {
        return switch (status) {
            case 400 -> "INVALID_ARGUMENT";
            case 401 -> "UNAUTHENTICATED";
            case 403 -> "PERMISSION_DENIED";
            case 404 -> "NOT_FOUND";
            case 409 -> "ABORTED";
            case 429 -> "RESOURCE_EXHAUSTED";
            case 503 -> "UNAVAILABLE";
            case 504 -> "DEADLINE_EXCEEDED";
            default -> "INTERNAL";
        };
    }

    @Override
    public String errorEvent(int status, String message) {
        return error(status, "", message) + "\r\n";
    }

    @Override
    public String ping() {
        return ": ping\n\n";
    }

    @Override
    public String models() {
        return "{\"models\":[{\"name\":\"models/gemini-2.5-flash\",\"version\":\"001\",\"displayName\":\"Gemini\","
                + "\"inputTokenLimit\":1048576,\"outputTokenLimit\":65536,"
                + "\"supportedGenerationMethods\":[\"generateContent\",\"countTokens\"]}]}";
    }
}
