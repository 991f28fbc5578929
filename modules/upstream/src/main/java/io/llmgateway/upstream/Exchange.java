package io.llmgateway.upstream;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Confined to one thread. Closing it before the body
 * was read to its end closes the connection, which tells the provider to stop.
 */
public final class Exchange implements AutoCloseable {
    /** Most bytes that are read behind the end of an answer so that its connection can be kept. */
    private static final int MAX_DRAINED = 64 * 1024;

    private static final int DRAIN_PIECE = 512;

    private final ConnectionPool pool;
    private final Channel channel;
    private final BodyReader body;
    private final Cancellation cancellation;
    private boolean failed;
    private boolean closed;

    Exchange(ConnectionPool pool, Channel channel, BodyReader body, Cancellation cancellation) {
        this.cancellation = cancellation;
        this.pool = pool;
        this.channel = channel;
        this.body = body;
    }

    /** The status of the answer, 200 to 599. */
    public int status() {
        return channel.head().status();
    }

    /** The first value of a header field, by its lower-case name; null when absent. */
    public @Nullable String header(String lowerCaseName) {
        return channel.head().value(lowerCaseName);
    }

    /** The declared length of the body in bytes; -1 when it is not known beforehand. */
    public long declaredLength() {
        return body.declaredLength();
    }

    /**
     * Reads what is there of the body, waiting only when there is nothing.
     *
     * @return how many bytes, at least 1; -1 at the proper end of the body
     * @throws GatewayException when the connection fails, a deadline passes or the bytes break HTTP
     */
    public int read(byte[] target, int offset, int length) {
        try {
            return body.read(target, offset, length);
        } catch (IOException e) {
            failed = true;
            throw new GatewayException(pool.failure(channel, e, cancellation.cancelled()), e);
        }
    }

    /**
     * Sets the next deadline; the call's total deadline always holds as well.
     *
     * @param kind the error kind when it passes
     * @param nanoTime monotonic time in nanoseconds
     */
    public void arm(ErrorKind kind, long nanoTime) {
        channel.deadline().arm(kind, nanoTime);
    }

    /**
     * Takes the deadline of {@link #arm} away, for a time in which nobody waits for this provider; the call's total
     * deadline still holds.
     */
    public void disarm() {
        channel.deadline().armTotal();
    }

    /**
     * Reads what is left of the body behind the end of the answer, which the caller knows from the answer itself, so
     * that the connection can carry another exchange. Never waits longer than it is told, whatever the provider does,
     * and never throws; after false nothing can be read any more and {@link #close} closes the connection.
     *
     * @param nanos the longest wait, in nanoseconds
     * @return true when the body has come to its proper end
     */
    public boolean drained(long nanos) {
        if (failed) {
            return false;
        }
        failed = true;
        long until = pool.now() + Math.max(0, nanos);
        channel.deadline().arm(ErrorKind.TIMEOUT_IDLE, until);
        try {
            channel.hurry(until, pool.clock());
            failed = !emptied();
            channel.unhurried();
        } catch (IOException e) {
            // too late or broken: either way the connection is of no use
            failed = true;
        }
        return !failed;
    }

    private boolean emptied() throws IOException {
        byte[] piece = new byte[DRAIN_PIECE];
        int read = 0;
        while (read <= MAX_DRAINED) {
            int count = body.read(piece, 0, piece.length);
            if (count < 0) {
                return true;
            }
            read += count;
        }
        return false;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        cancellation.using(null);
        boolean keepAlive = channel.head().http11() && !channel.head().hasToken("connection", "close");
        pool.release(channel, !failed && !cancellation.cancelled() && keepAlive && body.reusable());
    }
}
