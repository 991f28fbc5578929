package io.llmgateway.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/** Makes the TLS side of a connection: the system's authorities, or those of a file in their place. Stateless. */
final class TrustStores {
    private TrustStores() {}

    static SSLSocketFactory factory(Origin.TlsOptions options) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManager[] own =
                    options.identity().isPresent() ? options.identity().get().keyManagers() : null;
            context.init(own, managers(options), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    static TrustManager[] managers(Origin.TlsOptions options) throws GeneralSecurityException, IOException {
        if (options.insecure()) {
            return new TrustManager[] {new TrustAll()};
        }
        KeyStore store = null;
        if (options.trust().isPresent()) {
            store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            addAll(store, options.trust().get());
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return new TrustManager[] {new DatedTrustManager(extended)};
            }
        }
        throw new GeneralSecurityException("this Java has no trust manager for X.509");
    }

    private static void addAll(KeyStore store, Path file) throws GeneralSecurityException, IOException {
        int number = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("file-" + number++, certificate);
            }
        }
        if (number == 0) {
            throw new IOException(file + " holds no certificate");
        }
    }

    /** Trusts everyone; only where the configuration says so, which is logged. */
    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            // switched off by configuration
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            // switched off by configuration
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
