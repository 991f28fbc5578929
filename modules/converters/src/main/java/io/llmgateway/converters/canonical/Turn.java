package io.llmgateway.converters.canonical;

import java.util.List;

/**
 * What one side said. Immutable.
 *
 * @param role who
 * @param parts what, in order
 * @param path the client's field it came from, for messages
 */
public record Turn(Role role, List<Part> parts, String path) {
    /** Who speaks. */
    public enum Role {
        /** The application or its user; also results of tools. */
        USER,
        /** The model. */
        ASSISTANT,
        /** Instructions in the middle of a conversation. */
        SYSTEM
    }
}
