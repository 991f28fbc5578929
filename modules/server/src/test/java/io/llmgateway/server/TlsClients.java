package io.llmgateway.server;

import io.llmgateway.files.TlsIdentity;
import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The JDK's own TLS clients. */
final class TlsClients {
    static final int TIMEOUT_MILLIS = 20_000;

    private TlsClients() {}

    /** Trusts the certificates of a file, and shows another one when it is asked. */
    static SSLContext trusting(Path trusted, @Nullable TestCertificate shown) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(trusted)) {
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("trusted-" + store.size(), each);
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return context(trust, shown);
    }

    private static SSLContext context(TrustManagerFactory trust, @Nullable TestCertificate shown)
            throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                shown == null ? null : new TlsIdentity(shown.certificate(), shown.key()).keyManagers(),
                trust.getTrustManagers(),
                null);
        return context;
    }

    /** Connects without a handshake; it comes with the first read or write. */
    static SSLSocket connect(SSLContext context, int port, String... versions) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        if (versions.length > 0) {
            socket.setEnabledProtocols(versions);
        }
        return socket;
    }
}
