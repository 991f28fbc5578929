package io.llmgateway.converters;

import io.llmgateway.model.Usage;
import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.Slice;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Several answers to one request whose provider gives fewer at a time: each is asked for by itself, with the same body,
 * and the client gets them as one answer. Thread-safe; what {@link #choice} gives is confined to one thread.
 */
public interface Choices {
    /** How many answers there are, at least 2. */
    int count();

    /**
     * One of the answers. Its body is that of the whole request and lives as long as that; it has no warnings of its
     * own. Its streams tell this answer's part of the client's stream and nothing that ends it; its whole answers tell
     * what {@link #finish} puts together.
     *
     * @param index which one, from 0
     * @param meter is charged for what the answer holds
     * @param random where new ids come from
     */
    Translation choice(int index, MemoryMeter meter, RandomGenerator random);

    /**
     * Writes what follows the last of the answers in a stream; of whole answers, all of the client's answer.
     *
     * @param answers what whole answers have written, in their order; not looked at for a stream
     * @param usage the sum over all answers
     */
    void finish(List<Slice> answers, Usage usage, OutBuffer out);
}
