package io.llmgateway.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** How one provider's protocol reads requests and writes responses. Stateless, thread-safe. */
interface Dialect {
    /** Reads and checks a request; throws {@link Refused} for what the provider refuses. */
    SimulatedRequest read(RecordedRequest request, JsonNode body);

    /** A non-streaming response. */
    String whole(SimulatedRequest ask, Reply reply, long number, boolean withUsage);

    /** The events of a streaming response, each complete with its blank line. */
    List<String> events(SimulatedRequest ask, Reply reply, long number, Script script);

    /** An error's body. */
    String error(int status, String type, String message);

    /** An error as an event of a stream. */
    String errorEvent(int status, String message);

    /** An event that says nothing. */
    String ping();

    /** The body for the list of models. */
    String models();

    /** A refusal in the provider's own words. */
    final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final String type;

        Refused(int status, String type, String message) {
            super(message);
            this.status = status;
            this.type = type;
        }

        int status() {
            return status;
        }

        String type() {
            return type;
        }

        String text() {
            return String.valueOf(getMessage());
        }
    }
}
