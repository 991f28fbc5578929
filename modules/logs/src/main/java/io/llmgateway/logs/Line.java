package io.llmgateway.logs;

import io.llmgateway.model.RequestEvent;
import io.llmgateway.settings.LogLevel;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What becomes one line of the log. Immutable. */
sealed interface Line {
    /** Characters that are kept of a name that a client sent. */
    int MOST = 256;

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
            int texts = length(event.asked().model()) + length(event.caller().session());
            return texts + (bodies == null ? 0 : bodies.request().length + bodies.answer().length);
        }

        /** With what a client sent shortened: a line waits in memory, and nothing may make it long but bodies. */
        static Request of(RequestEvent event) {
            RequestEvent.Caller caller = event.caller();
            RequestEvent.Asked asked = event.asked();
            if (length(asked.model()) + length(caller.session()) + length(caller.clientRequestId()) <= MOST) {
                return new Request(event);
            }
            return new Request(new RequestEvent(
                    event.id(),
                    event.at(),
                    new RequestEvent.Caller(
                            caller.key(), caller.group(), clipped(caller.session()), clipped(caller.clientRequestId())),
                    new RequestEvent.Asked(asked.endpoint(), asked.protocol(), clipped(asked.model()), asked.stream()),
                    event.served(),
                    event.ending(),
                    event.times(),
                    event.tokens(),
                    event.attempts(),
                    event.warnings(),
                    event.trace(),
                    event.parent(),
                    event.bodies()));
        }

        private static int length(@Nullable String text) {
            return text == null ? 0 : text.length();
        }

        private static @Nullable String clipped(@Nullable String text) {
            return text == null || text.length() <= MOST ? text : text.substring(0, MOST) + "...";
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
