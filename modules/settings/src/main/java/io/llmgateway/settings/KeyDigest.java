package io.llmgateway.settings;

import io.llmgateway.model.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The SHA-256 digest of a client key: all that the gateway keeps of it. Client keys are long and random, so a plain
 * digest cannot be reversed. Comparison takes the same time for every pair. Immutable, thread-safe.
 *
 * @param a bytes 0 to 7 of the digest, most significant first
 * @param b bytes 8 to 15
 * @param c bytes 16 to 23
 * @param d bytes 24 to 31
 */
public record KeyDigest(long a, long b, long c, long d) {
    /** What the text form starts with. */
    public static final String PREFIX = "sha256:";

    /** What the text form of a digest with a pepper starts with. */
    public static final String PEPPERED_PREFIX = "hmac-sha256:";

    private static final MessageDigest SHA256 = sha256();
    private static final int HEX_DIGITS = 64;
    private static final int SHOWN_DIGITS = 8;

    /** The digest of a key as a client sends it. */
    public static KeyDigest of(String key) {
        try {
            // one instance per call: instances are not thread-safe, and a cache per virtual thread would not help;
            // a copy costs less than asking all security providers again
            MessageDigest digest = (MessageDigest) SHA256.clone();
            return fromBytes(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("this Java cannot copy a SHA-256 digest", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** The digest of a key with a pepper: HMAC-SHA256, RFC 2104. */
    public static KeyDigest of(String key, Secret pepper) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(pepper.reveal().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return fromBytes(mac.doFinal(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("this Java has no HmacSHA256", e);
        }
    }

    /** Reads the form {@link #text()} gives, or the one with a pepper; hexadecimal digits in any case. */
    public static KeyDigest parse(String text) {
        String prefix = text.startsWith(PEPPERED_PREFIX) ? PEPPERED_PREFIX : PREFIX;
        if (!text.startsWith(prefix) || text.length() != prefix.length() + HEX_DIGITS) {
            throw malformed();
        }
        try {
            return fromBytes(HexFormat.of().parseHex(text, prefix.length(), text.length()));
        } catch (IllegalArgumentException _) {
            throw malformed();
        }
    }

    /** {@code sha256:} and 64 hexadecimal digits, as it stands in a configuration file. */
    public String text() {
        byte[] bytes = ByteBuffer.allocate(32)
                .putLong(a)
                .putLong(b)
                .putLong(c)
                .putLong(d)
                .array();
        return PREFIX + HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyDigest that && ((a ^ that.a) | (b ^ that.b) | (c ^ that.c) | (d ^ that.d)) == 0;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(a);
    }

    /** The first digits only, enough to tell keys apart in a log. */
    @Override
    public String toString() {
        return text().substring(0, PREFIX.length() + SHOWN_DIGITS) + "...";
    }

    private static KeyDigest fromBytes(byte[] digest) {
        ByteBuffer bytes = ByteBuffer.wrap(digest);
        return new KeyDigest(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException("must be 'sha256:' and 64 hexadecimal digits");
    }
}
