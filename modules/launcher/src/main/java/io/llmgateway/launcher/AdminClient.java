package io.llmgateway.launcher;

import io.llmgateway.files.TlsAuthorities;
import io.llmgateway.model.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.SocketException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Asks the admin listener of a running gateway. Immutable, thread-safe. */
final class AdminClient {
    /** Where the key is looked for when the configuration does not say. */
    static final String KEY_VARIABLE = "GATEWAY_ADMIN_KEY";

    private static final int TIMEOUT_MILLIS = 60_000;

    private final URI base;
    private final Secret key;
    private final @Nullable Path caFile;

    /**
     * Makes one.
     *
     * @param key empty for none
     * @param caFile authorities for the listener's certificate; null for the public ones
     */
    AdminClient(URI base, Secret key, @Nullable Path caFile) {
        this.base = base;
        this.key = key;
        this.caFile = caFile;
    }

    /** With the key of the environment. */
    static AdminClient of(String url, @Nullable Path caFile) throws IOException {
        String key = System.getenv(KEY_VARIABLE);
        return new AdminClient(uri(url), Secret.of(key == null ? "" : key), caFile);
    }

    /**
     * The address of a listener.
     *
     * @throws IOException when the text is none
     */
    static URI uri(String url) throws IOException {
        try {
            URI uri = new URI(url);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (URISyntaxException _) {
            // told below
        }
        throw new IOException("the address of the gateway must be a URL such as http://127.0.0.1:9090");
    }

    /**
     * A response.
     *
     * @param status HTTP status
     * @param text its body
     */
    record Answer(int status, String text) {}

    /**
     * Sends a request without a body.
     *
     * @throws IOException when nobody answers
     */
    Answer send(String method, String pathAndQuery) throws IOException {
        // the proxies of the environment lead out of the machine, this must not go there
        HttpURLConnection connection =
                (HttpURLConnection) base.resolve(pathAndQuery).toURL().openConnection(Proxy.NO_PROXY);
        if (caFile != null) {
            new TlsAuthorities(caFile).apply(connection);
        }
        connection.setRequestMethod(method);
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("Connection", "close");
        if (!key.isEmpty()) {
            connection.setRequestProperty("Authorization", "Bearer " + key.reveal());
        }
        try {
            int status = connection.getResponseCode();
            InputStream body = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
            try (InputStream in = body == null ? InputStream.nullInputStream() : body) {
                return new Answer(status, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (ConnectException e) {
            throw new IOException("nobody listens at " + base + ": does the gateway run, and on this port?", e);
        } catch (SocketException e) {
            throw new IOException(base + " ended the connection; is it https, or the other way round?", e);
        } catch (IOException e) {
            String reason = TlsAuthorities.failure(e).orElse("");
            throw reason.isEmpty()
                    ? e
                    : new IOException(
                            base + " cannot be spoken to by TLS: " + reason + "; a private CA is named with --ca-file",
                            e);
        } finally {
            connection.disconnect();
        }
    }
}
