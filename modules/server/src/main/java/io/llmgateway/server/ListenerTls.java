package io.llmgateway.server;

import io.llmgateway.files.TlsListening;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS of one listener: versions 1.2 and 1.3, ciphers with forward secrecy and authenticated encryption only. The
 * certificate and the authorities of clients can be renewed at any time: connections that are open keep theirs, new
 * ones get the new. Thread-safe.
 */
public final class ListenerTls {
    static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
    static final List<String> CIPHERS = List.of(
            "TLS_AES_256_GCM_SHA384",
            "TLS_AES_128_GCM_SHA256",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

    private static final String HTTP_1_1 = "http/1.1";
    private static final String HTTP_1_0 = "http/1.0";

    /** Most sessions of clients without tickets that can be resumed; each holds a few KiB. */
    private static final int MAX_SESSIONS = 1_000;

    private final RenewableKeyManager keys;
    private final Optional<RenewableTrustManager> clients;
    private final boolean clientRequired;
    private volatile SSLContext context;

    /**
     * Reads the files.
     *
     * @throws IOException when one cannot be used; the message says which
     */
    public ListenerTls(TlsListening settings) throws IOException {
        this.keys = new RenewableKeyManager(keyManager(settings));
        this.clients = settings.clientCaCertificates().isPresent()
                ? Optional.of(new RenewableTrustManager(
                        trustManager(settings.clientCaCertificates().get())))
                : Optional.empty();
        this.clientRequired = settings.clientRequired();
        this.context = newContext();
    }

    /**
     * Reads the files again; connections made from now on use what is in them. Whether clients are asked for a
     * certificate stays as it was.
     *
     * @throws IOException when one cannot be used; what was active stays
     */
    public void renew(TlsListening settings) throws IOException {
        X509ExtendedKeyManager key = keyManager(settings);
        if (clients.isPresent() && settings.clientCaCertificates().isPresent()) {
            clients.get().renew(trustManager(settings.clientCaCertificates().get()));
        }
        keys.renew(key);
        // a session that is resumed shows no certificate: those of before the renewal must not be resumed after it
        context = newContext();
    }

    /**
     * An engine in server mode for a new connection, with what is active now. It speaks HTTP/1.1 only: to a client
     * that offers protocols without it, the handshake fails with the alert for that (RFC 7301, 3.2).
     */
    SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(PROTOCOLS.toArray(String[]::new));
        parameters.setCipherSuites(CIPHERS.toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        if (clients.isPresent() && clientRequired) {
            parameters.setNeedClientAuth(true);
        } else if (clients.isPresent()) {
            parameters.setWantClientAuth(true);
        }
        engine.setSSLParameters(parameters);
        engine.setHandshakeApplicationProtocolSelector(
                (_, offered) -> offered.contains(HTTP_1_1) ? HTTP_1_1 : offered.contains(HTTP_1_0) ? HTTP_1_0 : null);
        return engine;
    }

    private SSLContext newContext() throws IOException {
        try {
            SSLContext made = SSLContext.getInstance("TLS");
            TrustManager[] trusted =
                    clients.map(each -> new TrustManager[] {each}).orElse(new TrustManager[0]);
            made.init(new KeyManager[] {keys}, trusted, null);
            made.getServerSessionContext().setSessionCacheSize(MAX_SESSIONS);
            return made;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static X509ExtendedKeyManager keyManager(TlsListening settings) throws IOException {
        for (KeyManager manager : settings.identity().keyManagers()) {
            if (manager instanceof X509ExtendedKeyManager extended) {
                return extended;
            }
        }
        throw new IOException("this Java has no key manager for X.509");
    }

    private static X509ExtendedTrustManager trustManager(Path authorities) throws IOException {
        try (InputStream in = Files.newInputStream(authorities)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate authority : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + store.size(), authority);
            }
            if (store.size() == 0) {
                throw new IOException(authorities + " holds no certificate");
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager extended) {
                    return extended;
                }
            }
            throw new IOException("this Java has no trust manager for X.509");
        } catch (GeneralSecurityException e) {
            throw new IOException(authorities + " is not a PEM file of certificates", e);
        }
    }
}
