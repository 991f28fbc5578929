package io.llmgateway.settings;

import io.llmgateway.model.TlsIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads certificates and keys; a file that cannot be used is a problem of the configuration. Thread-safe. */
final class TlsReader {
    private TlsReader() {}

    /** A PEM file that can be read, relative to the configuration. */
    static Value<Path> file(Section section, String key) {
        Path folder = section.context().folder();
        return section.parsed(key, "PEM file", text -> {
            Path file = folder.resolve(text);
            section.context().fileUsed(file);
            if (!Files.isReadable(file)) {
                throw new IllegalArgumentException("must be a PEM file that can be read");
            }
            return file;
        });
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
