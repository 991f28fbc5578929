package io.llmgateway.files;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a listener speaks TLS. Immutable, thread-safe.
 *
 * @param identity what it shows to clients
 * @param clientCaCertificates a PEM file of authorities that vouch for clients; empty: none are asked for one
 * @param clientRequired true when a client without a certificate is refused
 * @param content what was in the files, for people: a renewed certificate differs from the one before; may be empty
 */
public record TlsListening(
        TlsIdentity identity, Optional<Path> clientCaCertificates, boolean clientRequired, String content) {
    /** With files of which nothing is known yet. */
    public TlsListening(TlsIdentity identity, Optional<Path> clientCaCertificates, boolean clientRequired) {
        this(identity, clientCaCertificates, clientRequired, "");
    }
}
