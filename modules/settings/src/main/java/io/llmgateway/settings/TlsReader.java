package io.llmgateway.settings;

import io.llmgateway.model.SmallFile;
import io.llmgateway.model.TlsIdentity;
import io.llmgateway.model.TlsListening;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads certificates and keys; a file that cannot be used is a problem of the configuration. Thread-safe. */
final class TlsReader {
    private static final Map<String, Boolean> CLIENTS = clients();

    private TlsReader() {}

    private static Map<String, Boolean> clients() {
        Map<String, Boolean> clients = new LinkedHashMap<>();
        clients.put("required", true);
        clients.put("optional", false);
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
        Value<Path> authorities = file(section, "client-authorities");
        Value<Boolean> clients = section.choice("clients", CLIENTS);
        boolean counts = authorities.written() || section.context().probing();
        boolean required = !counts || clients.orElse(true);
        if (authorities.written() && identity.isEmpty()) {
            section.problemAt("client-authorities", "means nothing without certificate and key");
        }
        if (clients.written() && !authorities.written()) {
            section.problemAt("clients", "means nothing without client-authorities");
        }
        authorities.optional().ifPresent(file -> {
            try (InputStream in = new ByteArrayInputStream(SmallFile.read(file, SmallFile.MAX_PEM_BYTES))) {
                if (CertificateFactory.getInstance("X.509")
                        .generateCertificates(in)
                        .isEmpty()) {
                    section.problemAt("client-authorities", "holds no certificate");
                }
            } catch (IOException | CertificateException e) {
                section.problemAt("client-authorities", "must be a PEM file of certificates");
            }
        });
        return identity.map(own -> new TlsListening(own, authorities.optional(), required));
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
        try {
            identity.keyManagers();
        } catch (IOException e) {
            section.problemAt(keyKey, String.valueOf(e.getMessage()));
        }
        return Optional.of(identity);
    }
}
