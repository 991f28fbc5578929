package io.llmgateway.launcher;

import io.llmgateway.model.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Asks the admin listener of a running gateway. Immutable, thread-safe. */
final class AdminClient {
    /** Where the key is looked for when the configuration does not say. */
    static final String KEY_VARIABLE = "GATEWAY_ADMIN_KEY";

    private static final int TIMEOUT_MILLIS = 60_000;

    private final URI base;
    private final Secret key;

    AdminClient(URI base, Secret key) {
        this.base = base;
        this.key = key;
    }

    /** With the key of the environment. */
    static AdminClient of(String url) {
        String key = System.getenv(KEY_VARIABLE);
        return new AdminClient(URI.create(url), Secret.of(key == null ? "" : key));
    }

    /**
     * An answer.
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
        } finally {
            connection.disconnect();
        }
    }
}
