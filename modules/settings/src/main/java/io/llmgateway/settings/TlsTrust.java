package io.llmgateway.settings;

import io.llmgateway.files.SmallFile;
import io.llmgateway.files.TlsIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which certificates of instances are trusted. Immutable, thread-safe.
 *
 * @param caCertificates a PEM file of authorities that replace the built-in ones; empty for the built-in ones
 * @param identity the certificate shown to instances that ask for one; empty for none
 * @param insecureSkipVerify when true every certificate is taken; for test set-ups only
 * @param version a digest of what is in the files; two that differ in it need connections of their own
 */
public record TlsTrust(
        Optional<Path> caCertificates, Optional<TlsIdentity> identity, boolean insecureSkipVerify, String version) {
    /** The authorities Java comes with, always checked. */
    public static final TlsTrust DEFAULT = of(Optional.empty(), Optional.empty(), false);

    /** With the files as they are now. */
    public static TlsTrust of(
            Optional<Path> caCertificates, Optional<TlsIdentity> identity, boolean insecureSkipVerify) {
        List<Path> files = Stream.concat(
                        caCertificates.stream(),
                        identity.stream().flatMap(own -> Stream.of(own.certificate(), own.key())))
                .toList();
        return new TlsTrust(caCertificates, identity, insecureSkipVerify, files.isEmpty() ? "" : digest(files));
    }

    private static String digest(List<Path> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                if (SmallFile.isReadable(file)) {
                    digest.update(SmallFile.read(file, SmallFile.MAX_PEM_BYTES));
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException | IOException e) {
            // unreadable files are reported by their readers
            return "unreadable";
        }
    }
}
