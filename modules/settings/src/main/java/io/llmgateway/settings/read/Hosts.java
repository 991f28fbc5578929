package io.llmgateway.settings.read;

import java.net.InetAddress;
import java.util.Locale;

/** What can be said about a host to listen on without asking a name server. Thread-safe. */
final class Hosts {
    private static final int MAX_LENGTH = 253;

    private Hosts() {}

    /** A name or an address, IPv6 without brackets; the exception says what was expected. */
    static String parse(String text) {
        boolean allowed =
                text.chars().allMatch(c -> (c < 128 && Character.isLetterOrDigit(c)) || ".-:_%".indexOf(c) >= 0);
        if (!allowed || text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("must be a host name or an IP address, without scheme and port");
        }
        return text;
    }

    /** True for localhost and for every loopback address; false for other names, whatever they resolve to. */
    static boolean isLoopback(String host) {
        if (host.toLowerCase(Locale.ROOT).equals("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
