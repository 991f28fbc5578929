package io.llmgateway.upstream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections: every address of the host in turn until the connect timeout, no delay, TLS with the host name
 * checked. Only a configured proxy is used, never one of the environment. Thread-safe.
 */
final class Dialer {
    private final @Nullable SSLSocketFactory tls;
    private final boolean verify;
    private final LongSupplier nanoTime;

    /**
     * Makes a dialer.
     *
     * @param tls factory of TLS sockets; null for plain connections
     * @param verify false to accept any host name, together with a factory that trusts any certificate
     */
    Dialer(@Nullable SSLSocketFactory tls, boolean verify, LongSupplier nanoTime) {
        this.tls = tls;
        this.verify = verify;
        this.nanoTime = nanoTime;
    }

    Channel dial(Origin origin) throws IOException {
        long end = nanoTime.getAsLong() + origin.connectTimeout().toNanos();
        Origin.ForwardProxy proxy = origin.proxy().orElse(null);
        Socket raw =
                proxy == null ? connect(origin.host(), origin.port(), end) : connect(proxy.host(), proxy.port(), end);
        try {
            if (proxy != null && tls != null) {
                raw.setSoTimeout(millisUntil(end));
                ProxyTunnel.open(raw, origin, proxy);
            }
            Socket used = tls == null ? raw : secure(tls, raw, origin, end);
            return new Channel(raw, used, nanoTime.getAsLong());
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    private Socket connect(String host, int port, long end) throws IOException {
        IOException last = null;
        for (InetAddress address : InetAddress.getAllByName(host)) {
            Socket socket = new Socket(Proxy.NO_PROXY);
            try {
                socket.setTcpNoDelay(true);
                socket.connect(new InetSocketAddress(address, port), millisUntil(end));
                return socket;
            } catch (IOException e) {
                socket.close();
                last = e;
            }
        }
        throw last == null ? new java.net.UnknownHostException(host) : last;
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
        socket.startHandshake();
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
}
