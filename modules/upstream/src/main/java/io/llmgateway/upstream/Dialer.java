package io.llmgateway.upstream;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections within the connect timeout, lookup included: no delay, TLS with the host name checked. Only a
 * configured proxy is used, never one of the environment. Thread-safe.
 */
final class Dialer {
    private final @Nullable SSLSocketFactory tls;
    private final boolean verify;
    private final LongSupplier nanoTime;
    private final Lookups lookups;
    private final Dial.Connector connector = new Sockets();

    /**
     * Makes a dialer.
     *
     * @param tls factory of TLS sockets; null for plain connections
     * @param lookups finds addresses
     * @param verify false to accept any host name, together with a factory that trusts any certificate
     */
    Dialer(@Nullable SSLSocketFactory tls, boolean verify, LongSupplier nanoTime, Lookups lookups) {
        this.tls = tls;
        this.verify = verify;
        this.nanoTime = nanoTime;
        this.lookups = lookups;
    }

    /** Begins to open a connection, which can be ended from outside. */
    Dial begin(Origin origin) {
        return new Dial(
                connector,
                nanoTime,
                nanoTime.getAsLong() + origin.connectTimeout().toNanos());
    }

    /** Opens the connection. */
    Channel dial(Origin origin, Dial dial) throws IOException {
        long end = dial.end();
        Origin.ForwardProxy proxy = origin.proxy().orElse(null);
        Socket raw = proxy == null
                ? dial.connect(lookups, origin.host(), origin.port())
                : dial.connect(lookups, proxy.host(), proxy.port());
        try {
            if (proxy != null && tls != null) {
                raw.setSoTimeout(millisUntil(end));
                ProxyTunnel.open(raw, origin, proxy);
            }
            Socket used = tls == null ? raw : secure(tls, raw, origin, end);
            return new Channel(raw, used, nanoTime.getAsLong());
        } catch (IOException | RuntimeException e) {
            raw.close();
            if (dial.late()) {
                SocketTimeoutException late = new SocketTimeoutException("connect timed out");
                late.initCause(e);
                throw late;
            }
            throw e;
        }
    }

    private Socket secure(SSLSocketFactory factory, Socket raw, Origin origin, long end) throws IOException {
        SSLSocket socket = (SSLSocket) factory.createSocket(raw, origin.host(), origin.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(List.of("TLSv1.3", "TLSv1.2").toArray(String[]::new));
        if (verify) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        socket.setSSLParameters(parameters);
        raw.setSoTimeout(millisUntil(end));
        try {
            socket.startHandshake();
        } catch (SocketException e) {
            throw new SSLException("the remote host " + TlsTrouble.ENDED, e);
        }
        raw.setSoTimeout(0);
        return socket;
    }

    private int millisUntil(long end) throws SocketTimeoutException {
        long left = (end - nanoTime.getAsLong()) / 1_000_000;
        if (left <= 0) {
            throw new SocketTimeoutException("connect timed out");
        }
        return (int) Math.min(left, Integer.MAX_VALUE);
    }

    /** Sockets that go straight, whatever the environment says. Stateless. */
    private static final class Sockets implements Dial.Connector {
        @Override
        public Socket create() throws IOException {
            Socket socket = new Socket(Proxy.NO_PROXY);
            socket.setTcpNoDelay(true);
            return socket;
        }

        @Override
        public void connect(Socket socket, InetSocketAddress address, int millis) throws IOException {
            socket.connect(address, millis);
        }
    }
}
