package io.llmgateway.launcher;

import io.llmgateway.logs.Logs;
import io.llmgateway.model.RequestEvent;
import io.llmgateway.model.TraceContext;
import io.llmgateway.pipeline.RequestObserver;
import io.llmgateway.traces.Traces;
import org.jspecify.annotations.Nullable;

/** Tells the log and the traces of every request. Thread-safe. */
record LogAndTraceObserver(Logs logs, Traces traces) implements RequestObserver {
    @Override
    public boolean watching() {
        return logs.watching() || traces.active();
    }

    @Override
    public @Nullable TraceContext span(@Nullable TraceContext parent) {
        return traces.span(parent);
    }

    @Override
    public int bodyLimit() {
        return logs.bodyLimit();
    }

    @Override
    public void finished(RequestEvent event) {
        logs.finished(event);
        traces.finished(event);
    }
}
