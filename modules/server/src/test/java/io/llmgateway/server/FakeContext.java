package io.llmgateway.server;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A connection whose client is a queue of texts; an empty text means that the client has left. Thread-safe. */
final class FakeContext implements ConnectionContext {
    private final BlockingQueue<String> sent = new LinkedBlockingQueue<>();
    private final DataReader reader = DataReader.create(this::next);

    void send(String text) {
        sent.add(text);
    }

    private byte @Nullable [] next() {
        try {
            String text = sent.take();
            return text.isEmpty() ? null : text.getBytes(StandardCharsets.ISO_8859_1);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public DataReader dataReader() {
        return reader;
    }

    @Override
    public ListenerContext listenerContext() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ExecutorService executor() {
        throw new UnsupportedOperationException();
    }

    @Override
    public DataWriter dataWriter() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Router router() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
        return Optional.empty();
    }

    @Override
    public HelidonSocket serverSocket() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PeerInfo remotePeer() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PeerInfo localPeer() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isSecure() {
        return false;
    }

    @Override
    public String socketId() {
        return "0";
    }

    @Override
    public String childSocketId() {
        return "0";
    }
}
