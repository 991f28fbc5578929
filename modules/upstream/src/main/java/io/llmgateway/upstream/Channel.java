package io.llmgateway.upstream;

import io.llmgateway.http.Input;
import io.llmgateway.http.Limits;
import io.llmgateway.http.ResponseHead;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.Slice;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an instance: its socket, the bytes read ahead, and the deadline its owner armed. Used by one thread
 * at a time; {@link #kill} and the deadline may be used by any.
 */
final class Channel implements Killable {
    // thousands of streams wait at once, each with a buffer; one that is filled by a single read shows a busy stream
    private static final int READ_AHEAD = 2 * 1024;
    private static final int BUSY_READ_AHEAD = 16 * 1024;
    private static final int GATHER = 64 * 1024;
    private static final Limits HEAD = new Limits(64 * 1024, 64 * 1024, 200);

    /** The first byte of an alert record of TLS (RFC 8446, 5.1). */
    private static final int TLS_ALERT = 0x15;

    /** A server may close a connection that it keeps for some time as that time ends; it is not used so late. */
    private static final long KEPT_MARGIN_SECONDS = 1;

    private final Socket raw;
    private final InputStream rawIn;
    private final boolean secure;
    private final InputStream in;
    private final OutputStream out;
    private final Deadline deadline = new Deadline();
    private final long createdAt;
    private final Input input = new Input(this::receive, READ_AHEAD, BUSY_READ_AHEAD);
    private final ResponseHead head = new ResponseHead(HEAD);
    private long idleSince;
    private long idleNanos = Long.MAX_VALUE;
    private boolean used;
    private @Nullable LongSupplier hurryClock;
    private long hurryUntil;
    private int firstByte = -1;
    private volatile boolean dead;
    private final AtomicReference<@Nullable Runnable> onceClosed = new AtomicReference<>();

    /**
     * Wraps a connected socket.
     *
     * @param raw the TCP socket, which is closed to end everything
     * @param used the socket to talk through: {@code raw}, or the TLS socket above it
     */
    Channel(Socket raw, Socket used, long now) throws IOException {
        this.raw = raw;
        this.rawIn = raw.getInputStream();
        this.in = used.getInputStream();
        this.secure = used instanceof SSLSocket;
        this.out = used.getOutputStream();
        this.createdAt = now;
    }

    Deadline deadline() {
        return deadline;
    }

    ResponseHead head() {
        return head;
    }

    long createdAt() {
        return createdAt;
    }

    long idleSince() {
        return idleSince;
    }

    /** It has carried an exchange and waits for the next one. */
    void idleSince(long now) {
        long seconds = head.keepAliveSeconds();
        idleNanos = seconds < 0
                ? Long.MAX_VALUE
                : Duration.ofSeconds(Math.max(0, seconds - KEPT_MARGIN_SECONDS)).toNanos();
        idleSince = now;
        used = true;
    }

    /** How long its server lets it wait, as far as the last answer said so, less a margin. */
    long idleNanos() {
        return idleNanos;
    }

    /** True when it carried an exchange before, so that it may have died in silence. */
    boolean used() {
        return used;
    }

    /** Closes the socket at once; a blocked read or write fails. */
    @Override
    public void kill() {
        dead = true;
        try {
            raw.close();
        } catch (IOException e) {
            // the socket is useless either way
            dead = true;
        }
        Runnable then = onceClosed.getAndSet(null);
        if (then != null) {
            then.run();
        }
    }

    /** Says what to do once when it is closed; at once when it is already. */
    void onceClosed(Runnable then) {
        onceClosed.set(then);
        if (dead) {
            kill();
        }
    }

    boolean dead() {
        return dead;
    }

    /** Sends head and body; what fits behind the head goes out with it in one write. */
    void send(OutBuffer requestHead, Iterable<Slice> body) throws IOException {
        for (Slice slice : body) {
            if (requestHead.length() + slice.length() <= GATHER) {
                requestHead.write(slice.bytes(), slice.offset(), slice.length());
            } else {
                flush(requestHead);
                out.write(slice.bytes(), slice.offset(), slice.length());
            }
        }
        flush(requestHead);
    }

    private void flush(OutBuffer gathered) throws IOException {
        if (gathered.length() > 0) {
            out.write(gathered.array(), 0, gathered.length());
            gathered.clear();
        }
    }

    /** Reads the head of one answer; false when the peer closed before its first byte. */
    boolean readHead() throws IOException {
        return head.read(input);
    }

    private int receive(byte[] target, int offset, int length) throws IOException {
        LongSupplier clock = hurryClock;
        if (clock != null) {
            long left = hurryUntil - clock.getAsLong();
            if (left <= 0) {
                throw new SocketTimeoutException("too late");
            }
            // the socket's timeout has milliseconds, and 0 would mean for ever
            raw.setSoTimeout(Math.clamp(left / 1_000_000, 1, Integer.MAX_VALUE));
        }
        int count = in.read(target, offset, length);
        if (firstByte < 0 && count > 0) {
            firstByte = target[offset] & 0xff;
        }
        return count;
    }

    /** Lets no read wait beyond this moment; the connection must be closed when one has failed for it. */
    void hurry(long until, LongSupplier nanoTime) {
        hurryUntil = until;
        hurryClock = nanoTime;
    }

    /** Lets reads wait again. */
    void unhurried() throws IOException {
        hurryClock = null;
        raw.setSoTimeout(0);
    }

    /**
     * True when there are bytes although nothing was asked. Whatever they say, they are no answer to a request that
     * comes after them. Waits for nothing; below TLS the encrypted bytes count as well.
     */
    boolean hasUninvitedBytes() {
        try {
            return input.buffered() > 0 || rawIn.available() > 0 || (secure && in.available() > 0);
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * True when what came on an idle connection was no more than TLS's own words that the other side closes it. The
     * connection is of no use afterwards.
     */
    boolean closedInOrder() {
        if (!secure || input.buffered() > 0) {
            return false;
        }
        try {
            raw.setSoTimeout(1);
            return in.read() < 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** True when the first bytes of the connection began like an alert of TLS. */
    boolean beganLikeTls() {
        return firstByte == TLS_ALERT;
    }

    /** The answers' bytes. */
    Input input() {
        return input;
    }

    /** Gives large buffers back before the connection goes idle; what the head said is gone. */
    void trim() {
        input.trim();
        head.trim();
    }
}
