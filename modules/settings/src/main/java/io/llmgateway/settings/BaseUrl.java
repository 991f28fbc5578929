package io.llmgateway.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where an instance is: {@code https://api.openai.com/v1}. Never holds credentials, a query or the address of a cloud's
 * metadata service. Immutable, thread-safe.
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
        String host = uri.getHost();
        if (host == null || host.isEmpty()) {
            throw new IllegalArgumentException("must be a URL with a host such as https://api.example.com/v1");
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
        if (port == 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("must have a port of 1 to " + MAX_PORT + " or none");
        }
        if (MetadataAddresses.isNamedBy(host)) {
            throw new IllegalArgumentException("must not lead to a cloud metadata address");
        }
        return new BaseUrl(scheme, host.toLowerCase(Locale.ROOT), port, withoutTrailingSlashes(uri.getRawPath()));
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

    private static String withoutTrailingSlashes(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }
}
