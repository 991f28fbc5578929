package io.llmgateway.pipeline;

/**
 * Whose time a request takes. Until its answer begins, time belongs to the upstream while an attempt is under way, to
 * the client while its body arrives, to the limits and instances that are waited for; the rest is the gateway's own.
 * Once the answer has begun no more is counted as the gateway's: then upstream and client decide how long it takes. All
 * times in monotonic nanoseconds. Confined to one request.
 */
final class Stopwatch {
    private final long begunAt;
    private long othersNanos;
    private long othersSince = -1;
    private long answerAt = -1;

    Stopwatch(long begunAt) {
        this.begunAt = begunAt;
    }

    /** From now on the time is not the gateway's: it waits for somebody. */
    void waits(long now) {
        if (othersSince < 0) {
            othersSince = now - begunAt;
        }
    }

    /** The wait is over. */
    void goesOn(long now) {
        if (othersSince >= 0) {
            othersNanos += now - begunAt - othersSince;
            othersSince = -1;
        }
    }

    /** The first content is in hand; only the first call counts. */
    void answered(long now) {
        goesOn(now);
        if (answerAt < 0) {
            answerAt = now - begunAt;
        }
    }

    long begunAt() {
        return begunAt;
    }

    /** From the request's beginning to its first content; -1 when there was none. */
    long firstTokenNanos() {
        return answerAt;
    }

    /** From the request's beginning until now. */
    long durationNanos(long now) {
        return now - begunAt;
    }

    /** The gateway's own share of the time until the answer began, or until now when none did. */
    long overheadNanos(long now) {
        long until = answerAt < 0 ? now - begunAt : answerAt;
        long open = othersSince < 0 ? 0 : Math.max(0, until - othersSince);
        return Math.max(0, until - othersNanos - open);
    }
}
