package io.llmgateway.ledger;

import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** Keeps what every request used. Thread-safe; an implementation may stand on any database. */
public interface Ledger extends AutoCloseable {
    /** Takes a record without waiting; false when it is lost, which is counted. */
    boolean record(UsageRecord usage);

    /** False when records are only taken, not stored. */
    default boolean stores() {
        return true;
    }

    /**
     * Sums of what is stored of requests from the one moment to the other, by key,
     * models and quarter of an hour; empty when nothing was ever stored.
     *
     * @throws IOException when what is stored cannot be read now
     */
    List<UsageSum> sumsBetween(Instant from, Instant until) throws IOException;

    /** The report asked for; what was recorded within the last second may be missing. */
    List<UsageSum> report(UsageQuery query);

    /** What became of the records since the start. */
    Counts counts();

    /** Stores what waits and closes the database. */
    @Override
    void close();

    /**
     * What became of records. Immutable.
     *
     * @param written stored
     * @param lost given up, because the queue was full or the database could not take them
     * @param waiting not stored yet
     */
    record Counts(long written, long lost, long waiting) {}

    /** A ledger that keeps nothing. */
    static Ledger none() {
        return new NoLedger();
    }
}
