package io.llmgateway.converters;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Tells what a JSON object is that came with a success status and holds no answer: servers, and proxies in front of
 * them, say with 200 what is wrong, each in its own shape. Stateless, thread-safe.
 */
public final class Unanswered {
    /** Where a text stands that says what is wrong. */
    private static final List<String> TEXTS = List.of("detail", "message", "msg", "error_message", "title");

    private Unanswered() {}

    /** The same for JSON that is not read yet. */
    public static boolean isError(byte[] json, int start, int end) {
        JsonNode object = UsageJson.object(json, start, end);
        return object != null && isError(object);
    }

    /** True when it says what is wrong; false when it is something else altogether. */
    public static boolean isError(JsonNode object) {
        if (object.hasNonNull("error")
                || object.hasNonNull("errors")
                || object.path("detail").isArray()) {
            return true;
        }
        for (String place : TEXTS) {
            if (object.path(place).isTextual()) {
                return true;
            }
        }
        return object.path("base_resp").path("status_code").asInt(0) != 0
                || "error".equals(object.path("object").asText(""))
                || (object.path("success").isBoolean()
                        && !object.path("success").booleanValue());
    }
}
