package io.llmgateway.upstream;

import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.Slice;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
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

    private final Socket raw;
    private final InputStream rawIn;
    private final boolean secure;
    private final InputStream in;
    private final OutputStream out;
    private final Deadline deadline = new Deadline();
    private final long createdAt;
    private final ResponseHead head = new ResponseHead();
    private byte[] buffer = new byte[READ_AHEAD];
    private int position;
    private int limit;
    private long idleSince;
    private boolean used;
    private @Nullable LongSupplier hurryClock;
    private long hurryUntil;
    private volatile boolean dead;

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

    void idleSince(long now) {
        idleSince = now;
        used = true;
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

    /** Reads one response head; false when the peer closed before its first byte. */
    boolean readHead() throws IOException {
        int seen = 0;
        while (true) {
            int end = headEnd(position + seen);
            if (end >= 0) {
                head.parse(buffer, position, end - position);
                position = end;
                return true;
            }
            int there = limit - position;
            if (there > ResponseHead.MAX_BYTES) {
                throw new BadResponseException("the head is larger than " + ResponseHead.MAX_BYTES + " bytes");
            }
            seen = Math.max(0, there - 3);
            if (!fill()) {
                if (there == 0) {
                    return false;
                }
                throw new BadResponseException("the connection ended inside the head");
            }
        }
    }

    private int headEnd(int from) {
        for (int i = from; i + 3 < limit; i++) {
            if (buffer[i] == '\r' && buffer[i + 1] == '\n' && buffer[i + 2] == '\r' && buffer[i + 3] == '\n') {
                return i + 4;
            }
        }
        return -1;
    }

    /** Reads more bytes behind those there are; false at the end of the connection. */
    private boolean fill() throws IOException {
        if (position == limit) {
            boolean filled = limit == buffer.length && limit < BUSY_READ_AHEAD;
            buffer = filled ? new byte[BUSY_READ_AHEAD] : buffer;
            position = 0;
            limit = 0;
        } else if (limit == buffer.length && position > 0) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            limit -= position;
            position = 0;
        } else if (limit == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        int count = receive(buffer, limit, buffer.length - limit);
        if (count < 0) {
            return false;
        }
        limit += count;
        return true;
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
        return in.read(target, offset, length);
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
            return buffered() > 0 || rawIn.available() > 0 || (secure && in.available() > 0);
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * True when what came on an idle connection was no more than TLS's own words that the other side closes it. The
     * connection is of no use afterwards.
     */
    boolean closedInOrder() {
        if (!secure || buffered() > 0) {
            return false;
        }
        try {
            raw.setSoTimeout(1);
            return in.read() < 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** True when the bytes read ahead begin like an alert of TLS. */
    boolean beginsLikeTls() {
        return buffered() >= 2 && buffer[position] == 0x15 && buffer[position + 1] == 3;
    }

    /** Bytes that were read ahead. */
    int buffered() {
        return limit - position;
    }

    /**
     * True when the head of another chunk with data lies in the bytes read ahead, so that going on to it does not wait.
     *
     * @param afterChunk true when the line end of the chunk before it comes first
     */
    boolean holdsChunkHead(boolean afterChunk) {
        int at = position + (afterChunk ? 2 : 0);
        if (at >= limit || buffer[at] == '0') {
            return false;
        }
        while (at < limit && buffer[at] != '\n') {
            at++;
        }
        return at < limit;
    }

    /** The next byte, waiting for it; -1 at the end of the connection. */
    int next() throws IOException {
        if (position == limit && !fill()) {
            return -1;
        }
        return buffer[position++] & 0xff;
    }

    /** Bytes that are there, or those the next read brings; -1 at the end of the connection. */
    int read(byte[] target, int offset, int length) throws IOException {
        if (position == limit) {
            return receive(target, offset, length);
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, target, offset, count);
        position += count;
        return count;
    }

    /** Gives large buffers back before the connection goes idle. */
    void trim() {
        if (buffer.length > READ_AHEAD) {
            buffer = new byte[READ_AHEAD];
            position = 0;
            limit = 0;
        }
    }
}
