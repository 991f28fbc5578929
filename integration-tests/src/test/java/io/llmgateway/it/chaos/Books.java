package io.llmgateway.it.chaos;

import io.llmgateway.launcher.Gateway;

/**
 * What was used, by one of the places that count it.
 *
 * @param records usage records
 * @param input input tokens of every kind
 * @param output output tokens
 * @param cost in billionths of a dollar
 */
record Books(long records, long input, long output, long cost) {
    private static final double NANO_DOLLARS = 1e9;

    /** What the metrics of the process say, which all its gateways share. */
    static Books metrics(Gateway gateway) {
        return new Books(
                sum(gateway, "gateway_ledger_records_total", "state=\"written\""),
                sum(gateway, "gateway_tokens_total", "kind=\"input\"")
                        + sum(gateway, "gateway_tokens_total", "kind=\"cache_read\"")
                        + sum(gateway, "gateway_tokens_total", "kind=\"cache_write\""),
                sum(gateway, "gateway_tokens_total", "kind=\"output\""),
                Math.round(GatewayInvariants.sum(gateway, "gateway_key_cost_dollars_total", "") * NANO_DOLLARS));
    }

    private static long sum(Gateway gateway, String metric, String label) {
        return Math.round(GatewayInvariants.sum(gateway, metric, label));
    }

    Books plus(Books other) {
        return new Books(records + other.records, input + other.input, output + other.output, cost + other.cost);
    }

    Books minus(Books other) {
        return new Books(records - other.records, input - other.input, output - other.output, cost - other.cost);
    }

    /** Without the cost. */
    Books tokens() {
        return new Books(records, input, output, 0);
    }
}
