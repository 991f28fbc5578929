package io.llmgateway.launcher;

import com.sun.management.UnixOperatingSystemMXBean;
import io.llmgateway.settings.GatewaySettings;
import java.lang.management.ManagementFactory;

/** What this process may use, and what it would use with given settings. Stateless. */
final class ProcessLimits {
    private ProcessLimits() {}

    /** How many client connections this process can hold with these settings. */
    static ConnectionBudget connections(GatewaySettings settings) {
        return new ConnectionBudget(
                settings.server().maxConnections(),
                descriptors(),
                upstream(settings),
                Runtime.getRuntime().maxMemory(),
                settings.server().tls().isPresent() ? ConnectionBudget.TLS_BYTES : ConnectionBudget.PLAIN_BYTES);
    }

    /** Files this process may have open at once; the JVM has raised it to the hard limit when it started. */
    private static long descriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                        && unix.getMaxFileDescriptorCount() > 0
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    private static long upstream(GatewaySettings settings) {
        return settings.providers().stream()
                .mapToLong(provider ->
                        (long) provider.instances().size() * provider.pool().maxActive())
                .sum();
    }
}
