package io.llmgateway.server;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Presents the identity that was given last. A handshake asks twice, for a name and then for what it stands for, and an
 * identity may be renewed in between: names carry the number of their identity, and the one before is kept for that.
 * Thread-safe.
 */
final class RenewableKeyManager extends X509ExtendedKeyManager {
    private volatile Generation current;

    /** An identity, its number, and the one before it. */
    private record Generation(int number, X509ExtendedKeyManager keys, Map<Integer, X509ExtendedKeyManager> known) {}

    RenewableKeyManager(X509ExtendedKeyManager first) {
        this.current = new Generation(1, first, Map.of(1, first));
    }

    synchronized void renew(X509ExtendedKeyManager next) {
        Generation before = current;
        Map<Integer, X509ExtendedKeyManager> known = new HashMap<>();
        known.put(before.number(), before.keys());
        known.put(before.number() + 1, next);
        current = new Generation(before.number() + 1, next, Map.copyOf(known));
    }

    private static @Nullable String numbered(Generation generation, @Nullable String alias) {
        return alias == null ? null : generation.number() + "." + alias;
    }

    private @Nullable X509ExtendedKeyManager of(String alias) {
        return current.known().get(Integer.valueOf(alias.substring(0, alias.indexOf('.'))));
    }

    private static String own(String alias) {
        return alias.substring(alias.indexOf('.') + 1);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        Generation generation = current;
        return numbered(generation, generation.keys().chooseEngineServerAlias(keyType, issuers, engine));
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        Generation generation = current;
        return numbered(generation, generation.keys().chooseServerAlias(keyType, issuers, socket));
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        X509ExtendedKeyManager keys = of(alias);
        return keys == null ? null : keys.getCertificateChain(own(alias));
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        X509ExtendedKeyManager keys = of(alias);
        return keys == null ? null : keys.getPrivateKey(own(alias));
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return current.keys().getServerAliases(keyType, issuers);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
