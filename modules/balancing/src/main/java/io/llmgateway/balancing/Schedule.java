package io.llmgateway.balancing;

/**
 * Lays out a round of turns by weights, each index as often as its weight and as evenly spread as can be: each step
 * every index gains its weight, the one with the most is taken and pays the sum of all. Thread-safe.
 */
final class Schedule {
    /** The longest round; beyond it weights are scaled down, at a cost in accuracy below one in a thousand. */
    static final int MAX_TURNS = 10_000;

    private Schedule() {}

    /** One round for the weights, each of them 1 or more. */
    static int[] smooth(int[] weights) {
        int[] shares = reduced(weights);
        int turns = 0;
        for (int share : shares) {
            turns += share;
        }
        int[] round = new int[turns];
        int[] credit = new int[shares.length];
        for (int turn = 0; turn < turns; turn++) {
            int best = 0;
            for (int i = 0; i < shares.length; i++) {
                credit[i] += shares[i];
                if (credit[i] > credit[best]) {
                    best = i;
                }
            }
            credit[best] -= turns;
            round[turn] = best;
        }
        return round;
    }

    private static int[] reduced(int[] weights) {
        int divisor = 0;
        long sum = 0;
        for (int weight : weights) {
            divisor = greatestCommonDivisor(divisor, weight);
            sum += weight;
        }
        sum /= divisor;
        int[] shares = new int[weights.length];
        for (int i = 0; i < weights.length; i++) {
            int share = weights[i] / divisor;
            shares[i] = sum <= MAX_TURNS ? share : (int) Math.max(1, Math.round((double) share * MAX_TURNS / sum));
        }
        return shares;
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }
}
