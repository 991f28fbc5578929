package io.llmgateway.server;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/**
 * A TLS client of which every record can be held in hand: cut into pieces, left out, changed. Confined to one thread.
 */
final class EngineClient implements AutoCloseable {
    private static final int HEADER = 5;
    private static final int ROOM = 40_000;

    final Socket socket;
    private final SSLEngine engine;

    EngineClient(SSLContext context, int port, String version) throws IOException {
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TlsClients.TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        this.engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {version});
        engine.beginHandshake();
    }

    /** The next record the client wants to send. */
    byte[] record(byte... content) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(ROOM);
        engine.wrap(ByteBuffer.wrap(content), record);
        return Arrays.copyOf(record.array(), record.position());
    }

    /** Sends bytes as they are. */
    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** The same message of a handshake in records of so many bytes each. */
    static byte[] split(byte[] record, int each) {
        int length = record.length - HEADER;
        int count = (length + each - 1) / each;
        ByteBuffer split = ByteBuffer.allocate(length + count * HEADER);
        for (int at = 0; at < length; at += each) {
            int part = Math.min(each, length - at);
            split.put(record, 0, 3).putShort((short) part).put(record, HEADER + at, part);
        }
        return split.array();
    }

    /** Reads one whole record. */
    byte[] receive() throws IOException {
        InputStream in = socket.getInputStream();
        byte[] header = in.readNBytes(HEADER);
        if (header.length < HEADER) {
            throw new EOFException("closed after " + header.length + " bytes of a record");
        }
        int length = (header[3] & 0xff) << 8 | (header[4] & 0xff);
        byte[] record = Arrays.copyOf(header, HEADER + length);
        System.arraycopy(in.readNBytes(length), 0, record, HEADER, length);
        return record;
    }

    /** Does the whole handshake. */
    void handshake() throws IOException {
        while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_WRAP -> send(record());
                default -> content();
            }
        }
    }

    /** What the next record says, empty when it is no content. */
    byte[] content() throws IOException {
        ByteBuffer into = ByteBuffer.allocate(ROOM);
        engine.unwrap(ByteBuffer.wrap(receive()), into);
        return Arrays.copyOf(into.array(), into.position());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
