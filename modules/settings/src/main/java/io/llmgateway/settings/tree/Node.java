package io.llmgateway.settings.tree;

import java.util.List;
import java.util.Map;

/** One node of the merged tree of settings, with the place it was written at. Immutable. */
public sealed interface Node {
    /** Where the node starts. */
    Place place();

    /** What the node is, for messages. */
    String kind();

    /**
     * Named entries in the order they were written.
     *
     * @param keyPlaces where each key stands
     */
    record Mapping(Place place, Map<String, Node> entries, Map<String, Place> keyPlaces) implements Node {
        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** Elements in order. */
    record Sequence(Place place, List<Node> elements) implements Node {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /**
     * One value.
     *
     * @param external true when it came from the environment, so that a secret in it is not an inline one
     */
    record Scalar(Place place, String text, boolean external) implements Node {
        @Override
        public String kind() {
            return Redacted.of(text);
        }

        @Override
        public String toString() {
            return "Scalar[" + place + "]";
        }
    }

    /** Nothing after the colon. */
    record Empty(Place place) implements Node {
        @Override
        public String kind() {
            return "empty";
        }
    }
}
