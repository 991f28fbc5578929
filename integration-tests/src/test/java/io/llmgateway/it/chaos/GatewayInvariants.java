package io.llmgateway.it.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llmgateway.launcher.Gateway;
import io.llmgateway.server.AdminListener;
import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * What holds of every gateway that has nothing to do, whatever it did before: no request under way, every place given
 * back, no memory held, no connection to a provider in use, no defect met. Confined to one thread.
 */
public final class GatewayInvariants {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long POLL_NANOS = 10_000_000;

    private final Gateway gateway;
    private final double internalBefore;
    private final long errorsBefore;

    private GatewayInvariants(Gateway gateway) {
        this.gateway = gateway;
        this.internalBefore = internal();
        this.errorsBefore = errors();
    }

    /** To be called when the gateway has just started: defects are counted for the whole process. */
    public static GatewayInvariants of(Gateway gateway) {
        return new GatewayInvariants(gateway);
    }

    /** What does not hold when the gateway had this time to come to rest; empty when all is well. */
    public List<String> broken(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        List<String> broken = now();
        while (!broken.isEmpty() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
            broken = now();
        }
        return broken;
    }

    private List<String> now() {
        List<String> broken = new ArrayList<>();
        zero(broken, "requests in flight", gateway.inFlight());
        zero(broken, "bytes of memory held", gateway.memoryUsed());
        zero(broken, "connections to providers in use", gateway.upstreamInUse());
        zero(broken, "failures of loops in the background", errors() - errorsBefore);
        if (!gateway.adminRoutes().isEmpty()) {
            limits(gateway, broken);
            instances(gateway, broken);
            zero(broken, "requests that met a defect", Math.round(internal() - internalBefore));
        }
        return broken;
    }

    private static void zero(List<String> broken, String what, long count) {
        if (count != 0) {
            broken.add(what + ": " + count);
        }
    }

    private static long errors() {
        return Arrays.stream(LoopName.values()).mapToLong(Loop::errors).sum();
    }

    private double internal() {
        return gateway.adminRoutes().isEmpty() ? 0 : sum(gateway, "gateway_requests_total", "outcome=\"internal\"");
    }

    /** What an operator sees at a path of the admin listener. */
    static String page(Gateway gateway, String path) {
        for (AdminListener.Route route : gateway.adminRoutes()) {
            if (route.path().equals(path)) {
                return route.page().answer(Map.of()).text();
            }
        }
        throw new AssertionError("no page " + path);
    }

    static JsonNode json(Gateway gateway, String path) {
        try {
            return JSON.readTree(page(gateway, path));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static void limits(Gateway gateway, List<String> broken) {
        for (JsonNode limit : json(gateway, "/limits").path("limits")) {
            boolean places = limit.path("limit").asText().startsWith("concurrent");
            if (places
                    && limit.path("remaining").asLong() != limit.path("amount").asLong()) {
                broken.add("places not given back: " + limit);
            }
        }
    }

    private static void instances(Gateway gateway, List<String> broken) {
        JsonNode page = json(gateway, "/instances");
        if (page.path("queued").asInt() != 0) {
            broken.add("requests that wait for an instance: " + page.path("queued"));
        }
        for (JsonNode instance : page.path("instances")) {
            if (instance.path("in_flight").asInt() != 0) {
                broken.add("an instance that is still busy: " + instance);
            }
        }
    }

    private static String name(String line) {
        int end = Math.max(line.indexOf('{'), 0);
        return line.substring(0, end > 0 ? end : line.indexOf(' '));
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }

    /** The sum of all series of a metric that have this in their labels. */
    static double sum(Gateway gateway, String metric, String label) {
        return page(gateway, "/metrics")
                .lines()
                .filter(line -> !line.startsWith("#") && name(line).equals(metric) && line.contains(label))
                .mapToDouble(GatewayInvariants::value)
                .sum();
    }
}
