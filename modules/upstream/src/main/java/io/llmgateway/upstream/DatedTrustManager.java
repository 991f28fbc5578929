package io.llmgateway.upstream;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts whom another trusts, as long as the instance's own certificate holds. Java does not look at the dates of a
 * certificate that is an authority itself, such as a self-signed one that is trusted by its file. Says what is wrong in
 * plain words. Thread-safe.
 */
final class DatedTrustManager extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager other;

    DatedTrustManager(X509ExtendedTrustManager other) {
        this.other = other;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        try {
            other.checkServerTrusted(chain, authType, socket);
            chain[0].checkValidity();
        } catch (CertificateException e) {
            throw CertificateTrouble.explained(chain, e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            other.checkServerTrusted(chain, authType, engine);
            chain[0].checkValidity();
        } catch (CertificateException e) {
            throw CertificateTrouble.explained(chain, e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        try {
            other.checkServerTrusted(chain, authType);
            chain[0].checkValidity();
        } catch (CertificateException e) {
            throw CertificateTrouble.explained(chain, e);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        other.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        other.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        other.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return other.getAcceptedIssuers();
    }
}
