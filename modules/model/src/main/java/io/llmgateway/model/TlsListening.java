package io.llmgateway.model;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a listener speaks TLS. Immutable, thread-safe.
 *
 * @param identity what it shows to clients
 * @param clientAuthorities a PEM file of authorities that vouch for clients; empty: clients are not asked who they are
 * @param clientRequired true when a client without a certificate is refused
 */
public record TlsListening(TlsIdentity identity, Optional<Path> clientAuthorities, boolean clientRequired) {}
