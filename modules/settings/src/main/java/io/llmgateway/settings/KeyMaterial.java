package io.llmgateway.settings;

import io.llmgateway.model.Secret;
import java.util.Base64;
import java.util.random.RandomGenerator;

/** Makes client keys. Thread-safe when the source of randomness is. */
public final class KeyMaterial {
    /** What every generated key starts with, so that leak scanners can know it. */
    public static final String PREFIX = "llmgw-";

    private static final int RANDOM_BYTES = 32;

    private KeyMaterial() {}

    /** A new key of 256 random bits: {@code llmgw-} and 43 characters. Give a SecureRandom outside of tests. */
    public static GeneratedKey generate(RandomGenerator random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        String key = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return new GeneratedKey(Secret.of(key), KeyDigest.of(key));
    }

    /** A key that was just made: the secret is shown once, the digest is kept. Immutable. */
    public record GeneratedKey(Secret secret, KeyDigest digest) {}
}
