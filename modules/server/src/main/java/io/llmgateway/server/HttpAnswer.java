package io.llmgateway.server;

import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.RequestId;
import io.llmgateway.pipeline.ClientAnswer;
import io.llmgateway.wire.OutBuffer;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An answer of HTTP/1.1: whole answers leave with their head in one write, streams in chunks, each in one write, and no
 * write waits longer than the limit for a client that does not read. A client of HTTP/1.0 gets streams up to the end of
 * the connection; HEAD gets the head alone. Confined to one request. Source: RFC 9112, sections 6 and 7.
 */
final class HttpAnswer implements ClientAnswer {
    /** Most bytes that are written within one write timeout. */
    private static final int PIECE = 64 * 1024;

    /** A body up to this size is copied behind the head, so that both leave in one write. */
    private static final int GATHERED = 32 * 1024;

    private static final int NO_CONTENT = 204;
    private static final int UNAUTHORIZED = 401;

    private static final byte[] JSON = HeadText.ascii("Content-Type: application/json\r\n");
    private static final byte[] CLOSE = HeadText.ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = HeadText.ascii("Connection: keep-alive\r\n");
    private static final byte[] CHUNKED = HeadText.ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] NO_CACHE = HeadText.ascii("Cache-Control: no-cache\r\n");
    private static final byte[] NO_PROXY_BUFFER = HeadText.ascii("X-Accel-Buffering: no\r\n");
    /** RFC 9110, 11.6.1: an answer of 401 says how to authenticate. */
    private static final byte[] CHALLENGE = HeadText.ascii("WWW-Authenticate: Bearer\r\n");

    private static final byte[] LAST_CHUNK = HeadText.ascii("0\r\n\r\n");

    private final ClientWire wire;
    private final OutBuffer out;
    private final OutBuffer fields;
    private final boolean http11;
    private final boolean bodyless;
    private BooleanSupplier ending = () -> false;
    private boolean close;
    private boolean chunked;
    private boolean begun;
    private boolean committed;
    private boolean silent;
    private @Nullable RequestId told;
    private boolean aborted;
    private boolean ended;

    /**
     * Begins an answer.
     *
     * @param out where what is written together is gathered; empty
     * @param fields where fields wait for the status; empty
     * @param http11 whether the client speaks HTTP/1.1
     * @param bodyless whether the answer has a head alone, as to HEAD
     */
    HttpAnswer(ClientWire wire, OutBuffer out, OutBuffer fields, boolean http11, boolean bodyless) {
        this.wire = wire;
        this.out = out;
        this.fields = fields;
        this.http11 = http11;
        this.bodyless = bodyless;
    }

    /** The client was answered by another thread already, or cannot be: what is said from now on goes nowhere. */
    void silence(@Nullable RequestId toldId) {
        told = toldId;
        silent = true;
        close = true;
    }

    @Override
    public @Nullable RequestId told() {
        return told;
    }

    @Override
    public void header(String lowerCaseName, String value) {
        HeadText.field(fields, lowerCaseName, value);
    }

    /**
     * Tells, when the head is written, whether the connection must end: parts of the request are still unread, or the
     * gateway leaves.
     */
    void closeWhen(BooleanSupplier mustEnd) {
        ending = mustEnd;
    }

    /** Says in the head that the connection ends after this answer. */
    void announceClose() {
        close = true;
    }

    private void head(int status) {
        close |= ending.getAsBoolean();
        committed = true;
        HeadText.status(out, status);
        HeadText.date(out);
        out.write(fields.array(), 0, fields.length());
        if (close) {
            out.write(CLOSE);
        } else if (!http11) {
            out.write(KEEP_ALIVE);
        }
    }

    @Override
    public void whole(int status, byte[] body, int length) {
        fields.write(JSON);
        sendWhole(status, body, length);
    }

    /** Sends a whole answer of another type; an empty type for none. */
    void whole(int status, String contentType, byte[] body) {
        if (!contentType.isEmpty()) {
            HeadText.field(fields, "Content-Type", contentType);
        }
        sendWhole(status, body, body.length);
    }

    private void sendWhole(int status, byte[] body, int length) {
        if (committed) {
            throw new IllegalStateException("the response has begun");
        }
        ended = true;
        if (status == UNAUTHORIZED) {
            fields.write(CHALLENGE);
        }
        head(status);
        if (status != NO_CONTENT) {
            HeadText.contentLength(out, length);
        }
        out.write(HeadText.CRLF);
        int at = 0;
        if (!bodyless && status != NO_CONTENT) {
            at = length <= GATHERED ? length : 0;
            out.write(body, 0, at);
        } else {
            at = length;
        }
        flush();
        // a client that reads slowly is given time for each piece
        while (at < length) {
            int count = Math.min(PIECE, length - at);
            send(body, at, count);
            at += count;
        }
    }

    @Override
    public void begin(int status, String contentType) {
        fields.write("Content-Type: ").write(contentType).write(HeadText.CRLF);
        if (contentType.startsWith("text/event-stream")) {
            fields.write(NO_CACHE).write(NO_PROXY_BUFFER);
        }
        chunked = http11;
        // the end of the connection is the end of such a body: RFC 9112, 6.3
        close |= !http11;
        head(status);
        if (chunked) {
            out.write(CHUNKED);
        }
        out.write(HeadText.CRLF);
        begun = true;
    }

    @Override
    public void write(byte[] bytes, int length) {
        if (!begun) {
            throw new IllegalStateException("begin must come before write");
        }
        int at = 0;
        while (at < length) {
            int count = Math.min(PIECE, length - at);
            if (!bodyless) {
                piece(bytes, at, count);
            }
            at += count;
        }
    }

    private void piece(byte[] bytes, int offset, int count) {
        if (!chunked) {
            out.write(bytes, offset, count);
        } else {
            HeadText.chunkSize(out, count);
            out.write(bytes, offset, count).write(HeadText.CRLF);
        }
        flush();
    }

    @Override
    public void end() {
        if (begun && !ended) {
            ended = true;
            if (chunked && !bodyless) {
                out.write(LAST_CHUNK);
            }
            flush();
        }
    }

    @Override
    public void abort() {
        if (begun && !ended && out.length() > 0) {
            // nothing was sent yet: a client must see an answer that is cut, not a connection without any
            flush();
        }
        aborted = true;
    }

    @Override
    public boolean committed() {
        return committed;
    }

    /** True when the client got a complete answer, so that the connection may serve another request. */
    boolean complete() {
        return ended && !aborted && !silent;
    }

    /** True when the head says that the connection ends. */
    boolean closes() {
        return close;
    }

    private void flush() {
        try {
            send(out.array(), 0, out.length());
        } finally {
            out.clear();
        }
    }

    private void send(byte[] bytes, int offset, int length) {
        if (silent || length == 0) {
            return;
        }
        try {
            wire.write(bytes, offset, length);
        } catch (IOException e) {
            aborted = true;
            throw new GatewayException(new CallerFault.ClientGone(), e);
        }
    }
}
