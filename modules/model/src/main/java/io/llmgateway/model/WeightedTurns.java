package io.llmgateway.model;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Smooth weighted round robin, unrolled over one cycle: each choice has exactly its share of every cycle, evenly
 * spread, and taking a turn is one atomic increment. A choice of weight 0 has no turn unless all have none.
 * Thread-safe, without a lock.
 */
public final class WeightedTurns {
    private static final int MAX_CYCLE = 10_000;

    private final int[] schedule;
    private final AtomicInteger cursor = new AtomicInteger();

    private WeightedTurns(int[] schedule) {
        this.schedule = schedule;
    }

    /**
     * Makes the table.
     *
     * @param configured a weight of 0 or more for each choice, at least one choice
     */
    public static WeightedTurns of(int[] configured) {
        int[] weights = configured.clone();
        int total = Arrays.stream(weights).sum();
        if (total == 0) {
            Arrays.fill(weights, 1);
            total = weights.length;
        }
        int cycle = Math.min(MAX_CYCLE, total / divisor(weights));
        int[] schedule = new int[cycle];
        long[] current = new long[weights.length];
        for (int turn = 0; turn < cycle; turn++) {
            int best = 0;
            for (int i = 0; i < weights.length; i++) {
                current[i] += weights[i];
                best = current[i] > current[best] ? i : best;
            }
            current[best] -= total;
            schedule[turn] = best;
        }
        return new WeightedTurns(schedule);
    }

    /** Takes the next turn. */
    public int next() {
        return cursor.getAndIncrement() & Integer.MAX_VALUE;
    }

    /** The index of the choice whose turn this is. */
    public int at(int turn) {
        return schedule[(turn & Integer.MAX_VALUE) % schedule.length];
    }

    /** Turns until the table repeats. */
    public int cycle() {
        return schedule.length;
    }

    private static int divisor(int[] weights) {
        int divisor = 0;
        for (int weight : weights) {
            int a = weight;
            int b = divisor;
            while (b != 0) {
                int rest = a % b;
                a = b;
                b = rest;
            }
            divisor = a;
        }
        return Math.max(1, divisor);
    }
}
