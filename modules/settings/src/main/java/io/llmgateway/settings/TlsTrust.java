package io.llmgateway.settings;

import io.llmgateway.model.TlsIdentity;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which certificates of instances are trusted. Immutable, thread-safe.
 *
 * @param trust a PEM file of certificate authorities that replace the built-in ones; empty for the built-in ones
 * @param identity the certificate shown to instances that ask for one; empty for none
 * @param insecure when true every certificate is taken; for test set-ups only
 */
public record TlsTrust(Optional<Path> trust, Optional<TlsIdentity> identity, boolean insecure) {
    /** The authorities Java comes with, always checked. */
    public static final TlsTrust DEFAULT = new TlsTrust(Optional.empty(), Optional.empty(), false);
}
