package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.wire.JsonOut;

/** Words for models that cannot be forced to answer in JSON. Stateless, thread-safe. */
public final class FormatInstruction {
    /** Asks for one object. */
    public static final String JSON_OBJECT =
            "Answer with one JSON object only: no text before or after it and no code fence around it.";

    private FormatInstruction() {}

    /** Asks for what a schema describes. */
    public static String schema(JsonNode schema) {
        return "Answer only with JSON that follows this JSON Schema, with no text before or after it and no code fence"
                + " around it:\n" + JsonOut.document(schema);
    }

    /** JSON without the one code fence models like to put around it in spite of all words. */
    public static String unfenced(String text) {
        String bare = text.strip();
        int line = bare.indexOf('\n');
        boolean fenced = bare.startsWith("```") && bare.endsWith("```") && line > 0 && line < bare.length() - 3;
        return fenced ? bare.substring(line + 1, bare.length() - 3).strip() : text;
    }
}
