package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.TranslationRequest;
import io.llmgateway.converters.hub.PackedSignature;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import io.llmgateway.wire.HeldMemory;
import io.llmgateway.wire.JsonFault;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.JsonTrees;
import io.llmgateway.wire.OutBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;

/**
 * Requests that cannot be relayed as they are although both sides speak Anthropic's protocol: the client speaks an
 * older version than the provider is configured with, or brings back reasoning that came from another provider and that
 * the gateway signed. Everything else stays as it is. Confined to one attempt.
 */
final class AnthropicAdaptation {
    private static final int INITIAL_BYTES = 32 * 1024;
    private static final byte[] OURS = "\"gw1.".getBytes(StandardCharsets.US_ASCII);

    private final TranslationRequest request;
    private final Warnings warnings;

    AnthropicAdaptation(TranslationRequest request, Warnings warnings) {
        this.request = request;
        this.warnings = warnings;
    }

    /** True when the body must be changed beyond its model. */
    static boolean isNeeded(TranslationRequest request) {
        return crossesVersions(request) || holdsOurs(request.body(), request.length());
    }

    private static boolean crossesVersions(TranslationRequest request) {
        return AnthropicVersions.refusesSampling(request.upstreamVersion())
                && !AnthropicVersions.refusesSampling(request.clientVersion());
    }

    private static boolean holdsOurs(byte[] body, int length) {
        for (int i = 0; i + OURS.length <= length; i++) {
            if (body[i] == '"'
                    && body[i + 1] == 'g'
                    && body[i + 2] == 'w'
                    && body[i + 3] == '1'
                    && body[i + 4] == '.') {
                return true;
            }
        }
        return false;
    }

    /** The changed body, charged to this meter. */
    OutBuffer body(HeldMemory held) {
        HeldMemory tree = new HeldMemory(request.meter());
        try {
            return written(root(tree), held);
        } finally {
            tree.releaseAll();
        }
    }

    private OutBuffer written(ObjectNode root, HeldMemory held) {
        root.put("model", request.model().value());
        boolean crosses = crossesVersions(request);
        if (crosses) {
            withoutSampling(root);
            if (root.has("output_format")) {
                root.withObjectProperty("output_config").set("format", root.remove("output_format"));
            }
        }
        JsonNode messages = root.path("messages");
        boolean began = beginsWithThinking(lastOfAssistant(messages));
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).path("content") instanceof ArrayNode content) {
                boolean assistant =
                        "assistant".equals(messages.get(i).path("role").asText());
                blocks(content, assistant, crosses, "messages[" + i + "].content");
            }
        }
        if (began && !beginsWithThinking(lastOfAssistant(messages))) {
            withoutThinking(root);
        }
        OutBuffer out = new OutBuffer(Math.min(request.length(), INITIAL_BYTES), held);
        new JsonOut(out, request.work()).tree(root);
        return out;
    }

    /** The turn that an open tool loop goes on from; missing when the last message answers no tool. */
    private static JsonNode lastOfAssistant(JsonNode messages) {
        JsonNode answers = messages.path(messages.size() - 1).path("content");
        boolean loop = false;
        for (JsonNode block : answers) {
            loop |= "tool_result".equals(block.path("type").asText());
        }
        for (int i = messages.size() - 1; loop && i >= 0; i--) {
            if ("assistant".equals(messages.get(i).path("role").asText())) {
                return messages.get(i);
            }
        }
        return MissingNode.getInstance();
    }

    private static boolean beginsWithThinking(JsonNode message) {
        String type = message.path("content").path(0).path("type").asText();
        return "thinking".equals(type) || "redacted_thinking".equals(type);
    }

    /** An open tool loop must show the reasoning it began with, and another provider's is none. */
    private void withoutThinking(ObjectNode root) {
        if (!"enabled".equals(root.path("thinking").path("type").asText())) {
            return;
        }
        root.remove("thinking");
        warnings.dropped("thinking", "the calls before came without the reasoning to continue");
        if (root.path("context_management").path("edits") instanceof ArrayNode edits) {
            // what clears reasoning is refused where there is none
            for (Iterator<JsonNode> each = edits.elements(); each.hasNext(); ) {
                if (each.next().path("type").asText().startsWith("clear_thinking")) {
                    each.remove();
                }
            }
            if (edits.isEmpty()) {
                root.remove("context_management");
            }
        }
    }

    private ObjectNode root(HeldMemory tree) {
        try {
            JsonNode root = JsonTrees.read(request.body(), 0, request.length(), tree, request.work());
            return (ObjectNode) root;
        } catch (IOException e) {
            String fault = JsonFault.of(request.body(), request.length(), e);
            throw new GatewayException(new CallerFault.MalformedJson("the body is not valid JSON, " + fault), e);
        }
    }

    private void withoutSampling(ObjectNode root) {
        for (String field : AnthropicVersions.SAMPLING) {
            JsonNode value = root.remove(field);
            if (value == null || value.isNull()) {
                continue;
            }
            boolean harmless = !"top_k".equals(field) && value.isNumber() && value.doubleValue() == 1;
            if (!harmless) {
                warnings.dropped(field, "the provider's version has no sampling parameters");
            }
        }
    }

    private void blocks(ArrayNode content, boolean assistant, boolean crosses, String path) {
        ArrayNode kept = JsonNodeFactory.instance.arrayNode(content.size());
        for (int i = 0; i < content.size(); i++) {
            request.work().step(1);
            JsonNode block = content.get(i);
            String type = block.path("type").asText();
            boolean ours = "thinking".equals(type)
                    && PackedSignature.isOurs(block.path("signature").asText());
            if (!ours) {
                kept.add(block);
            }
            if ("text".equals(type) && block instanceof ObjectNode text) {
                withoutOurs(text);
            }
            if (crosses && !assistant && "text".equals(type) && block instanceof ObjectNode text) {
                text.remove("citations");
            } else if (crosses && assistant && "document".equals(type)) {
                String at = path + '[' + i + ']';
                throw Warnings.refused(
                        at, "'" + at + "' is a document, which the provider's version takes from users only");
            }
        }
        if (kept.size() < content.size()) {
            content.removeAll();
            content.addAll(kept);
        }
    }

    /** Without citations that the gateway made of another provider's. */
    private static void withoutOurs(ObjectNode text) {
        if (text.path("citations") instanceof ArrayNode citations) {
            ArrayNode kept = JsonNodeFactory.instance.arrayNode(citations.size());
            for (JsonNode citation : citations) {
                if (!PackedSignature.isOurs(citation.path("encrypted_index").asText(""))) {
                    kept.add(citation);
                }
            }
            if (kept.isEmpty()) {
                text.remove("citations");
            } else {
                text.set("citations", kept);
            }
        }
    }
}
