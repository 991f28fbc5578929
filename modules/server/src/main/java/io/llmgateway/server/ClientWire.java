package io.llmgateway.server;

import io.llmgateway.http.BodyReader;
import io.llmgateway.http.Input;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.RequestId;
import io.llmgateway.pipeline.LastWords;
import io.llmgateway.wire.OutBuffer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one client connection, read ahead, with a time for each wait. Used by the connection's thread; a watcher
 * may wait for bytes meanwhile, and a keep-alive may be written by another thread.
 */
final class ClientWire {
    private static final System.Logger LOG = System.getLogger(ClientWire.class.getName());

    /** Most bytes of blank lines that are skipped between two requests, or while a client is watched. */
    private static final int MAX_BLANK_BYTES = 1024;

    /** How long a client may send nothing before a connection with unread bytes is closed, in nanoseconds. */
    private static final long LINGER_SILENCE_NANOS = 500_000_000L;

    /** How long such a connection is read at most, in nanoseconds. */
    private static final long LINGER_NANOS = 2_000_000_000L;

    private static final int DROPPED_AT_ONCE = 16 * 1024;
    private static final int READ_AHEAD = 2 * 1024;

    /** Larger ones would only hold memory: a read brings at most 8 KiB, and bodies go past the buffer. */
    private static final int BUSY_READ_AHEAD = 4 * 1024;

    private static final int REQUEST_TIMEOUT = 408;

    private static final byte[] CONTINUE = HeadText.ascii("HTTP/1.1 100 Continue\r\n\r\n");

    private final ClientSocket socket;
    private final Peer peer;
    private final Connections connections;
    private final HttpHandler handler;
    private final ListenerLimits limits;
    private final Input input;
    private final InterruptDeadline deadline = new InterruptDeadline();
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable RequestId toldId;
    private InetAddress address;

    /** Wraps a socket that was accepted. */
    ClientWire(ClientSocket socket, Peer peer, Connections connections, HttpHandler handler, ListenerLimits limits) {
        this.socket = socket;
        this.peer = peer;
        this.connections = connections;
        this.handler = handler;
        this.limits = limits;
        this.input = new Input(socket::read, READ_AHEAD, BUSY_READ_AHEAD);
        this.address = peer.address();
    }

    ListenerLimits limits() {
        return limits;
    }

    Peer peer() {
        return peer;
    }

    /** Where the connection comes from, as far as a proxy has said so first. */
    InetAddress address() {
        return address;
    }

    InterruptDeadline deadline() {
        return deadline;
    }

    /** The bytes that were read ahead; for the connection's thread only, and for a head. */
    Input input() {
        return input;
    }

    long now() {
        return connections.now();
    }

    /** Lets a trusted proxy say first whose connection it is, then does the handshake of TLS; false when it failed. */
    boolean greeted(long openedAt) throws IOException {
        ClientSocket plain = peer.announced();
        if (plain != null) {
            arm(limits.headerTimeout().toNanos());
            InetAddress said = announced(plain);
            if (said == null || !deadline.disarm()) {
                return false;
            }
            address = said;
        }
        if (!(socket instanceof TlsSocket tls)) {
            return true;
        }
        deadline.arm(openedAt + limits.idleTimeout().toNanos(), null);
        if (!tls.awaitFirstByte()) {
            return false;
        }
        arm(limits.headerTimeout().toNanos());
        return tls.handshake() && deadline.disarm();
    }

    private @Nullable InetAddress announced(ClientSocket plain) throws IOException {
        try {
            return ProxyHeader.read(plain, address);
        } catch (IOException e) {
            connections.unannounced(address, expired() ? "its header does not come" : String.valueOf(e.getMessage()));
            throw e;
        }
    }

    /**
     * Ends the connection after this time, in nanoseconds; the client is told why before.
     *
     * @param id the request's id; null when it has none yet
     */
    void arm(long nanos, GatewayError late, Supplier<@Nullable String> path, @Nullable RequestId id) {
        deadline.arm(now() + nanos, () -> say(late, path.get(), id));
        connections.wake();
    }

    /** Ends the connection after this time, in nanoseconds. */
    void arm(long nanos) {
        deadline.arm(now() + nanos, null);
        connections.wake();
    }

    /** Lets the watchdog look soon. */
    void wake() {
        connections.wake();
    }

    /** Takes the time away; false when it has passed. */
    boolean disarm() {
        return deadline.disarm();
    }

    /** The id that a client was told whose request came too late; null when none was. */
    @Nullable
    RequestId toldId() {
        return toldId;
    }

    /** True once a time has passed; the connection carries nothing any more. */
    boolean expired() {
        return deadline.expired();
    }

    int buffered() {
        return input.buffered();
    }

    /** Reads from a body, waiting for a watcher that reads, whose bytes are then there. */
    int read(BodyReader body, byte[] target, int offset, int length) throws IOException {
        lock();
        try {
            return body.read(target, offset, length);
        } finally {
            reading.unlock();
        }
    }

    /** Waits for the first byte of a request, which stays where it is; false when none comes any more. */
    boolean awaitRequest() throws IOException {
        lock();
        try {
            input.trim();
            return awaitByte();
        } finally {
            reading.unlock();
        }
    }

    /**
     * Waits for a byte that is no blank line's, or for the client's end, while another thread answers it; false at the
     * end.
     */
    boolean awaitEnd() throws IOException {
        reading.lock();
        try {
            return awaitByte();
        } finally {
            reading.unlock();
        }
    }

    /** Blank lines before a request mean nothing: RFC 9112, 2.2. */
    private boolean awaitByte() throws IOException {
        for (int blank = 0; blank <= MAX_BLANK_BYTES; blank++) {
            if (!input.await()) {
                return false;
            }
            int next = input.peek();
            if (next != '\r' && next != '\n') {
                return true;
            }
            input.next();
        }
        return true;
    }

    /** Reads a body to its end that is there already; false when that would have to wait. */
    boolean skip(BodyReader body) throws IOException {
        if (!reading.tryLock()) {
            // a watcher waits for bytes, so that none are there
            return false;
        }
        try {
            long left = body.declaredLength();
            if (left < 0 || left > input.buffered()) {
                return false;
            }
            byte[] nothing = new byte[READ_AHEAD];
            int count = 0;
            while (count >= 0) {
                count = body.read(nothing, 0, nothing.length);
            }
            return body.done();
        } finally {
            reading.unlock();
        }
    }

    private void lock() throws IOException {
        try {
            // a watcher may wait for bytes meanwhile: what ends this thread's connection ends this wait too
            reading.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the connection has ended while it waited for a request");
        }
    }

    /** Lets a client that waits for it send its body: RFC 9110, 10.1.1. */
    void continueIf(boolean expected) throws IOException {
        if (expected && input.buffered() == 0) {
            socket.write(CONTINUE, 0, CONTINUE.length);
        }
    }

    /** Writes, at most for the time that a client may leave bytes unread. */
    void write(byte[] bytes, int offset, int length) throws IOException {
        if (Thread.currentThread() != deadline.owner()) {
            // a keep-alive, the only thing in a send buffer that takes thousands of them; the times are the owner's
            socket.write(bytes, offset, length);
            return;
        }
        boolean inTime = false;
        arm(limits.writeTimeout().toNanos());
        try {
            if (!deadline.expired()) {
                socket.write(bytes, offset, length);
            }
        } finally {
            inTime = deadline.disarm();
        }
        if (!inTime) {
            throw new InterruptedIOException("the client does not read");
        }
    }

    /** Writes an answer to a request that came too late, from a thread other than the connection's own. */
    private void say(GatewayError late, @Nullable String path, @Nullable RequestId id) {
        LastWords words = handler.lastWords(late, path, id);
        toldId = words.id().isEmpty() ? null : new RequestId(words.id());
        byte[] body = words.body();
        OutBuffer text = new OutBuffer(256 + body.length);
        HeadText.status(text, REQUEST_TIMEOUT);
        HeadText.date(text);
        if (!words.id().isEmpty()) {
            HeadText.field(text, words.idHeader(), words.id());
        }
        text.write("Content-Type: application/json\r\nConnection: close\r\n");
        HeadText.contentLength(text, body.length);
        text.write(HeadText.CRLF).write(body);
        try {
            socket.write(text.array(), 0, text.length());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.TRACE, "a client that was too slow has left", e);
        }
    }

    /**
     * Reads what a client still sends behind a last answer, into nothing: closing with bytes unread would reset the
     * connection and take the answer away.
     */
    void linger() {
        reading.lock();
        try {
            drop(nothing -> input.read(nothing, 0, nothing.length), LINGER_NANOS, LINGER_SILENCE_NANOS);
        } finally {
            reading.unlock();
        }
    }

    /** Where bytes come from that nobody wants; -1 at their end. */
    @FunctionalInterface
    interface Unwanted {
        int read(byte[] target) throws IOException;
    }

    /**
     * Reads bytes into nothing up to their end, or as many as are drained at most.
     *
     * @param nanos the longest that it may take
     * @param silenceNanos the longest that nothing may come
     */
    void drop(Unwanted bytes, long nanos, long silenceNanos) {
        byte[] nothing = new byte[DROPPED_AT_ONCE];
        long until = now() + nanos;
        long left = limits.mostDrained();
        try {
            int count = 0;
            while (count >= 0 && left > 0) {
                left -= count;
                arm(Math.min(until - now(), silenceNanos));
                count = bytes.read(nothing);
            }
        } catch (IOException e) {
            // whatever the client does now, the connection ends
            LOG.log(System.Logger.Level.TRACE, "a client ended after its last response", e);
        } finally {
            deadline.disarm();
        }
    }

    /** Ends the connection; what TLS still has to say must not wait for a client that does not read. */
    void close() {
        if (deadline.disarm()) {
            deadline.arm(now() + limits.writeTimeout().toNanos(), null);
        } else {
            Thread.currentThread().interrupt();
        }
        socket.close();
    }
}
