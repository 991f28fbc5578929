package io.llmgateway.pipeline;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.testing.FakeClock;
import io.llmgateway.upstream.Exchange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer that a test has written down: what is read, after how long, and how it ends. Confined to one test. */
final class FakeExchange implements Exchange {
    private final FakeClock clock;
    private final Deque<Step> steps = new ArrayDeque<>();
    private final Map<String, String> headers = new HashMap<>();
    private int status = 200;
    private @Nullable ErrorKind armed;
    private long deadline = Long.MAX_VALUE;

    /** What has happened, in order. */
    final List<String> events = new ArrayList<>();

    private sealed interface Step {
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Bytes(byte[] bytes) implements Step {}

        record Silence(Duration time) implements Step {}

        record Failure(ErrorKind kind) implements Step {}
    }

    FakeExchange(FakeClock clock) {
        this.clock = clock;
    }

    FakeExchange status(int code) {
        status = code;
        return this;
    }

    FakeExchange with(String name, String value) {
        headers.put(name, value);
        return this;
    }

    FakeExchange sends(String text) {
        steps.add(new Step.Bytes(text.getBytes(StandardCharsets.UTF_8)));
        return this;
    }

    FakeExchange isSilentFor(Duration time) {
        steps.add(new Step.Silence(time));
        return this;
    }

    FakeExchange fails(ErrorKind kind) {
        steps.add(new Step.Failure(kind));
        return this;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public @Nullable String header(String lowerCaseName) {
        return headers.get(lowerCaseName);
    }

    @Override
    public long declaredLength() {
        return -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        checkDeadline();
        Step step = steps.poll();
        return switch (step) {
            case null -> -1;
            case Step.Silence(Duration time) -> {
                clock.advance(time);
                checkDeadline();
                yield read(target, offset, length);
            }
            case Step.Failure(ErrorKind kind) -> throw failure(kind);
            case Step.Bytes(byte[] bytes) -> {
                int count = Math.min(length, bytes.length);
                System.arraycopy(bytes, 0, target, offset, count);
                if (count < bytes.length) {
                    byte[] rest = new byte[bytes.length - count];
                    System.arraycopy(bytes, count, rest, 0, rest.length);
                    steps.addFirst(new Step.Bytes(rest));
                }
                yield count;
            }
        };
    }

    private void checkDeadline() {
        if (armed != null && clock.getAsLong() - deadline >= 0) {
            throw failure(armed);
        }
    }

    private static GatewayException failure(ErrorKind kind) {
        return new GatewayException(new UpstreamFault.ExchangeFailed(kind, new InstanceName("i"), "as scripted"));
    }

    @Override
    public void arm(ErrorKind kind, long nanoTime) {
        armed = kind;
        deadline = nanoTime;
    }

    @Override
    public void disarm() {
        armed = null;
    }

    @Override
    public boolean drained(long nanos) {
        events.add("drained");
        return steps.isEmpty();
    }

    @Override
    public void close() {
        events.add("closed");
    }
}
