package io.llmgateway.converters.openai.chat;

import io.llmgateway.wire.JsonOut;
import org.jspecify.annotations.Nullable;

/**
 * Writes the extensions that carry signed reasoning: {@code thinking_blocks} as several gateways have them, and the
 * place where Google's compatible endpoint puts a call's proof. Stateless, thread-safe.
 */
final class OpenAiThinking {
    private OpenAiThinking() {}

    static void signed(JsonOut json, String thought, String signature) {
        json.array("thinking_blocks");
        block(json, thought, signature);
        json.endArray();
    }

    static void redacted(JsonOut json, String data) {
        json.array("thinking_blocks");
        redactedBlock(json, data);
        json.endArray();
    }

    static void block(JsonOut json, String thought, String signature) {
        json.object()
                .field("type", "thinking")
                .field("thinking", thought)
                .field("signature", signature)
                .endObject();
    }

    static void redactedBlock(JsonOut json, String data) {
        json.object().field("type", "redacted_thinking").field("data", data).endObject();
    }

    static void proof(JsonOut json, @Nullable String signature) {
        if (signature != null) {
            json.object("extra_content").object("google").field("thought_signature", signature);
            json.endObject().endObject();
        }
    }
}
