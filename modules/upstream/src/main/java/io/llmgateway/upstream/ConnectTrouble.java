package io.llmgateway.upstream;

import java.io.EOFException;
import java.io.IOException;
import java.net.BindException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Says in plain words why a connection could not be made or broke, without the names of Java's classes. Stateless. */
final class ConnectTrouble {
    /** What systems say, as far as Java has no class of its own for it; their words are Linux's. */
    private static final Map<String, String> SAID = Map.of(
            "connection refused", "the connection was refused, nothing listens on this port",
            "connection timed out", "no response in time",
            "connection reset", "the other side reset the connection",
            "broken pipe", "the other side has closed the connection",
            "socket closed", "the connection was closed",
            "no route to host", "there is no route to the host",
            "network is unreachable", "the network is unreachable",
            "host is down", "the host is down",
            "cannot assign requested address", "the gateway's machine has no free local port or address",
            "permission denied", "the system does not allow the connection");

    private ConnectTrouble() {}

    /** One clause in plain words; for what is not known, the exception's own text. Never empty. */
    static String explain(IOException e) {
        return switch (e) {
            case UnknownHostException _ -> "the host name is not found (DNS)";
            case SocketTimeoutException _ -> "no connection in time (timeouts.connect)";
            case NoRouteToHostException _ -> "there is no route to the host";
            case BindException _ -> "the gateway's machine has no free local port or address";
            case ClosedChannelException _ -> "the connection was closed";
            case EOFException _ -> "the other side has closed the connection";
            default -> said(String.valueOf(e.getMessage()));
        };
    }

    private static String said(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        Optional<String> known = SAID.entrySet().stream()
                .filter(words -> lower.startsWith(words.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
        return known.orElse("null".equals(text) || text.isBlank() ? "the connection broke" : text);
    }
}
