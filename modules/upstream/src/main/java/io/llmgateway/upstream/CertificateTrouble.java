package io.llmgateway.upstream;

import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/** Says in plain words why the certificates of an instance are not trusted, and what to do. Stateless. */
final class CertificateTrouble {
    private static final int MAX_NAME = 120;

    private CertificateTrouble() {}

    /** The exception with its cause and the remedy as its message. */
    static CertificateException explained(X509Certificate[] chain, CertificateException e) {
        return new CertificateException(text(chain, e), e);
    }

    private static String text(X509Certificate[] chain, CertificateException e) {
        for (X509Certificate certificate : chain) {
            String outdated = outdated(certificate);
            if (outdated != null) {
                return outdated;
            }
        }
        String said = String.valueOf(e.getMessage());
        if (said.contains("subject alternative") || said.startsWith("No name matching")) {
            return "the certificate is for another name (" + said
                    + "); base-url must have a name that the certificate has";
        }
        X509Certificate last = chain[chain.length - 1];
        boolean root = last.getSubjectX500Principal().equals(last.getIssuerX500Principal());
        if (chain.length == 1 && root) {
            return "the certificate of " + name(last)
                    + " is self-signed; if it is the right one, name a file with it in tls.ca-certificates";
        }
        if (said.contains("PKIX path building failed") || said.contains("unable to find valid certification path")) {
            return root
                    ? "the authority " + name(last)
                            + " is not trusted; if it is the right one, name its file in tls.ca-certificates"
                    : "no way leads from the certificate of " + name(chain[0]) + " to a trusted authority; either the"
                            + " server does not send the certificates in between (its file must hold the whole"
                            + " chain), or its authority " + issuer(last) + " must be named in tls.ca-certificates";
        }
        return "the certificate of " + name(chain[0]) + " is not accepted (" + said + ")";
    }

    private static @Nullable String outdated(X509Certificate certificate) {
        try {
            certificate.checkValidity();
            return null;
        } catch (CertificateExpiredException e) {
            return "the certificate of " + name(certificate) + " expired at "
                    + certificate.getNotAfter().toInstant() + "; it must be renewed there";
        } catch (CertificateNotYetValidException e) {
            return "the certificate of " + name(certificate) + " holds only from "
                    + certificate.getNotBefore().toInstant() + " on; is the clock of this machine right?";
        }
    }

    private static String name(X509Certificate certificate) {
        return quoted(certificate.getSubjectX500Principal().getName());
    }

    private static String issuer(X509Certificate certificate) {
        return quoted(certificate.getIssuerX500Principal().getName());
    }

    /** What a server says of itself goes into a log line: bounded and printable. */
    private static String quoted(String name) {
        StringBuilder out = new StringBuilder("'");
        for (int i = 0; i < Math.min(name.length(), MAX_NAME); i++) {
            char c = name.charAt(i);
            out.append(c < ' ' || c == 127 ? '?' : c);
        }
        return out.append('\'').toString();
    }
}
