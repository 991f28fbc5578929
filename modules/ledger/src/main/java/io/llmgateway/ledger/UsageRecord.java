package io.llmgateway.ledger;

import io.llmgateway.model.Usage;
import java.time.Instant;

/**
 * What one request used. Never what was said. Immutable, thread-safe.
 *
 * @param at when it ended
 * @param requestId unique
 * @param key the key's name
 * @param group the key's group; empty for none
 * @param asked the model asked for
 * @param served the model that served; empty when none did
 * @param instance who served; empty when nobody did
 * @param endpoint the endpoint's name
 * @param stream whether the response was streamed
 * @param usage tokens by kind
 * @param estimated true when the provider did not say all of it
 * @param cost in billionths of a dollar; {@link #NO_PRICE} when the model has no price
 * @param end {@code ok} or the kind of error
 * @param millis how long it took
 * @param firstTokenMillis until its first content; -1 when there was none
 */
public record UsageRecord(
        Instant at,
        String requestId,
        String key,
        String group,
        String asked,
        String served,
        String instance,
        String endpoint,
        boolean stream,
        Usage usage,
        boolean estimated,
        long cost,
        String end,
        long millis,
        long firstTokenMillis) {
    /** The cost of a model without a price. */
    public static final long NO_PRICE = -1;
}
