package io.llmgateway.upstream;

import io.llmgateway.http.BodyReader;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An exchange on a connection of a pool. Confined to one thread. */
final class HttpExchange implements Exchange {
    /** Most bytes that are read behind the end of an answer so that its connection can be kept. */
    private static final int MAX_DRAINED = 64 * 1024;

    private static final int DRAIN_PIECE = 512;

    private final ConnectionPool pool;
    private final Channel channel;
    private final BodyReader body;
    private final Cancellation cancellation;
    private boolean failed;
    private boolean closed;

    HttpExchange(ConnectionPool pool, Channel channel, BodyReader body, Cancellation cancellation) {
        this.cancellation = cancellation;
        this.pool = pool;
        this.channel = channel;
        this.body = body;
    }

    @Override
    public int status() {
        return channel.head().status();
    }

    @Override
    public @Nullable String header(String lowerCaseName) {
        String value = channel.head().value(lowerCaseName);
        return value == null || isPrintable(value) ? value : null;
    }

    private static boolean isPrintable(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c > '~') {
                return false;
            }
        }
        return true;
    }

    @Override
    public long declaredLength() {
        return body.declaredLength();
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        try {
            return body.read(target, offset, length);
        } catch (IOException e) {
            failed = true;
            throw new GatewayException(pool.failure(channel, e, cancellation.cancelled()), e);
        }
    }

    @Override
    public void arm(ErrorKind kind, long nanoTime) {
        channel.deadline().arm(kind, nanoTime);
    }

    @Override
    public void disarm() {
        channel.deadline().armTotal();
    }

    @Override
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
        if (body.done() && channel.input().buffered() > 0) {
            // behind the end of the answer; whatever it is, nobody must take it for the next one
            pool.countDiscarded();
        }
        boolean keepAlive = channel.head().keepAlive();
        pool.release(channel, !failed && !cancellation.cancelled() && keepAlive && body.reusable());
    }
}
