package io.llmgateway.metrics;

import io.helidon.metrics.api.Tag;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.Protocol;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** What every request is counted by: its outcome and its duration. Series are made when first met. Thread-safe. */
@SuppressWarnings("EnumOrdinal") // indexes arrays of this process, never leaves it
final class RequestMeters {
    private static final int OUTCOMES = ErrorKind.values().length + 1;
    private static final int STREAMS = 2;
    private static final int PROTOCOLS = Protocol.values().length;

    private final Meters meters;
    private final Histogram durations = Histogram.ofTimes(MetricCatalog.DURATION, MetricCatalog.REQUEST_BUCKETS);
    private final Histogram overheads = Histogram.ofTimes(MetricCatalog.OVERHEAD, MetricCatalog.OVERHEAD_BUCKETS);
    private final AtomicReferenceArray<@Nullable Tally> outcomes =
            new AtomicReferenceArray<>(PROTOCOLS * STREAMS * OUTCOMES);
    private final AtomicReferenceArray<Histogram.@Nullable Cells> durationOf =
            new AtomicReferenceArray<>(PROTOCOLS * STREAMS);
    private final AtomicReferenceArray<Histogram.@Nullable Cells> overheadOf = new AtomicReferenceArray<>(PROTOCOLS);

    RequestMeters(Meters meters) {
        this.meters = meters;
    }

    void finished(
            Protocol protocol, boolean stream, @Nullable ErrorKind failure, long durationNanos, long overheadNanos) {
        int group = protocol.ordinal() * STREAMS + (stream ? 1 : 0);
        int outcome = failure == null ? 0 : failure.ordinal() + 1;
        outcome(group * OUTCOMES + outcome, protocol, stream, failure).increment();
        duration(group, protocol, stream).record(durationNanos);
        overhead(protocol).record(overheadNanos);
    }

    /** Appends the histograms; the counters are the library's. */
    void expose(StringBuilder out) {
        durations.expose(out);
        overheads.expose(out);
    }

    private Tally outcome(int index, Protocol protocol, boolean stream, @Nullable ErrorKind failure) {
        Tally known = outcomes.get(index);
        if (known != null) {
            return known;
        }
        Tally made = meters.tally(
                MetricCatalog.REQUESTS,
                Tag.create("protocol", protocol.wire()),
                Tag.create("stream", Boolean.toString(stream)),
                Tag.create("outcome", failure == null ? MetricCatalog.OK : failure.wire()));
        outcomes.set(index, made);
        return made;
    }

    private Histogram.Cells duration(int index, Protocol protocol, boolean stream) {
        Histogram.Cells known = durationOf.get(index);
        if (known != null) {
            return known;
        }
        Histogram.Cells made = durations.of(Histogram.labels(
                Tag.create("protocol", protocol.wire()), Tag.create("stream", Boolean.toString(stream))));
        durationOf.set(index, made);
        return made;
    }

    private Histogram.Cells overhead(Protocol protocol) {
        Histogram.Cells known = overheadOf.get(protocol.ordinal());
        if (known != null) {
            return known;
        }
        Histogram.Cells made = overheads.of(Histogram.labels(Tag.create("protocol", protocol.wire())));
        overheadOf.set(protocol.ordinal(), made);
        return made;
    }
}
