package io.llmgateway.server;

import io.llmgateway.http.RequestHead;
import java.net.InetAddress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds out where a request comes from that a proxy handed on. Each proxy adds the address it saw to the end of
 * X-Forwarded-For; what stands before the first address that is not a trusted proxy's was said by the client and counts
 * for nothing. Stateless.
 */
final class Forwarded {
    /** Most addresses that are looked at, from the end. */
    private static final int MOST_HOPS = 16;

    private static final int LONGEST_ADDRESS = 64;
    private static final int DOTS = 3;

    private Forwarded() {}

    /** The address of the client; that of the connection when it is no trusted proxy's or says nothing usable. */
    static InetAddress client(InetAddress connection, RequestHead head, Predicate<InetAddress> trusted) {
        if (!trusted.test(connection) || head.count("x-forwarded-for") == 0) {
            return connection;
        }
        InetAddress nearest = connection;
        int hops = 0;
        for (int i = head.size() - 1; i >= 0; i--) {
            if (!head.named(i, "x-forwarded-for")) {
                continue;
            }
            String list = head.value(i);
            int end = list.length();
            while (end >= 0) {
                int comma = list.lastIndexOf(',', end - 1);
                InetAddress hop = parse(list.substring(comma + 1, end).strip());
                if (hop == null || ++hops > MOST_HOPS) {
                    return nearest;
                }
                nearest = hop;
                if (!trusted.test(hop)) {
                    return hop;
                }
                end = comma;
            }
        }
        return nearest;
    }

    private static boolean hasLeadingZero(String address) {
        for (int i = 0; i + 1 < address.length(); i++) {
            boolean first = i == 0 || address.charAt(i - 1) == '.';
            if (first && address.charAt(i) == '0' && address.charAt(i + 1) != '.') {
                return true;
            }
        }
        return false;
    }

    /** An address as proxies write it, with or without a port; null for anything else. */
    static @Nullable InetAddress parse(String text) {
        String address = text;
        if (address.startsWith("[")) {
            int close = address.indexOf(']');
            address = close < 0 ? "" : address.substring(1, close);
        } else if (address.indexOf(':') >= 0 && address.indexOf(':') == address.lastIndexOf(':')) {
            address = address.substring(0, address.indexOf(':'));
        }
        // the short forms of IPv4 (1.2.3 for 1.2.0.3) are nobody's spelling
        boolean complete = address.indexOf(':') >= 0
                || address.chars().filter(c -> c == '.').count() == DOTS;
        if (address.length() > LONGEST_ADDRESS || !complete) {
            return null;
        }
        if (address.indexOf(':') < 0 && hasLeadingZero(address)) {
            // 010 is 8 to some and 10 to others
            return null;
        }
        try {
            return InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
