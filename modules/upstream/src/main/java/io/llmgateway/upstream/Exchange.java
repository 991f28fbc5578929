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

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        cancellation.using(null);
        boolean keepAlive = channel.head().http11()
                && !"close".equalsIgnoreCase(channel.head().value("connection"));
        pool.release(channel, !failed && !cancellation.cancelled() && keepAlive && body.reusable());
    }
}
