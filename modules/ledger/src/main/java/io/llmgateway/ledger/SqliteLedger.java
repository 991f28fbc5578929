package io.llmgateway.ledger;

import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A ledger in one SQLite file. Records go through a bounded queue to one writer, which stores them in batches several
 * times a second; nothing on a request's way waits for the file. A file that cannot be opened or written is tried again
 * and again, what does not fit into the queue meanwhile is lost and counted. A broken file is set aside, never deleted.
 * Thread-safe.
 */
public final class SqliteLedger implements Ledger {
    private static final System.Logger LOG = System.getLogger(SqliteLedger.class.getName());
    private static final int QUEUE = 65_536;
    private static final int BATCH = 1_000;
    private static final int REMOVED_AT_ONCE = 5_000;
    private static final int MOST_FAILURES = 3;
    private static final long WAIT_MILLIS = 200;
    private static final long RETRY_NANOS = 1_000_000_000;
    private static final Duration BETWEEN_CLEANINGS = Duration.ofMinutes(10);
    private static final Duration CLOSE = Duration.ofSeconds(10);

    private final Path file;
    private final Duration retention;
    private final Clock clock;
    private final BlockingQueue<UsageRecord> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final List<UsageRecord> batch = new ArrayList<>();
    private final Loop writer;
    private @Nullable Database database;
    private @Nullable Instant cleaned;
    private int failures;
    private boolean complained;
    private volatile long inHand;
    private volatile boolean open = true;

    private SqliteLedger(Path file, Duration retention, Clock clock, @Nullable Database database) {
        this.file = file;
        this.retention = retention;
        this.clock = clock;
        this.database = database;
        this.writer = Loop.until(LoopName.LEDGER, this::write);
    }

    /**
     * Opens the file, or makes it. A file that cannot be used now does not stop the gateway.
     *
     * @param retention records older than this are removed
     */
    public static SqliteLedger open(Path file, Duration retention, Clock clock) {
        Database opened = null;
        try {
            opened = Database.open(file);
        } catch (SQLException | IOException e) {
            complain(file, e);
            if (broken(e)) {
                setAside(file, clock.instant());
            }
        }
        return new SqliteLedger(file, retention, clock, opened);
    }

    @Override
    public boolean record(UsageRecord usage) {
        boolean taken = open && queue.offer(usage);
        if (!taken) {
            lost.incrementAndGet();
        }
        return taken;
    }

    /** Stores one batch; false when nothing comes any more and nothing is left, or can be stored. */
    private boolean write() {
        boolean given = false;
        if (open || !queue.isEmpty() || !batch.isEmpty()) {
            try {
                collect();
                given = !batch.isEmpty() && !store() && !open;
                if (given) {
                    lost.addAndGet(batch.size() + (long) queue.size());
                } else if (!batch.isEmpty()) {
                    LockSupport.parkNanos(RETRY_NANOS);
                }
                inHand = batch.size();
            } catch (InterruptedException e) {
                // the ledger is closing; what is left is stored without waiting
                open = false;
            }
            if (!given) {
                return true;
            }
        }
        closeDatabase();
        return false;
    }

    private void collect() throws InterruptedException {
        if (batch.isEmpty()) {
            UsageRecord first = queue.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            if (first != null) {
                batch.add(first);
            }
        }
        queue.drainTo(batch, BATCH - batch.size());
        inHand = batch.size();
    }

    /** True when the batch is stored and empty again. */
    private boolean store() {
        try {
            if (database != null && !database.stillThere()) {
                LOG.log(System.Logger.Level.WARNING, "the ledger {0} was deleted or replaced, it is opened anew", file);
                closeDatabase();
            }
            if (database == null) {
                database = Database.open(file);
            }
            database.insert(batch);
            written.addAndGet(batch.size());
            batch.clear();
            failures = 0;
            clean(database);
            if (complained) {
                LOG.log(System.Logger.Level.INFO, "the ledger {0} works again", file);
                complained = false;
            }
            return true;
        } catch (SQLException | IOException e) {
            if (!complained) {
                complain(file, e);
                complained = true;
            }
            closeDatabase();
            if (broken(e)) {
                setAside(file, clock.instant());
            }
            return false;
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            Loop.failed(LoopName.LEDGER);
            LOG.log(System.Logger.Level.ERROR, "the ledger " + file + " failed in a way it never should", e);
            closeDatabase();
            giveUp();
            return batch.isEmpty();
        }
    }

    /** A batch that cannot be stored for what is in it must not keep everything behind it from being stored. */
    private void giveUp() {
        failures++;
        if (failures >= MOST_FAILURES) {
            lost.addAndGet(batch.size());
            batch.clear();
            failures = 0;
        }
    }

    private void clean(Database current) throws SQLException {
        Instant now = clock.instant();
        if (cleaned != null && now.isBefore(cleaned.plus(BETWEEN_CLEANINGS)) && !now.isBefore(cleaned)) {
            return;
        }
        if (current.removeBefore(now.minus(retention), REMOVED_AT_ONCE) < REMOVED_AT_ONCE) {
            cleaned = now;
        }
    }

    private void closeDatabase() {
        try {
            if (database != null) {
                database.close();
            }
        } catch (SQLException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing the ledger", e);
        }
        database = null;
    }

    private static void complain(Path file, Exception e) {
        LOG.log(
                System.Logger.Level.WARNING,
                "the ledger {0} cannot be used now, requests go on, their usage waits and may be lost: {1}",
                file,
                String.valueOf(e.getMessage()));
    }

    private static boolean broken(Exception e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("sqlite_notadb") || message.contains("sqlite_corrupt");
    }

    private static void setAside(Path file, Instant now) {
        for (String end : List.of("", "-wal", "-shm")) {
            Path from = file.resolveSibling(file.getFileName() + end);
            Path to = file.resolveSibling(file.getFileName() + ".broken-" + now.toEpochMilli() + end);
            try {
                if (Files.exists(from)) {
                    Files.move(from, to);
                    LOG.log(System.Logger.Level.WARNING, "{0} is broken and was set aside as {1}", from, to);
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "{0} is broken and cannot be set aside: {1}", from, e.toString());
            }
        }
    }

    @Override
    public List<UsageSum> sumsBetween(Instant from, Instant until) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        try (Database reading = Database.openForReading(file)) {
            return reading.sumsBetween(from, until);
        } catch (SQLException e) {
            throw new IOException("the database " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public List<UsageSum> report(UsageQuery query) {
        try {
            return report(file, query);
        } catch (IOException e) {
            complain(file, e);
            return List.of();
        }
    }

    /**
     * A report from a file, whether a gateway has it open or not.
     *
     * @throws IOException when the file cannot be read
     */
    public static List<UsageSum> report(Path file, UsageQuery query) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException("the database " + file + " cannot be read");
        }
        try (Database reading = Database.openForReading(file)) {
            return reading.report(query);
        } catch (SQLException e) {
            throw new IOException("the database " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public Counts counts() {
        return new Counts(written.get(), lost.get(), queue.size() + inHand);
    }

    @Override
    public void close() {
        open = false;
        writer.wake();
        try {
            if (!writer.join(CLOSE)) {
                LOG.log(System.Logger.Level.WARNING, "the ledger {0} did not store everything in time", file);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
