package io.llmgateway.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Writes the records of an engine. Used by one thread at a time, which holds the connection's lock for writing. */
final class TlsRecordWriter {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ClientSocket below;

    TlsRecordWriter(ClientSocket below) {
        this.below = below;
    }

    /** Sends what the engine itself wants to say, several records at once; nothing when it wants to say nothing. */
    void flush(SSLEngine engine) throws IOException {
        ByteBuffer flight = RecordBuffers.take(0);
        try {
            boolean more = engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
            while (more) {
                ByteBuffer record = RecordBuffers.take(engine.getSession().getPacketBufferSize());
                SSLEngineResult result = engine.wrap(NOTHING, record);
                record.flip();
                more = record.hasRemaining()
                        && result.getStatus() == SSLEngineResult.Status.OK
                        && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
                if (record.remaining() > flight.remaining()) {
                    send(flight);
                }
                flight.put(record);
                RecordBuffers.give(record);
            }
            send(flight);
        } finally {
            RecordBuffers.give(flight);
        }
    }

    /** Sends all of this content. */
    void write(SSLEngine engine, ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            ByteBuffer record = RecordBuffers.take(engine.getSession().getPacketBufferSize());
            try {
                SSLEngineResult result = engine.wrap(source, record);
                send(record);
                if (result.getStatus() != SSLEngineResult.Status.OK) {
                    throw new SSLException("nothing can be written any more: " + result.getStatus());
                }
            } finally {
                RecordBuffers.give(record);
            }
        }
    }

    @SuppressWarnings("ByteBufferBackingArray") // what RecordBuffers gives has the whole of its array
    private void send(ByteBuffer filled) throws IOException {
        if (filled.position() > 0) {
            below.write(filled.array(), 0, filled.position());
        }
        filled.clear();
    }
}
