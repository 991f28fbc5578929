package io.llmgateway.logs;

import io.llmgateway.model.RequestEvent;
import io.llmgateway.settings.LogLevel;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What becomes one line of the log. Immutable. */
sealed interface Line {
    /** How much memory it holds beyond the usual, in bytes. */
    int weight();

    /**
     * A request that came to its end.
     *
     * @param event all that is known of it
     */
    record Request(RequestEvent event) implements Line {
        @Override
        public int weight() {
            RequestEvent.Bodies bodies = event.bodies();
            return bodies == null ? 0 : bodies.request().length + bodies.answer().length;
        }
    }

    /**
     * Something the application says of itself.
     *
     * @param at when
     * @param level how bad it is
     * @param logger who says it
     * @param message what
     * @param trace the stack trace that belongs to it; null for none
     */
    record Said(
            Instant at,
            LogLevel level,
            String logger,
            String message,
            @Nullable String trace) implements Line {
        @Override
        public int weight() {
            return message.length() + (trace == null ? 0 : trace.length());
        }
    }
}
