package io.llmgateway.settings;

import io.llmgateway.files.TlsListening;
import io.llmgateway.model.Secret;
import java.util.Optional;

/**
 * The admin listener: metrics, state, reload. Immutable, thread-safe.
 *
 * @param enabled whether there is one
 * @param host address or name to listen on; anything but loopback needs a key
 * @param port 0 to 65535; 0 takes a free one
 * @param readKey what those send who may only look; the empty secret for none
 * @param tls how the listener speaks TLS; empty for plain HTTP
 * @param key what admins send; the empty secret when none is needed, which loopback alone allows
 */
public record AdminSettings(
        boolean enabled, String host, int port, Secret key, Secret readKey, Optional<TlsListening> tls) {
    /** Without a key for those who may only look, and without TLS. */
    public AdminSettings(boolean enabled, String host, int port, Secret key) {
        this(enabled, host, port, key, Secret.of(""), Optional.empty());
    }

    /** On, but reachable from this machine only. */
    public static final boolean DEFAULT_ENABLED = true;
    /** Loopback only. */
    public static final String DEFAULT_HOST = "127.0.0.1";
    /** TCP port, 0 to 65535. */
    public static final int DEFAULT_PORT = 9090;
    /** A shorter admin key is refused, in characters. */
    public static final int MIN_KEY_LENGTH = 24;

    /** True when admins must show a key. */
    public boolean keyRequired() {
        return !key.isEmpty();
    }
}
