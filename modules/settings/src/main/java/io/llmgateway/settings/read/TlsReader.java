package io.llmgateway.settings.read;

import io.llmgateway.files.SmallFile;
import io.llmgateway.files.TlsIdentity;
import io.llmgateway.files.TlsListening;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads certificates and keys; a file that cannot be used is a problem of the configuration. Thread-safe. */
final class TlsReader {
    private static final String REQUIRED = "required";
    private static final Map<String, String> CLIENTS = clients();
    private static final int SHOWN_BYTES = 4;

    private TlsReader() {}

    private static Map<String, String> clients() {
        Map<String, String> clients = new LinkedHashMap<>();
        clients.put(REQUIRED, REQUIRED);
        clients.put("optional", "optional");
        return clients;
    }

    /** A PEM file that can be read, relative to the configuration. */
    static Value<Path> file(Section section, String key) {
        Path folder = section.context().folder();
        return section.parsed(key, "PEM file", text -> {
            Path file = folder.resolve(text);
            section.context().fileUsed(file);
            if (!SmallFile.isReadable(file)) {
                throw new IllegalArgumentException("must be a PEM file that can be read");
            }
            if (file.toFile().length() > SmallFile.MAX_PEM_BYTES) {
                throw new IllegalArgumentException("must not be larger than 1MiB");
            }
            return file;
        });
    }

    /** How a listener speaks TLS; empty when nothing is written. */
    static Optional<TlsListening> listening(Section section) {
        Optional<TlsIdentity> identity = identity(section, "certificate", "key");
        Value<Path> authorities = file(section, "client-ca-certificates");
        Value<String> clients = section.choice("client-auth", CLIENTS);
        boolean counts = authorities.written() || section.context().probing();
        boolean required = !counts || clients.orElse(REQUIRED).equals(REQUIRED);
        if (authorities.written() && identity.isEmpty()) {
            section.problemAt("client-ca-certificates", "means nothing without certificate and key");
        }
        if (clients.written() && !authorities.written()) {
            section.problemAt("client-auth", "means nothing without client-ca-certificates");
        }
        authorities.optional().ifPresent(file -> {
            try (InputStream in = new ByteArrayInputStream(SmallFile.read(file, SmallFile.MAX_PEM_BYTES))) {
                if (CertificateFactory.getInstance("X.509")
                        .generateCertificates(in)
                        .isEmpty()) {
                    section.problemAt("client-ca-certificates", "holds no certificate");
                }
            } catch (IOException | CertificateException e) {
                section.problemAt("client-ca-certificates", "must be a PEM file of certificates");
            }
        });
        return identity.map(
                own -> new TlsListening(own, authorities.optional(), required, content(own, authorities.optional())));
    }

    /** What is in the files: until when the certificate is valid, and the beginnings of digests. */
    private static String content(TlsIdentity identity, Optional<Path> authorities) {
        try {
            X509Certificate leaf = identity.leaf();
            String until = leaf.getNotAfter()
                    .toInstant()
                    .atOffset(ZoneOffset.UTC)
                    .toLocalDate()
                    .toString();
            String own = "valid until " + until + " (" + digest(leaf.getEncoded()) + ")";
            return authorities.isEmpty()
                    ? own
                    : own + ", authorities " + digest(SmallFile.read(authorities.get(), SmallFile.MAX_PEM_BYTES));
        } catch (IOException | GeneralSecurityException _) {
            // told where the files are checked
            return "";
        }
    }

    private static String digest(byte[] bytes) throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
        return HexFormat.of().formatHex(digest, 0, SHOWN_BYTES);
    }

    /** A certificate with its key; both or neither. */
    static Optional<TlsIdentity> identity(Section section, String certificateKey, String keyKey) {
        Value<Path> certificate = file(section, certificateKey);
        Value<Path> key = file(section, keyKey);
        if (certificate.written() != key.written()) {
            section.problemAt(
                    certificate.written() ? certificateKey : keyKey,
                    certificateKey + " and " + keyKey + " are needed together");
            return Optional.empty();
        }
        if (certificate.optional().isEmpty() || key.optional().isEmpty()) {
            return Optional.empty();
        }
        TlsIdentity identity = new TlsIdentity(
                certificate.optional().orElseThrow(), key.optional().orElseThrow());
        String wrong = certificateKey;
        try {
            identity.leaf();
            wrong = keyKey;
            identity.keyManagers();
        } catch (IOException e) {
            section.problemAt(wrong, String.valueOf(e.getMessage()));
        }
        return Optional.of(identity);
    }
}
