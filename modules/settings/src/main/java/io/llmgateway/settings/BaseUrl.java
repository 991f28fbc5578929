package io.llmgateway.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where an instance is: {@code https://api.openai.com/v1}. Never holds credentials, a query or the address of a
 * cloud's metadata service. Immutable, thread-safe.
 *
 * @param scheme {@code http} or {@code https}
 * @param host lower case; an IPv6 address is in brackets
 * @param port 1 to 65535; the scheme's own when the text had none
 * @param path empty, or starting with a slash and ending without one
 */
public record BaseUrl(String scheme, String host, int port, String path) {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_PORT_DIGITS = 5;
    private static final int MAX_HOST = 253;

    /** Reads a URL; the exception's message says what was expected and never repeats the text. */
    public static BaseUrl parse(String text) {
        URI uri = uri(text);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("must be a URL that starts with http:// or https://");
        }
        if (uri.getRawUserInfo() != null
                || String.valueOf(uri.getRawAuthority()).contains("@")) {
            throw new IllegalArgumentException("must not hold a user or password, use api-key or headers");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("must not hold a query or a fragment");
        }
        Authority authority = authority(uri);
        String host = authority.host();
        int port = authority.port() >= 0 ? authority.port() : scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
        if (port == 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("must have a port of 1 to " + MAX_PORT + " or none");
        }
        if (MetadataAddresses.isNamedBy(host)) {
            throw new IllegalArgumentException("must not lead to a cloud metadata address");
        }
        return new BaseUrl(scheme, host.toLowerCase(Locale.ROOT), port, withoutTrailingSlashes(uri.getRawPath()));
    }

    /** The same place with another path. */
    public BaseUrl withPath(String other) {
        return other.equals(path) ? this : new BaseUrl(scheme, host, port, other);
    }

    /** True for {@code https}. */
    public boolean secure() {
        return scheme.equals("https");
    }

    /** The host, and the port unless it is the scheme's own: the value of a Host header. */
    public String authority() {
        boolean ownPort = port == (secure() ? HTTPS_PORT : HTTP_PORT);
        return ownPort ? host : host + ":" + port;
    }

    @Override
    public String toString() {
        return scheme + "://" + authority() + path;
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException _) {
            // the exception would repeat the text, which may hold a password
            throw new IllegalArgumentException("must be a URL such as https://api.example.com/v1");
        }
    }

    private static Authority authority(URI uri) {
        String host = uri.getHost();
        if (host != null && !host.isEmpty()) {
            return new Authority(host, uri.getPort());
        }
        // java.net.URI knows host names of RFC 2396 only; RFC 3986 allows the names of Docker Compose, such as
        // vllm_server
        String text = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        String port = colon < 0 ? "" : text.substring(colon + 1);
        if (!isName(name) || port.length() > MAX_PORT_DIGITS || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("must be a URL with a host such as https://api.example.com/v1");
        }
        return new Authority(name, port.isEmpty() ? -1 : Integer.parseInt(port));
    }

    private static boolean isName(String text) {
        boolean allowed =
                text.chars().allMatch(c -> (c < 128 && Character.isLetterOrDigit(c)) || "-_.".indexOf(c) >= 0);
        return allowed && !text.isEmpty() && text.length() <= MAX_HOST && text.charAt(0) != '.' && !text.contains("..");
    }

    /** The port is -1 when there is none. */
    private record Authority(String host, int port) {}

    public static String withoutTrailingSlashes(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }
}
