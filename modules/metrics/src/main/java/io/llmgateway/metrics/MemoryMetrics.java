package io.llmgateway.metrics;

import io.llmgateway.metrics.Metric.Kind;
import java.util.List;
import java.util.function.LongSupplier;

/** The memory that large requests and responses hold together. Stateless. */
final class MemoryMetrics {
    private static final Metric USED = new Metric(
            "gateway_memory_used_bytes",
            Kind.GAUGE,
            "",
            List.of(),
            "Bytes held by large requests and responses, without the first 64 KiB of each");

    private static final Metric BUDGET = new Metric(
            "gateway_memory_budget_bytes",
            Kind.GAUGE,
            "",
            List.of(),
            "Bytes that large requests and responses may hold together (server.memory.budget)");

    private static final Metric WAITING =
            new Metric("gateway_memory_requests_queued", Kind.GAUGE, "", List.of(), "Requests that wait for memory");

    private static final Metric REFUSED = new Metric(
            "gateway_memory_requests_rejected",
            Kind.COUNTER,
            "",
            List.of(),
            "Requests refused with 503 or 413 because the memory for large requests was in use or too small");

    private MemoryMetrics() {}

    /** All of them, in the order of the documentation. */
    static List<Metric> all() {
        return List.of(USED, BUDGET, WAITING, REFUSED);
    }

    /**
     * Watches the memory; every number is asked when the metrics are read.
     *
     * @param used bytes held now
     * @param budget bytes that may be held
     * @param waiting requests that wait
     * @param refused requests refused since the start
     */
    static void watch(
            Meters meters, LongSupplier used, LongSupplier budget, LongSupplier waiting, LongSupplier refused) {
        meters.amount(USED, used);
        meters.amount(BUDGET, budget);
        meters.amount(WAITING, waiting);
        meters.count(REFUSED, refused);
    }
}
