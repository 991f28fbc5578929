package io.llmgateway.server;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of TLS above a plain connection. The first read does the handshake, in its own thread; nothing can
 * be written before. A client that has sent less than one record costs its few bytes and no engine. A connection that
 * waits between two records holds no buffers but those few bytes.
 *
 * <p>Reading and writing have locks of their own: a writer never waits for a reader that waits for the client, nor the
 * other way round. What a reader owes the client (the answer to a key update, RFC 8446, 4.6.3) is sent by whoever holds
 * the lock for writing. A second handshake on the same connection is refused. Every wait is one of the connection
 * below, so that what ends that one (closing, an interrupt) ends it here. Thread-safe.
 */
final class TlsSocket implements ClientSocket {
    /** Most bytes a client may send until its handshake is finished: a long chain of certificates has room. */
    static final int MAX_HANDSHAKE_BYTES = 64 * 1024;

    /** Most records without content between two with some. */
    private static final int MAX_EMPTY_RECORDS = 1_000;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final byte[] PLAIN_HTTP = plainHttp("this port speaks TLS: use https\n");

    private final ClientSocket below;
    private final Supplier<SSLEngine> engines;
    private final Handshakes handshakes;
    private final TlsRecords records;
    private final TlsRecordWriter writer;
    private final ReentrantLock reading = new ReentrantLock();
    private final ReentrantLock writing = new ReentrantLock();
    private volatile @Nullable SSLEngine engine;
    private volatile boolean established;
    private volatile boolean owing;
    private boolean renegotiable;
    private boolean ended;
    private @Nullable ByteBuffer plain;

    /**
     * TLS above a connection.
     *
     * @param below the connection
     * @param engine makes an engine in server mode, once the client's first record has come
     */
    TlsSocket(ClientSocket below, Supplier<SSLEngine> engine) {
        this(below, engine, new Handshakes(1));
    }

    /**
     * TLS above a connection, with a bound on the handshakes under way.
     *
     * @param below the connection; it is closed when it is the oldest of too many handshakes
     * @param engine makes an engine in server mode, once the client's first record has come
     * @param handshakes those of the whole listener
     */
    TlsSocket(ClientSocket below, Supplier<SSLEngine> engine, Handshakes handshakes) {
        this.below = below;
        this.engines = engine;
        this.handshakes = handshakes;
        this.records = new TlsRecords(below);
        this.writer = new TlsRecordWriter(below);
    }

    private static byte[] plainHttp(String why) {
        return ("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: " + why.length()
                        + "\r\nConnection: close\r\n\r\n" + why)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Waits for the client's first byte, which may be the first of its handshake.
     *
     * @return false when the client has left before
     */
    boolean awaitFirstByte() throws IOException {
        lock(reading);
        try {
            return established || records.first() >= 0;
        } finally {
            reading.unlock();
        }
    }

    /**
     * Does the handshake, unless it is done.
     *
     * @return false when the client has left before its first byte
     * @throws IOException when it fails; the connection is closed and the client was told why, as far as TLS has words
     *     for it
     */
    boolean handshake() throws IOException {
        if (established) {
            // whoever reads now holds the lock for as long as nothing comes
            return true;
        }
        lock(reading);
        try {
            return established || begin();
        } finally {
            reading.unlock();
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        lock(reading);
        try {
            if (!established && !begin()) {
                return -1;
            }
            int count = rest(target, offset, length);
            SSLEngine own = engine;
            return count > 0 || length == 0 || own == null ? count : fresh(own, target, offset, length);
        } finally {
            reading.unlock();
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        SSLEngine own = engine;
        if (own == null || !established) {
            throw new SSLException("nothing can be written before the handshake is finished");
        }
        lock(writing);
        try {
            ByteBuffer source = ByteBuffer.wrap(bytes, offset, length);
            writer.write(own, source);
        } finally {
            writing.unlock();
        }
        payWhatIsOwed(own);
    }

    @Override
    public void close() {
        SSLEngine own = engine;
        // a writer that holds the lock may wait for a client that does not read: then nothing more is said
        if (own != null && writing.tryLock()) {
            try {
                own.closeOutbound();
                writer.flush(own);
            } catch (IOException | RuntimeException e) {
                // the connection has ended already, or its engine has failed: the other side sees its end
                established = false;
            } finally {
                writing.unlock();
            }
        }
        below.close();
    }

    @Override
    public boolean secure() {
        return true;
    }

    private static void lock(ReentrantLock lock) throws IOException {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("the connection is ended");
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    /** The handshake; false when the client left before its first byte. Anything else than TLS ends it at once. */
    private boolean begin() throws IOException {
        if (engine != null) {
            throw new SSLException("the handshake has failed");
        }
        int first = records.first();
        if (first < 0) {
            return false;
        }
        try {
            if (first != TlsRecords.HANDSHAKE) {
                refuse(first);
            }
            ByteBuffer hello = records.next();
            if (hello == null) {
                throw new EOFException("the client has left in its handshake");
            }
            handshakes.begin(below);
            try {
                shakeHands(hello);
            } finally {
                handshakes.end(below);
            }
            return true;
        } catch (IOException e) {
            close();
            throw e;
        } catch (RuntimeException e) {
            close();
            throw new SSLException("a handshake that the engine does not understand", e);
        }
    }

    private void refuse(int first) throws IOException {
        if (first >= 'A' && first <= 'Z') {
            records.dropHead();
            below.write(PLAIN_HTTP, 0, PLAIN_HTTP.length);
            throw new SSLException("plain HTTP was spoken to a port of TLS");
        }
        throw new SSLException("the first byte is none of TLS");
    }

    private void shakeHands(ByteBuffer hello) throws IOException {
        SSLEngine own = engines.get();
        engine = own;
        own.beginHandshake();
        int bytes = hello.remaining();
        take(own, hello, NOTHING);
        while (own.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
            switch (own.getHandshakeStatus()) {
                case NEED_TASK -> runTasks(own);
                case NEED_WRAP -> flushLocked(own);
                default -> bytes += handshakeRecord(own, bytes);
            }
        }
        if (own.isInboundDone() || own.isOutboundDone()) {
            throw new SSLException("the client has ended its handshake");
        }
        renegotiable = !own.getSession().getProtocol().equals("TLSv1.3");
        established = true;
    }

    private int handshakeRecord(SSLEngine own, int bytes) throws IOException {
        ByteBuffer record = records.next();
        if (record == null) {
            throw new EOFException("the client has left in its handshake");
        }
        int size = record.remaining();
        if (bytes + size > MAX_HANDSHAKE_BYTES) {
            throw new SSLException("the handshake has more than " + MAX_HANDSHAKE_BYTES + " bytes");
        }
        take(own, record, NOTHING);
        return size;
    }

    private static void runTasks(SSLEngine own) {
        Runnable task = own.getDelegatedTask();
        while (task != null) {
            task.run();
            task = own.getDelegatedTask();
        }
    }

    /** Decrypts one record and gives its buffer back; an error is told to the client. */
    private SSLEngineResult take(SSLEngine own, ByteBuffer record, ByteBuffer into) throws IOException {
        try {
            SSLEngineResult result = own.unwrap(record, into);
            if (result.getStatus() != SSLEngineResult.Status.CLOSED && record.hasRemaining()) {
                throw new SSLException("a record was not taken: " + result.getStatus());
            }
            return result;
        } catch (RuntimeException e) {
            throw new SSLException("a record that the engine does not understand", e);
        } finally {
            records.release();
        }
    }

    /** Content of the last record that did not fit into its reader's array; 0 when there is none. */
    private int rest(byte[] target, int offset, int length) {
        ByteBuffer left = plain;
        if (left == null) {
            return 0;
        }
        int count = Math.min(length, left.remaining());
        left.get(target, offset, count);
        if (!left.hasRemaining()) {
            plain = null;
            RecordBuffers.give(left);
        }
        return count;
    }

    private int fresh(SSLEngine own, byte[] target, int offset, int length) throws IOException {
        for (int empty = 0; !ended && empty <= MAX_EMPTY_RECORDS; empty++) {
            int type = records.first();
            if (type < 0) {
                // RFC 8446, 6.1: an end that TLS does not tell of may be an attacker's
                throw new EOFException("the client has left without an end of TLS");
            }
            if (renegotiable && type == TlsRecords.HANDSHAKE) {
                throw new SSLException("a second handshake is not served");
            }
            int count = content(own, target, offset, length);
            if (count > 0) {
                return count;
            }
        }
        if (!ended) {
            throw new SSLException("more than " + MAX_EMPTY_RECORDS + " records without content");
        }
        return -1;
    }

    /** The content of the next record, or as much as has room; 0 when it has none. */
    private int content(SSLEngine own, byte[] target, int offset, int length) throws IOException {
        ByteBuffer record = records.next();
        if (record == null) {
            return 0;
        }
        ByteBuffer into = null;
        try {
            if (record.remaining() <= length) {
                return produced(own, take(own, record, ByteBuffer.wrap(target, offset, length)));
            }
            into = RecordBuffers.take(record.remaining());
            int count = produced(own, take(own, record, into));
            if (count == 0) {
                RecordBuffers.give(into);
                return 0;
            }
            plain = into.flip();
            return rest(target, offset, length);
        } catch (SSLException e) {
            close();
            throw e;
        }
    }

    private int produced(SSLEngine own, SSLEngineResult result) throws IOException {
        ended |= result.getStatus() == SSLEngineResult.Status.CLOSED;
        HandshakeStatus status = result.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
            runTasks(own);
            status = own.getHandshakeStatus();
        }
        if (status == HandshakeStatus.NEED_WRAP) {
            owing = true;
            payWhatIsOwed(own);
        }
        return result.bytesProduced();
    }

    /** Sends what the engine wants to say, unless somebody writes, who then does it when his write is over. */
    private void payWhatIsOwed(SSLEngine own) throws IOException {
        while (owing && writing.tryLock()) {
            try {
                owing = false;
                writer.flush(own);
            } finally {
                writing.unlock();
            }
        }
    }

    private void flushLocked(SSLEngine own) throws IOException {
        lock(writing);
        try {
            writer.flush(own);
        } finally {
            writing.unlock();
        }
    }
}
