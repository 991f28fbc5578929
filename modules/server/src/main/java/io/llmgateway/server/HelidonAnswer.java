package io.llmgateway.server;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerResponse;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import io.llmgateway.pipeline.ClientAnswer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An answer on Helidon: whole answers leave in one write, streams are flushed with every write, and no write waits
 * longer than the limit for a client that does not read. Confined to one request.
 */
final class HelidonAnswer implements ClientAnswer {
    private static final Header JSON = new SentHeader(KnownNames.of("content-type"), "application/json");
    private static final Header NO_CACHE = new SentHeader(KnownNames.of("cache-control"), "no-cache");
    private static final Header NO_PROXY_BUFFER = new SentHeader(KnownNames.of("x-accel-buffering"), "no");

    /** Most bytes that are written within one write timeout. */
    private static final int PIECE = 64 * 1024;

    private final ServerResponse response;
    private final long writeNanos;
    private final LongSupplier nanoTime;
    private @Nullable OutputStream stream;
    private BooleanSupplier unread = () -> false;
    private boolean committed;
    private boolean aborted;
    private boolean ended;

    HelidonAnswer(ServerResponse response, ListenerLimits limits, LongSupplier nanoTime) {
        this.response = response;
        this.writeNanos = limits.writeTimeout().toNanos();
        this.nanoTime = nanoTime;
    }

    @Override
    public void header(String lowerCaseName, String value) {
        HeaderName name = KnownNames.of(lowerCaseName);
        response.header(new SentHeader(name, value));
    }

    /** Tells whether parts of the request are still unread; an answer that comes so early ends the connection. */
    void unreadWhile(BooleanSupplier stillUnread) {
        unread = stillUnread;
    }

    private void announceEarlyEnd() {
        if (unread.getAsBoolean()) {
            announceClose();
        }
    }

    /** Says in the head that the connection ends after this answer. */
    void announceClose() {
        if (!committed) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
    }

    @Override
    public void whole(int status, byte[] body, int length) {
        announceEarlyEnd();
        committed = true;
        ended = true;
        response.status(Status.create(status));
        response.header(JSON);
        if (length <= PIECE) {
            guarded(() -> response.send(body, 0, length));
            return;
        }
        // a client that reads slowly is given time for each piece
        response.contentLength(length);
        OutputStream out = response.outputStream();
        pieces(out, body, length);
        finish();
    }

    @Override
    public void begin(int status, String contentType) {
        announceEarlyEnd();
        committed = true;
        response.status(Status.create(status));
        response.header(new SentHeader(HeaderNames.CONTENT_TYPE, contentType));
        if (contentType.startsWith("text/event-stream")) {
            response.header(NO_CACHE);
            response.header(NO_PROXY_BUFFER);
        }
        stream = response.outputStream();
    }

    @Override
    public void write(byte[] bytes, int length) {
        OutputStream out = stream;
        if (out == null) {
            throw new IllegalStateException("begin must come before write");
        }
        pieces(out, bytes, length);
    }

    private void pieces(OutputStream out, byte[] bytes, int length) {
        int at = 0;
        do {
            int from = at;
            int count = Math.min(PIECE, length - from);
            guarded(() -> {
                out.write(bytes, from, count);
                out.flush();
            });
            at += count;
        } while (at < length);
    }

    @Override
    public void end() {
        ended = true;
        if (stream != null) {
            finish();
        }
    }

    private void finish() {
        if (response instanceof RoutingResponse routed) {
            // only this writes the last chunk; closing the stream does not
            guarded(routed::commit);
        }
    }

    @Override
    public void abort() {
        aborted = true;
    }

    @Override
    public boolean committed() {
        return committed;
    }

    /** True when the client got a complete answer, so that the connection may serve another request. */
    boolean complete() {
        return ended && !aborted;
    }

    /**
     * A write of another thread than the connection's: a keep-alive, the only thing in a send buffer that takes
     * thousands of them. The deadlines are the connection's own.
     */
    private static void keepingAlive(Write write) {
        try {
            write.run();
        } catch (IOException | RuntimeException e) {
            throw new GatewayException(new CallerFault.ClientGone(), e);
        }
    }

    private void guarded(Write write) {
        if (!GuardedConnection.CURRENT.isBound()) {
            keepingAlive(write);
            return;
        }
        GuardedConnection connection = GuardedConnection.CURRENT.get();
        boolean inTime = false;
        connection.arm(nanoTime.getAsLong() + writeNanos);
        try {
            if (!connection.expired()) {
                write.run();
            }
        } catch (IOException | UncheckedIOException | ServerConnectionException e) {
            aborted = true;
            throw new GatewayException(new CallerFault.ClientGone(), e);
        } catch (RuntimeException e) {
            aborted = true;
            if (connection.expired()) {
                // the ways in which a write says that it was interrupted are many
                throw new GatewayException(new CallerFault.ClientGone(), e);
            }
            throw e;
        } finally {
            inTime = connection.disarm();
        }
        if (!inTime) {
            aborted = true;
            throw new GatewayException(new CallerFault.ClientGone());
        }
    }

    /** One write to the socket. */
    @FunctionalInterface
    private interface Write {
        void run() throws IOException;
    }
}
