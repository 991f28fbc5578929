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
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One client connection with the bounds that Helidon does not keep: how many raw bytes one request may use whatever its
 * framing, and how long each phase may take. It stands between the socket and Helidon's reader, so that an endless
 * chunk-size line is counted like any other byte. Deadlines are written by the connection's thread and read by the
 * {@link ConnectionWatchdog}.
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

    private final ConnectionContext delegate;
    private final Doze watchdog;
    private final DataReader original;
    private final DataReader counted;
    private final long maxRawBytes;
    private long rawBytes;
    private volatile long deadline = NEVER;
    private volatile boolean expired;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable Interruption interruption;
    private volatile long watchFrom = NEVER;

    GuardedConnection(ConnectionContext delegate, long maxRawBytes, Doze watchdog) {
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
        reading.lock();
        try {
            original.ensureAvailable();
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

    /** Says how to end the request that begins to run; null when it has come to its end. */
    void watch(@Nullable Interruption next, long now) {
        interruption = next;
        watchFrom = next == null ? NEVER : now + WATCH_AFTER_NANOS;
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

    /**
     * Waits for the client's next byte, or for its end, on a thread of its own. A byte belongs to the next request and
     * stays in the buffer; the end means that nobody waits for the answer.
     */
    void watch() {
        reading.lock();
        try {
            if (interruption != null && original.available() == 0) {
                original.ensureAvailable();
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

    /** Ends the request that runs, if one does, because the gateway stops. */
    void stop() {
        Interruption running = interruption;
        if (running != null) {
            running.stopping();
        }
    }

    /** A new request begins: its bytes are counted from zero. */
    void requestBegins() {
        rawBytes = 0;
    }

    /** Closes the connection when this moment passes before the next call. */
    void arm(long nanoTime) {
        deadline = nanoTime;
        watchdog.wake();
    }

    /** True when neither a deadline is armed nor a client has to be watched. */
    boolean quiet() {
        return deadline == NEVER && watchFrom == NEVER;
    }

    /** Takes the deadline away. */
    void disarm() {
        deadline = NEVER;
    }

    long deadline() {
        return deadline;
    }

    /** True once a deadline has passed and the socket was closed for it. */
    boolean expired() {
        return expired;
    }

    /** Closes the socket because a deadline has passed; called by the watchdog. */
    void expire() {
        expired = true;
        deadline = NEVER;
        delegate.serverSocket().close();
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
