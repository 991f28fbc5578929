package io.llmgateway.logs;

import io.llmgateway.settings.LoggingSettings;
import io.llmgateway.settings.LoggingSettings.Output;
import io.llmgateway.threads.IdleWait;
import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import io.llmgateway.wire.OutBuffer;
import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Takes lines without waiting and writes them by a thread of its own. What it holds is bounded in lines and in bytes;
 * what does not fit, or cannot be written, is dropped and counted. It looks for lines many times a second instead of
 * being woken, since waking costs those who bring lines more than the lines themselves. Thread-safe.
 */
final class LineWriter implements AutoCloseable {
    private static final int CAPACITY = 16_384;
    private static final long MOST_BYTES = 16L * 1024 * 1024;
    private static final int BATCH_BYTES = 32 * 1024;
    private static final int MOST_IN_A_ROW = 4_096;
    private static final long BUSY_NANOS = 20_000_000;
    private static final long IDLE_NANOS = 100_000_000;
    private static final long SILENT_NANOS = 1_000_000_000;
    private static final long AFTER_FAILURE_NANOS = 1_000_000;
    private static final long RETRY_NANOS = 1_000_000_000;
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final Clock clock;
    private final boolean nowhere;
    private final Ring<Line> ring = new Ring<>(CAPACITY);
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final OutBuffer batch = new OutBuffer(2 * BATCH_BYTES);
    private final IdleWait doze = new IdleWait(IDLE_NANOS, SILENT_NANOS);
    private final Loop loop;
    private volatile LoggingSettings wanted;
    private volatile boolean open = true;
    private @Nullable LoggingSettings current;
    private @Nullable Sink sink;
    private Format format = new JsonFormat();
    private int lines;
    private long wait = BUSY_NANOS;
    private boolean complained;
    private long retryAt;

    LineWriter(LoggingSettings settings, Clock clock) {
        this(settings, clock, false);
    }

    /**
     * Begins to write.
     *
     * @param nowhere true when lines are made but not kept
     */
    LineWriter(LoggingSettings settings, Clock clock, boolean nowhere) {
        this.wanted = settings;
        this.clock = clock;
        this.nowhere = nowhere;
        this.loop = Loop.until(LoopName.LOG_WRITER, this::run);
    }

    /** Takes a line; false when it is dropped. */
    boolean offer(Line line) {
        int weight = line.weight();
        if (weight > 0 && bytes.addAndGet(weight) > MOST_BYTES) {
            bytes.addAndGet(-weight);
            dropped.incrementAndGet();
            return false;
        }
        if (!open || !ring.offer(line)) {
            bytes.addAndGet(-weight);
            dropped.incrementAndGet();
            return false;
        }
        doze.wake();
        return true;
    }

    /** Writes what waits soon, not only when it is looked for. */
    void hurry() {
        loop.wake();
    }

    /** Goes on with other settings. */
    void apply(LoggingSettings settings) {
        wanted = settings;
        hurry();
    }

    long written() {
        return written.get();
    }

    long dropped() {
        return dropped.get();
    }

    int waiting() {
        return ring.size();
    }

    /** Writes what there is and rests; false when nothing comes any more and nothing is left. */
    private boolean run() {
        boolean last = !open;
        int count = MOST_IN_A_ROW;
        try {
            count = work();
        } catch (RuntimeException | StackOverflowError e) {
            // a line that cannot be put into words must not silence the others
            Loop.failed(LoopName.LOG_WRITER);
            drop();
            LockSupport.parkNanos(AFTER_FAILURE_NANOS);
        }
        wait = count > 0 ? BUSY_NANOS : Math.min(2 * wait, IDLE_NANOS);
        if (last && count == 0) {
            closeSink();
            return false;
        }
        if (count < MOST_IN_A_ROW && !last) {
            rest(wait);
        }
        return true;
    }

    private void rest(long nanos) {
        if (nanos < IDLE_NANOS) {
            LockSupport.parkNanos(nanos);
        } else {
            doze.rest(true, () -> ring.size() == 0);
        }
    }

    /** Writes what there is, up to a bound; tells how many lines it took. */
    private int work() {
        LoggingSettings settings = wanted;
        if (!settings.equals(current)) {
            closeSink();
            current = settings;
            retryAt = 0;
        }
        openSink(settings);
        int count = 0;
        Line line = ring.poll();
        while (line != null) {
            bytes.addAndGet(-line.weight());
            lines++;
            format.append(batch, line);
            if (batch.length() >= BATCH_BYTES) {
                send();
            }
            count++;
            line = count < MOST_IN_A_ROW ? ring.poll() : null;
        }
        send();
        return count;
    }

    private void send() {
        if (lines == 0) {
            return;
        }
        try {
            if (sink == null) {
                drop();
                return;
            }
            sink.write(batch.array(), batch.length());
            written.addAndGet(lines);
            lines = 0;
            batch.clear();
            complained = false;
        } catch (IOException e) {
            complain(e);
            drop();
        }
    }

    private void drop() {
        dropped.addAndGet(lines);
        lines = 0;
        batch.clear();
    }

    private void openSink(LoggingSettings settings) {
        if (sink != null || (retryAt != 0 && System.nanoTime() - retryAt < 0)) {
            return;
        }
        try {
            sink = sink(settings);
            format = format(settings);
        } catch (IOException | RuntimeException e) {
            complain(e);
            retryAt = System.nanoTime() + RETRY_NANOS;
        }
    }

    private Sink sink(LoggingSettings settings) throws IOException {
        if (nowhere) {
            return new Nowhere();
        }
        Path file = settings.file().orElse(null);
        if (file != null) {
            return new FileSink(file, settings.rotation(), clock);
        }
        return new StreamSink(settings.output() == Output.STDOUT ? FileDescriptor.out : FileDescriptor.err);
    }

    private static Format format(LoggingSettings settings) {
        boolean text = switch (settings.format()) {
            case TEXT -> true;
            case JSON -> false;
            case AUTO -> settings.file().isEmpty() && Terminal.is(settings.output() == Output.STDOUT ? 1 : 2);
        };
        return text ? new TextFormat() : new JsonFormat();
    }

    /** Says once that a file cannot be written, where it may still be read; nobody waits for this thread. */
    private void complain(Exception e) {
        LoggingSettings settings = current;
        Path file = settings == null ? null : settings.file().orElse(null);
        if (!complained && file != null) {
            String text = "warning: the log " + file + " cannot be written now, lines are dropped: " + e + "\n";
            byte[] bytes = Scrubber.clean(text).getBytes(StandardCharsets.UTF_8);
            try {
                new StreamSink(FileDescriptor.err).write(bytes, bytes.length);
            } catch (IOException _) {
                // the metric still says so
            }
        }
        complained = true;
    }

    private void closeSink() {
        if (sink != null) {
            sink.close();
            sink = null;
        }
    }

    /** Writes what waits and ends; gives up after a while when nobody reads the other end. */
    @Override
    public void close() {
        open = false;
        hurry();
        try {
            loop.join(CLOSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes lines and keeps none. */
    private static final class Nowhere implements Sink {
        @Override
        public void write(byte[] bytes, int length) {
            // it is enough that they were made
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}
