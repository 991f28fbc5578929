package io.llmgateway.limits;

import io.llmgateway.settings.Limit;

/** What is left of one limit. Guarded by the lock of its scope. */
interface Meter {
    /** The active limit. */
    Limit limit();

    /** Applies another amount; what was spent stays spent. */
    void change(Limit limit);

    /** Nanoseconds until so much can be taken; 0 when it can be taken now. */
    long untilFree(long amount);

    /** Takes so much, which must have been possible; gives what was taken, which an amount over the limit is cut to. */
    long take(long amount);

    /** Which window it counts in now; what is taken from one window is never given back to another. */
    default long window() {
        return 0;
    }

    /**
     * Corrects what was taken by what was really used; more than was taken may leave a debt, of one window at most
     * where it would last beyond its window. Never throws, whatever the numbers are.
     *
     * @param taken what {@link #take} said
     * @param window what {@link #window()} said then
     * @param used 0 or more
     */
    void settle(long taken, long window, long used);

    /** What is left; negative after a debt. */
    long remaining();

    /** Nanoseconds until all of it is there again. */
    long untilFull();
}
