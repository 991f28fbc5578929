package io.llmgateway.traces;

import io.llmgateway.model.RequestEvent;
import io.llmgateway.settings.BaseUrl;
import io.llmgateway.settings.TracingSettings;
import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.common.ComponentLoader;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Turns requests into spans and sends them, in batches, by a thread of its own. What does not fit into its queue, and
 * what the collector does not take, is lost and counted; nothing is sent twice. Thread-safe.
 */
final class Exporter implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Exporter.class.getName());
    private static final int QUEUE = 8_192;
    private static final int BATCH = 256;
    private static final long LOOK_MILLIS = 500;
    private static final long LINGER_NANOS = 200_000_000;
    private static final Duration CLOSE = Duration.ofSeconds(3);

    static {
        // else OpenTelemetry looks for another storage of contexts, in a module that may not look for it
        System.setProperty("io.opentelemetry.context.contextStorageProvider", "default");
    }

    private final SpanAttributes names;
    private final BlockingQueue<RequestEvent> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicLong exported = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private volatile TracingSettings wanted;
    private volatile boolean open = true;
    private final List<RequestEvent> batch = new ArrayList<>(BATCH);
    private @Nullable Loop loop;
    private @Nullable TracingSettings current;
    private @Nullable SpanExporter sender;
    private Spans spans;
    private boolean complained;

    Exporter(TracingSettings settings, SpanAttributes names) {
        this.names = names;
        this.wanted = settings;
        this.spans = new Spans(names, Resource.empty());
        begin();
    }

    /** Without a collector there is no thread either. */
    private synchronized void begin() {
        if (loop == null && open && wanted.endpoint().isPresent()) {
            loop = Loop.until(LoopName.TRACE_EXPORTER, this::run);
        }
    }

    void apply(TracingSettings settings) {
        wanted = settings;
        begin();
    }

    void offer(RequestEvent event) {
        if (!open || !queue.offer(event)) {
            lost.addAndGet(spansOf(event));
        }
    }

    private static int spansOf(RequestEvent event) {
        return 1 + event.attempts().size();
    }

    long exported() {
        return exported.get();
    }

    long lost() {
        return lost.get();
    }

    /** Sends one batch; false when nothing comes any more and nothing is left. */
    private boolean run() {
        try {
            collect(batch);
            if (!batch.isEmpty()) {
                export(batch);
            }
        } catch (InterruptedException e) {
            open = false;
        } catch (RuntimeException | ServiceConfigurationError | LinkageError | StackOverflowError e) {
            // what cannot be exported must not stop what can
            Loop.failed(LoopName.TRACE_EXPORTER);
            batch.forEach(event -> lost.addAndGet(spansOf(event)));
            complain(e);
        }
        batch.clear();
        if (open || !queue.isEmpty()) {
            return true;
        }
        shutdown();
        return false;
    }

    private void complain(Throwable e) {
        if (!complained) {
            LOG.log(System.Logger.Level.WARNING, "spans cannot be exported and are lost", e);
            complained = true;
        }
    }

    private void collect(List<RequestEvent> batch) throws InterruptedException {
        RequestEvent first = queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (first == null) {
            return;
        }
        batch.add(first);
        if (open && queue.size() < BATCH) {
            LockSupport.parkNanos(LINGER_NANOS);
        }
        queue.drainTo(batch, BATCH - 1);
    }

    private void export(List<RequestEvent> batch) {
        SpanExporter to = sender();
        List<SpanData> made = new ArrayList<>(2 * batch.size());
        batch.forEach(event -> made.addAll(spans.of(event)));
        if (to == null) {
            lost.addAndGet(made.size());
            return;
        }
        CompletableResultCode result = to.export(made);
        result.join(2 * wanted.timeout().toMillis(), TimeUnit.MILLISECONDS);
        (result.isSuccess() ? exported : lost).addAndGet(made.size());
    }

    /** The active sender for the settings; null when there is no collector any more. */
    private @Nullable SpanExporter sender() {
        TracingSettings settings = wanted;
        if (settings.equals(current)) {
            return sender;
        }
        shutdown();
        current = settings;
        spans = new Spans(
                names, Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), settings.serviceName())));
        sender = settings.endpoint().map(url -> open(settings, url)).orElse(null);
        return sender;
    }

    private static SpanExporter open(TracingSettings settings, BaseUrl url) {
        OtlpHttpSpanExporterBuilder builder = OtlpHttpSpanExporter.builder()
                .setEndpoint(url.toString())
                .setTimeout(settings.timeout())
                .setConnectTimeout(settings.timeout())
                .setRetryPolicy(null)
                .setComponentLoader(new Components());
        settings.headers()
                .forEach(header ->
                        builder.addHeader(header.name(), header.value().reveal()));
        return builder.build();
    }

    private void shutdown() {
        if (sender != null) {
            sender.shutdown().join(1, TimeUnit.SECONDS);
            sender = null;
        }
    }

    @Override
    public void close() {
        open = false;
        Loop running;
        synchronized (this) {
            running = loop;
        }
        if (running == null) {
            return;
        }
        running.wake();
        try {
            running.join(CLOSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Finds parts of OpenTelemetry from this module, which is the one that says it uses them. Stateless. */
    private static final class Components implements ComponentLoader {
        @Override
        @SuppressWarnings("unchecked") // the class was compared
        public <T> Iterable<T> load(Class<T> type) {
            return type.equals(HttpSenderProvider.class)
                    ? (Iterable<T>) ServiceLoader.load(HttpSenderProvider.class)
                    : List.of();
        }
    }
}
