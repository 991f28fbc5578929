package io.llmgateway.launcher;

import io.llmgateway.limits.LimitStatus;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What {@code GET /limits} tells operators: what is left of every limit, when it refills. Stateless. */
final class LimitsPage {
    private static final long NANOS_PER_MICRO_DOLLAR = 1_000;

    private LimitsPage() {}

    static String text(List<LimitStatus> statuses) {
        OutBuffer out = new OutBuffer(1024);
        JsonOut json = new JsonOut(out);
        json.object().array("limits");
        for (LimitStatus status : statuses) {
            boolean money = status.limit().startsWith("budget");
            long unit = money ? NANOS_PER_MICRO_DOLLAR : 1;
            json.object()
                    .field("scope", status.owner())
                    .field("models", status.models().isEmpty() ? "*" : status.models());
            json.field("limit", status.limit()).field("unit", money ? "micro_usd" : "count");
            json.field("amount", status.amount() / unit).field("remaining", status.remaining() / unit);
            json.field("reset_ms", status.reset().toMillis());
            json.endObject();
        }
        json.endArray().endObject();
        return new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
    }
}
