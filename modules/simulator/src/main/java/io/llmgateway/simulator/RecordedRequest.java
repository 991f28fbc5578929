package io.llmgateway.simulator;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * One request as the simulator parsed it. Immutable by convention: the body must not be changed.
 *
 * @param method the HTTP method
 * @param pathAndQuery the raw path with its query
 * @param headers every header by its lower-case name
 * @param body the body's bytes
 */
@SuppressWarnings("ArrayRecordComponent") // recorded once, read by tests
public record RecordedRequest(String method, String pathAndQuery, Map<String, List<String>> headers, byte[] body) {
    /** The body as text. */
    public String bodyText() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The first value of a header; empty text when absent. */
    public String header(String lowerCaseName) {
        List<String> values = headers.getOrDefault(lowerCaseName, List.of());
        return values.isEmpty() ? "" : values.getFirst();
    }
}
