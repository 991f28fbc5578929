package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.JsonTrees;
import io.llmgateway.wire.OutBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * Signatures the gateway makes itself for Anthropic clients, which bring a thinking block's signature back unread:
 * {@code gw1.<family>.<base64url>}. They carry what a provider other than Anthropic wants back with its tool calls.
 * Stateless, thread-safe.
 */
public final class PackedSignature {
    private static final String PREFIX = "gw1.";
    private static final String GEMINI = PREFIX + "gemini.";

    /** The signature of reasoning that nobody wants back; it only tells that Anthropic did not sign. */
    public static final String PLAIN = PREFIX + "oai.MQ";

    private PackedSignature() {}

    /** True when the gateway made this signature, so that no provider may see it as it is. */
    public static boolean isOurs(String signature) {
        return signature.startsWith(PREFIX);
    }

    /** Packs the proof that belongs to one of Gemini's calls. */
    public static String gemini(String callId, String proof) {
        OutBuffer out = new OutBuffer(128);
        new JsonOut(out).object().field(callId, proof).endObject();
        return GEMINI + Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray());
    }

    /** The proofs in a packed signature by call id; empty when it is none of Gemini's or damaged. */
    public static Map<String, String> geminiProofs(String signature) {
        if (!signature.startsWith(GEMINI)) {
            return Map.of();
        }
        try {
            byte[] json = Base64.getUrlDecoder()
                    .decode(signature.substring(GEMINI.length()).getBytes(StandardCharsets.ISO_8859_1));
            Map<String, String> proofs = new HashMap<>();
            for (Map.Entry<String, JsonNode> field :
                    JsonTrees.read(json, 0, json.length).properties()) {
                proofs.put(field.getKey(), field.getValue().asText());
            }
            return proofs;
        } catch (IOException | IllegalArgumentException e) {
            // a client damaged it: the call goes without its proof, as if it had never been seen
            return Map.of();
        }
    }
}
