package io.llmgateway.upstream;

import io.llmgateway.http.BadMessageException;
import io.llmgateway.http.Input;
import io.llmgateway.http.Limits;
import io.llmgateway.http.ResponseHead;
import io.llmgateway.upstream.Origin.ForwardProxy;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks an HTTP proxy for a tunnel to an instance: CONNECT, RFC 9110 section 9.3.6. Stateless. */
final class ProxyTunnel {
    private static final Limits HEAD = new Limits(16 * 1024, 16 * 1024, 100);

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
        String refusal = refusal(socket.getInputStream());
        if (!refusal.isEmpty()) {
            throw new IOException(
                    "the proxy " + proxy.host() + ":" + proxy.port() + " gave no tunnel: " + printable(refusal));
        }
    }

    /** Empty when the tunnel is open. Reads byte by byte, since what follows the head belongs to TLS. */
    private static String refusal(InputStream in) throws IOException {
        ResponseHead head = new ResponseHead(HEAD);
        try {
            if (!head.read(new Input(in::read, 1, 1))) {
                return "it closed the connection";
            }
        } catch (BadMessageException e) {
            return "it breaks HTTP/1.1: " + e.getMessage();
        }
        return head.status() < 300 ? "" : head.status() + " " + head.reason();
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
