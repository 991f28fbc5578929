package io.llmgateway.launcher;

import io.llmgateway.balancing.Balancer;
import io.llmgateway.balancing.InstanceStatus;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.nio.charset.StandardCharsets;

/** What {@code GET /instances} tells operators. Stateless, thread-safe. */
final class InstancesPage {
    private InstancesPage() {}

    /** Every instance as it is now, as JSON. */
    static String text(Balancer balancer) {
        OutBuffer out = new OutBuffer(1024);
        JsonOut json = new JsonOut(out);
        json.object().field("queued", balancer.waiting()).array("instances");
        for (InstanceStatus status : balancer.statuses()) {
            json.object()
                    .field("provider", status.provider().value())
                    .field("instance", status.instance().value());
            json.field("state", status.condition().wire());
            json.field("retry_in_ms", status.backIn().toMillis());
            json.field("in_flight", status.inFlight());
            maxConcurrent(json, status.maxConcurrent());
            json.field("priority", status.priority()).field("weight", status.weight());
            json.field("latency_ms", status.latency().toMillis());
            json.field("succeeded", status.succeeded()).field("failed", status.failed());
            json.field("last_failure", status.lastFailure().map(ErrorKind::wire).orElse(null));
            json.endObject();
        }
        json.endArray().endObject();
        return new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
    }

    /** Null where there is no bound, as for other values that are not there. */
    private static void maxConcurrent(JsonOut json, int bound) {
        if (bound == InstanceSettings.UNLIMITED) {
            json.field("max_concurrent", (String) null);
        } else {
            json.field("max_concurrent", bound);
        }
    }
}
