package io.llmgateway.server;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which web pages may reach the admin listener: none but its own. A page of another origin says so in its Origin; a
 * page whose name was pointed at this machine afterwards (DNS rebinding) is known by its Host, which is a name that is
 * not this machine's. With a key such a page can do nothing, and operators may use any name. Stateless.
 */
final class HostNames {
    private HostNames() {}

    /**
     * Whether a request may be looked at.
     *
     * @param host the Host field, null for none
     * @param origin the Origin field, null for none
     * @param keyed whether a key is needed for everything
     */
    static boolean admits(@Nullable String host, @Nullable String origin, boolean keyed) {
        if (origin != null && !sameOrigin(host, origin)) {
            return false;
        }
        return keyed || host == null || isAddress(name(host));
    }

    private static boolean sameOrigin(@Nullable String host, String origin) {
        if (host == null) {
            return false;
        }
        try {
            URI page = URI.create(origin);
            String authority = page.getRawAuthority();
            String port = "https".equalsIgnoreCase(page.getScheme()) ? ":443" : ":80";
            return authority != null && without(port, authority).equalsIgnoreCase(without(port, host));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** A browser leaves the port of the scheme out, or not. */
    private static String without(String port, String authority) {
        return authority.endsWith(port) ? authority.substring(0, authority.length() - port.length()) : authority;
    }

    private static String name(String host) {
        int end = host.startsWith("[") ? host.indexOf(']') + 1 : host.lastIndexOf(':');
        String name = (end <= 0 ? host : host.substring(0, end)).toLowerCase(Locale.ROOT);
        // the same name, fully qualified
        return name.endsWith("localhost.") ? name.substring(0, name.length() - 1) : name;
    }

    /** An address or localhost: what no name service can point elsewhere. */
    private static boolean isAddress(String name) {
        if (name.startsWith("[") || "localhost".equals(name) || name.endsWith(".localhost")) {
            return true;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c < '0' || c > '9') && c != '.') {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
