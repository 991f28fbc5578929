package io.llmgateway.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.wire.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The messages of a request to Anthropic, and the rules that the provider holds them to: messages of one role that
 * follow each other are one turn, a system message may stand behind a user's. Confined to one request.
 */
final class AnthropicMessages {
    private static final String UNANSWERED =
            "messages: tool_use ids were found without tool_result blocks immediately after";
    /** How agents put their own notes beside what the user says. */
    private static final String REMINDER = "<system-reminder>";

    private final JsonNode messages;
    private JsonNode lastContent = Json.mapper().missingNode();

    private AnthropicMessages(JsonNode messages) {
        this.messages = messages;
    }

    /** Reads them; throws {@link Dialect.Refused} in the provider's words when they break a rule. */
    static AnthropicMessages read(JsonNode messages) {
        require(messages.isArray() && !messages.isEmpty(), "messages: at least one message is required");
        AnthropicMessages read = new AnthropicMessages(messages);
        read.check();
        return read;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new Dialect.Refused(400, "invalid_request_error", message);
        }
    }

    private void check() {
        require(
                "user".equals(messages.path(0).path("role").asText()),
                "messages.0: the first message must be a user's");
        Set<String> open = new HashSet<>();
        List<JsonNode> turn = new ArrayList<>();
        String before = "";
        boolean afterSystem = false;
        for (JsonNode message : messages) {
            String role = message.path("role").asText();
            JsonNode content = message.path("content");
            if ("system".equals(role)) {
                require("user".equals(before) && !afterSystem, "messages: a system message must follow a user's");
                require(isText(content), "messages: a system message may hold text only");
                afterSystem = true;
                continue;
            }
            require(Set.of("user", "assistant").contains(role), "messages: unexpected role '" + role + "'");
            require(!afterSystem || "assistant".equals(role), "messages: a system message must precede an assistant's");
            afterSystem = false;
            if (!role.equals(before)) {
                open = checkTurn(turn, open);
                turn.clear();
            }
            add(content, turn);
            lastContent = content;
            before = role;
        }
        require(checkTurn(turn, open).isEmpty(), UNANSWERED);
    }

    private static boolean isText(JsonNode content) {
        for (JsonNode block : content) {
            if (!"text".equals(block.path("type").asText())) {
                return false;
            }
        }
        return content.isTextual() || content.isArray();
    }

    private static void add(JsonNode content, List<JsonNode> turn) {
        if (content.isTextual()) {
            turn.add(Json.mapper().createObjectNode().put("type", "text").put("text", content.asText()));
        } else {
            content.forEach(turn::add);
        }
    }

    /** Checks one turn; gives the calls that it leaves open. */
    private static Set<String> checkTurn(List<JsonNode> turn, Set<String> asked) {
        Set<String> unanswered = new HashSet<>(asked);
        Set<String> open = new HashSet<>();
        for (JsonNode block : turn) {
            switch (block.path("type").asText()) {
                case "text" -> {
                    require(unanswered.isEmpty(), "messages: tool_result blocks must come first");
                    require(!block.path("text").asText().isBlank(), "messages: text content blocks must be non-empty");
                }
                case "tool_use" -> {
                    String id = block.path("id").asText();
                    require(
                            !id.isEmpty() && id.chars().allMatch(AnthropicMessages::idCharacter),
                            "messages: tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'");
                    require(block.path("input").isObject(), "messages: tool_use.input: Input should be an object");
                    open.add(id);
                }
                case "tool_result" ->
                    require(
                            unanswered.remove(block.path("tool_use_id").asText()),
                            "messages: unexpected tool_use_id found in tool_result blocks");
                default -> require(unanswered.isEmpty(), "messages: tool_result blocks must come first");
            }
        }
        require(unanswered.isEmpty(), UNANSWERED);
        return open;
    }

    private static boolean idCharacter(int c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-';
    }

    /** True when the last message brings a tool's result. */
    boolean answerTool() {
        return lastContent.isArray()
                && "tool_result".equals(lastContent.path(0).path("type").asText());
    }

    /** What the last message says, without an agent's own notes unless it says nothing else. */
    String lastText() {
        String said = text(lastContent, true);
        return said.isEmpty() ? text(lastContent, false) : said;
    }

    private static String text(JsonNode content, boolean withoutNotes) {
        if (content.isTextual()) {
            return content.asText();
        }
        StringBuilder all = new StringBuilder();
        for (JsonNode block : content) {
            String text = block.path("text").asText("");
            if (!withoutNotes || !text.stripLeading().startsWith(REMINDER)) {
                all.append(text);
            }
            if (block.has("content")) {
                all.append(text(block.path("content"), withoutNotes));
            }
        }
        return all.toString();
    }

    /** Characters of their JSON. */
    int length() {
        return messages.toString().length();
    }
}
