package io.llmgateway.balancing;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.settings.InstanceSettings;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What is known of one instance at run time. Thread-safe, without a lock. */
final class InstanceState {
    private final InstanceName name;
    private final int weight;
    private final int maxConcurrent;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder failures = new LongAdder();

    InstanceState(InstanceSettings settings) {
        this.name = settings.name();
        this.weight = settings.weight();
        this.maxConcurrent = settings.maxConcurrent();
    }

    InstanceName name() {
        return name;
    }

    int weight() {
        return weight;
    }

    boolean full() {
        return inFlight.get() >= maxConcurrent;
    }

    /** Takes a place; false when all are taken. */
    boolean enter() {
        if (inFlight.incrementAndGet() <= maxConcurrent) {
            return true;
        }
        inFlight.decrementAndGet();
        return false;
    }

    void leave() {
        inFlight.decrementAndGet();
    }

    void failed(ErrorKind kind) {
        failures.increment();
    }

    int inFlight() {
        return inFlight.get();
    }

    long failures() {
        return failures.sum();
    }
}
