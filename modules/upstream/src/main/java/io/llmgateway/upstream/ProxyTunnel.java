package io.llmgateway.upstream;

import io.llmgateway.upstream.Origin.ForwardProxy;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks an HTTP proxy for a tunnel to an instance: CONNECT, RFC 9110 section 9.3.6. Stateless. */
final class ProxyTunnel {
    private static final int MAX_HEAD = 16 * 1024;
    private static final int END_OF_HEAD = 0x0D0A0D0A;

    private ProxyTunnel() {}

    /** Returns when the socket leads to the instance; the caller has set the socket's timeout. */
    static void open(Socket socket, Origin origin, ForwardProxy proxy) throws IOException {
        String target = origin.host() + ":" + origin.port();
        StringBuilder head = new StringBuilder(128)
                .append("CONNECT ")
                .append(target)
                .append(" HTTP/1.1\r\nHost: ")
                .append(target)
                .append("\r\n");
        if (!proxy.authorization().isEmpty()) {
            head.append("Proxy-Authorization: ")
                    .append(proxy.authorization().reveal())
                    .append("\r\n");
        }
        socket.getOutputStream().write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        String status = statusLine(socket.getInputStream());
        boolean opened = status.startsWith("HTTP/1.") && status.startsWith(" 2", "HTTP/1.1".length());
        if (!opened) {
            throw new IOException(
                    "the proxy " + proxy.host() + ":" + proxy.port() + " gave no tunnel: " + printable(status));
        }
    }

    /** Reads a head byte by byte, since what follows it belongs to TLS. */
    private static String statusLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        boolean first = true;
        int last = 0;
        for (int count = 0; last != END_OF_HEAD; count++) {
            int b = in.read();
            if (b < 0 || count > MAX_HEAD) {
                throw new IOException("the proxy closed the connection or sent too long a head");
            }
            last = last << 8 | b;
            first &= b != '\r';
            if (first) {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    private static String printable(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), 80); i++) {
            char c = text.charAt(i);
            out.append(c < ' ' || c > '~' ? '?' : c);
        }
        return out.toString();
    }
}
