package io.llmgateway.settings;

import io.llmgateway.model.Secret;

/**
 * How client keys are checked. Immutable, thread-safe.
 *
 * @param pepper goes into hashes of the form {@code hmac-sha256:}; the empty secret when there is none
 * @param failedAuthPerMinute wrong keys from one address before it is told to wait, 1 to 1,000,000; 0 = never
 */
public record AuthSettings(Secret pepper, int failedAuthPerMinute) {
    /** No pepper, 60 wrong keys in a minute. */
    public static final AuthSettings DEFAULT = new AuthSettings(Secret.of(""), 60);
}
