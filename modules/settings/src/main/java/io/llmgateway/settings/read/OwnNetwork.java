package io.llmgateway.settings.read;

import io.llmgateway.settings.BaseUrl;
import java.util.List;

/** Tells servers of one's own network from public providers, by their addresses. Stateless, thread-safe. */
final class OwnNetwork {
    private static final int OCTETS = 4;
    /** Top-level names that are never public: RFC 2606, 6761, 6762, 8375 and what networks use by habit. */
    private static final List<String> ENDINGS = List.of(
            ".local",
            ".localhost",
            ".internal",
            ".lan",
            ".home.arpa",
            ".intranet",
            ".corp",
            ".svc",
            ".private",
            ".test");

    private OwnNetwork() {}

    /** True for a name of one label, a name that is never public, and an address of a private network. */
    static boolean holds(BaseUrl url) {
        String host = url.host();
        if (host.startsWith("[")) {
            return host.equals("[::1]") || host.startsWith("[fc") || host.startsWith("[fd") || host.startsWith("[fe80");
        }
        return host.indexOf('.') < 0 || ENDINGS.stream().anyMatch(host::endsWith) || privateIpV4(host);
    }

    private static boolean privateIpV4(String host) {
        String[] octets = host.split("\\.", -1);
        if (octets.length != OCTETS || !host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'))) {
            return false;
        }
        int second = octets[1].isEmpty() || octets[1].length() > 3 ? -1 : Integer.parseInt(octets[1]);
        return switch (octets[0]) {
            case "10", "127" -> true;
            case "192" -> second == 168;
            case "172" -> second >= 16 && second < 32;
            case "169" -> second == 254;
            case "100" -> second >= 64 && second < 128;
            default -> false;
        };
    }
}
