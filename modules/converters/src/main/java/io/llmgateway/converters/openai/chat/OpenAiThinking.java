package io.llmgateway.converters.openai.chat;

import io.llmgateway.wire.JsonOut;
import org.jspecify.annotations.Nullable;

/**
 * Writes the extensions that carry signed reasoning: {@code thinking_blocks} as several gateways have them, and the
 * place where Google's compatible endpoint puts a call's proof. Stateless, thread-safe.
 */
final class OpenAiThinking {
    private OpenAiThinking() {}

    /** A block of a delta, with its index: the official Python SDK puts lists together by it, and fails without. */
    static void signed(JsonOut json, int index, String thought, String signature) {
        json.array("thinking_blocks").object().field("index", index);
        thinking(json, thought, signature);
        json.endArray();
    }

    static void redacted(JsonOut json, int index, String data) {
        json.array("thinking_blocks").object().field("index", index);
        redactedThinking(json, data);
        json.endArray();
    }

    static void block(JsonOut json, String thought, String signature) {
        thinking(json.object(), thought, signature);
    }

    static void redactedBlock(JsonOut json, String data) {
        redactedThinking(json.object(), data);
    }

    private static void thinking(JsonOut object, String thought, String signature) {
        object.field("type", "thinking")
                .field("thinking", thought)
                .field("signature", signature)
                .endObject();
    }

    private static void redactedThinking(JsonOut object, String data) {
        object.field("type", "redacted_thinking").field("data", data).endObject();
    }

    static void proof(JsonOut json, @Nullable String signature) {
        if (signature != null) {
            json.object("extra_content").object("google").field("thought_signature", signature);
            json.endObject().endObject();
        }
    }
}
