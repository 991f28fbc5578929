package io.llmgateway.metrics;

import io.helidon.metrics.api.Tag;
import io.llmgateway.metrics.Metric.Kind;
import java.util.List;
import java.util.function.LongSupplier;

/** Connections of clients that the gateway ends without a response. Stateless. */
final class ConnectionMetrics {
    private static final String REASON = "reason";

    private static final Metric SHED = new Metric(
            "gateway_client_connections_shed",
            Kind.COUNTER,
            "",
            List.of(REASON),
            "Connections of clients closed without a response: crowded (silent or idle ones, to make room), address"
                    + " (one address has server.max-connections-per-address open) or proxy (a trusted proxy's without"
                    + " a valid header of the PROXY protocol)");

    private ConnectionMetrics() {}

    /** All of them, in the order of the documentation. */
    static List<Metric> all() {
        return List.of(SHED);
    }

    /**
     * Watches a listener; every number is asked when the metrics are read.
     *
     * @param crowded closed to make room, since the start
     * @param address refused since their address had too many, since the start
     * @param proxy closed since a trusted proxy did not say whose they are, since the start
     */
    static void watch(Meters meters, LongSupplier crowded, LongSupplier address, LongSupplier proxy) {
        meters.count(SHED, crowded, Tag.create(REASON, "crowded"));
        meters.count(SHED, address, Tag.create(REASON, "address"));
        meters.count(SHED, proxy, Tag.create(REASON, "proxy"));
    }
}
