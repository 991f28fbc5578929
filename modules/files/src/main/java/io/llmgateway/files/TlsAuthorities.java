package io.llmgateway.files;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLConnection;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/**
 * CA certificates, for connections of the command line. Immutable, thread-safe.
 *
 * @param file PEM
 */
public record TlsAuthorities(Path file) {
    /**
     * Has a connection trust these authorities only; one without TLS stays as it is.
     *
     * @throws IOException when the file cannot be read or does not hold what it should; the message says which
     */
    public void apply(URLConnection connection) throws IOException {
        if (!(connection instanceof HttpsURLConnection secure)) {
            return;
        }
        try (InputStream in = new ByteArrayInputStream(SmallFile.read(file, SmallFile.MAX_PEM_BYTES))) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate authority : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + store.size(), authority);
            }
            if (store.size() == 0) {
                throw new IOException(file + " holds no certificate");
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            secure.setSSLSocketFactory(context.getSocketFactory());
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " is not a PEM file of certificates", e);
        }
    }

    /** Why a connection failed, when it was TLS that failed, without names of classes. */
    public static Optional<String> failure(IOException e) {
        if (!(e instanceof SSLException)) {
            return Optional.empty();
        }
        String text = String.valueOf(e.getMessage());
        return Optional.of(text.contains("PKIX path") ? "no known CA has signed its certificate" : text);
    }
}
