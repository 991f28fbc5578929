package io.llmgateway.server;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.llmgateway.model.Doze;
import io.llmgateway.pipeline.Interruption;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One client connection with the bounds that Helidon does not keep: how many raw bytes one request may use whatever its
 * framing, and how long each phase may take. It stands between the socket and Helidon's reader, so that an endless
 * chunk-size line is counted like any other byte. Deadlines are written by the connection's thread and ended by the
 * {@link ConnectionWatchdog}, which interrupts that thread: the channel it is blocked in closes without any lock of the
 * socket, which the thread may hold itself. Both compare and set one value, so that the interrupt comes while a
 * deadline is armed or not at all.
 */
final class GuardedConnection implements ConnectionContext {
    /** The connection whose requests the current thread handles. */
    static final ScopedValue<GuardedConnection> CURRENT = ScopedValue.newInstance();

    /**
     * A request that is answered sooner is not worth a watcher, in nanoseconds. With the watchdog's tick it is soon
     * enough to notice within a second that a client has left, and late enough that requests which wait a moment for a
     * place or for a processor cost no watcher.
     */
    private static final long WATCH_AFTER_NANOS = 500_000_000L;

    /** No deadline is armed. */
    static final long NEVER = Long.MAX_VALUE;

    /** The deadline has passed and the interrupt is on its way, or has come. */
    private static final long EXPIRING = Long.MIN_VALUE;

    private static final long EXPIRED = Long.MIN_VALUE + 1;

    /** Most bytes of blank lines that are skipped between two requests, or while a client is watched. */
    private static final int MAX_BLANK_BYTES = 1024;

    private final ConnectionContext delegate;
    private final Doze watchdog;
    private final DataReader original;
    private final DataReader counted;
    private final long maxRawBytes;
    private long rawBytes;
    private boolean betweenRequests;
    private int blankBytes;
    private final AtomicLong deadline = new AtomicLong(NEVER);
    private volatile @Nullable Thread owner;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable Interruption interruption;
    private volatile long watchFrom = NEVER;
    private final long keepAliveNanos;
    private volatile long keepAliveAt = NEVER;
    private volatile boolean idle;

    /**
     * Guards a connection.
     *
     * @param keepAliveNanos how long a client waits for the first content until it is kept alive, and from then on as
     *     often; 0 for never
     */
    GuardedConnection(ConnectionContext delegate, long maxRawBytes, long keepAliveNanos, Doze watchdog) {
        this.keepAliveNanos = keepAliveNanos;
        this.delegate = delegate;
        this.watchdog = watchdog;
        this.maxRawBytes = maxRawBytes;
        this.original = delegate.dataReader();
        this.counted = DataReader.create(this::pull);
    }

    /** Called by the reader when it has run out of bytes; waits for a watcher, whose bytes are then there already. */
    private byte @Nullable [] pull() {
        if (rawBytes > maxRawBytes) {
            throw new CloseConnectionException("the request uses more than " + maxRawBytes + " raw bytes");
        }
        try {
            // a watcher may wait for bytes meanwhile: what ends this thread's connection ends this wait too
            reading.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CloseConnectionException("the connection has ended while it waited for a request", e);
        }
        try {
            original.ensureAvailable();
            while (betweenRequests && skipsAll(original)) {
                original.ensureAvailable();
            }
            betweenRequests = false;
            byte[] bytes = original.readBytes(original.available());
            rawBytes += bytes.length;
            return bytes;
        } catch (DataReader.InsufficientDataAvailableException e) {
            // the peer has closed its side; null is how a supplier of bytes says so
            return null;
        } finally {
            reading.unlock();
        }
    }

    /**
     * A request is over and the connection lives on: blank lines before the next one mean nothing (RFC 9112, 2.2).
     * Called by the connection's own thread.
     */
    void requestEnds() {
        blankBytes = 0;
        betweenRequests = skipsAll(counted);
    }

    /** Skips blank lines; true when nothing is left after them. */
    private boolean skipsAll(DataReader reader) {
        while (reader.available() > 0 && blankBytes < MAX_BLANK_BYTES && isBlank(reader.lookup())) {
            reader.skip(1);
            blankBytes++;
        }
        return reader.available() == 0;
    }

    private static boolean isBlank(byte next) {
        return next == '\r' || next == '\n';
    }

    /** Says how to end the request that begins to run; null when it has come to its end. */
    void watch(@Nullable Interruption next, long now) {
        interruption = next;
        watchFrom = next == null ? NEVER : now + WATCH_AFTER_NANOS;
        keepAliveAt = next == null || keepAliveNanos == 0 ? NEVER : now + keepAliveNanos;
        if (next != null) {
            watchdog.wake();
        }
    }

    /** True when a request has run for so long that its client should be watched; says so once. */
    boolean watchIsDue(long now) {
        long from = watchFrom;
        if (from == NEVER || now - from < 0) {
            return false;
        }
        watchFrom = NEVER;
        return true;
    }

    /** True when the client has waited for so long that it should be kept alive; says so once in each such time. */
    boolean keepAliveIsDue(long now) {
        long at = keepAliveAt;
        if (at == NEVER || now - at < 0) {
            return false;
        }
        keepAliveAt = now + keepAliveNanos;
        return true;
    }

    /** Keeps the client alive, on a thread of its own; does nothing once its answer has begun. */
    void keepAlive() {
        Interruption running = interruption;
        if (running != null) {
            running.keepAlive();
        }
    }

    /**
     * Waits for the client's next byte, or for its end, on a thread of its own. A byte belongs to the next request and
     * stays in the buffer, which ends the watch; the end means that nobody waits for the answer. Blank lines before a
     * request mean nothing and are skipped.
     */
    void watch() {
        reading.lock();
        try {
            int blank = 0;
            while (interruption != null && blank <= MAX_BLANK_BYTES && blankOnly()) {
                if (original.available() == 0) {
                    original.ensureAvailable();
                } else {
                    original.skip(1);
                    blank++;
                }
            }
        } catch (RuntimeException e) {
            // closed, reset or cut inside TLS: in every case nobody is there any more
            Interruption running = interruption;
            if (running != null) {
                running.clientGone();
            }
        } finally {
            reading.unlock();
        }
    }

    /** True when nothing is in the buffer, or it begins with a part of a line's end. */
    private boolean blankOnly() {
        return original.available() == 0 || isBlank(original.lookup());
    }

    /** Ends the request that runs, if one does, because the gateway stops. */
    void stop() {
        Interruption running = interruption;
        if (running != null) {
            running.stopping();
        }
    }

    /** The connection waits for a request from now on, at most until this moment; called by its own thread. */
    void idleUntil(long nanoTime) {
        idle = true;
        set(nanoTime);
    }

    /** A new request begins: its bytes are counted from zero. */
    void requestBegins() {
        idle = false;
        rawBytes = 0;
    }

    /** Says whose thread uses the connection from now on; each connection has one of its own. */
    void ownedBy(Thread thread) {
        owner = thread;
    }

    /** True when the thread that uses the connection has come to its end, or none does. */
    boolean left() {
        Thread thread = owner;
        return thread == null || !thread.isAlive();
    }

    /** Ends the connection when this moment passes before the next call; called by its own thread. */
    void arm(long nanoTime) {
        if (set(nanoTime)) {
            watchdog.wake();
        }
    }

    private boolean set(long nanoTime) {
        long before = deadline.get();
        // only the watchdog changes it meanwhile, and then it has passed
        return before > EXPIRED && deadline.compareAndSet(before, Math.max(nanoTime, EXPIRED + 1));
    }

    /** True when no deadline is armed but that of a wait for a request, and no client has to be watched. */
    boolean quiet() {
        long moment = deadline.get();
        return (idle || moment == NEVER || moment <= EXPIRED) && watchFrom == NEVER;
    }

    /**
     * Takes the deadline away; called by the connection's own thread. When it has passed, the interrupt has come and is
     * taken away too, so that nothing else that waits is interrupted by it; the connection is of no use then.
     *
     * @return false when the deadline has passed
     */
    boolean disarm() {
        long before = deadline.get();
        if (before > EXPIRED && deadline.compareAndSet(before, NEVER)) {
            return true;
        }
        while (deadline.get() != EXPIRED) {
            Thread.onSpinWait();
        }
        Thread.interrupted();
        return false;
    }

    /** True once a deadline has passed; the connection carries nothing any more. */
    boolean expired() {
        return deadline.get() <= EXPIRED;
    }

    /** Interrupts the connection's thread if a deadline has passed; called by the watchdog. */
    void expireIfDue(long now) {
        long moment = deadline.get();
        if (moment == NEVER || moment <= EXPIRED || now - moment <= 0) {
            return;
        }
        if (deadline.compareAndSet(moment, EXPIRING)) {
            try {
                Thread thread = owner;
                if (thread != null) {
                    thread.interrupt();
                }
            } finally {
                deadline.set(EXPIRED);
            }
        }
    }

    @Override
    public DataReader dataReader() {
        return counted;
    }

    @Override
    public ListenerContext listenerContext() {
        return delegate.listenerContext();
    }

    @Override
    public ExecutorService executor() {
        return delegate.executor();
    }

    @Override
    public DataWriter dataWriter() {
        return delegate.dataWriter();
    }

    @Override
    public Router router() {
        return delegate.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
        return delegate.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
        return delegate.serverSocket();
    }

    @Override
    public PeerInfo remotePeer() {
        return delegate.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
        return delegate.localPeer();
    }

    @Override
    public boolean isSecure() {
        return delegate.isSecure();
    }

    @Override
    public String socketId() {
        return delegate.socketId();
    }

    @Override
    public String childSocketId() {
        return delegate.childSocketId();
    }
}
