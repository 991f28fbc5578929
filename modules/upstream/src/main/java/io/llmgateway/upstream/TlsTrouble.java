package io.llmgateway.upstream;

import java.io.EOFException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in plain words why no secure connection to an instance could be made, and what to do. Stateless. */
final class TlsTrouble {
    /** What Java says when the other side closes during the handshake; the dialer says the same of a reset. */
    static final String ENDED = "terminated the handshake";

    private static final int MAX_CAUSES = 10;
    private static final String ALERT = "Received fatal alert: ";
    private static final List<String> ABOUT_US = List.of(
            "certificate_required",
            "bad_certificate",
            "unknown_ca",
            "certificate_unknown",
            "certificate_expired",
            "certificate_revoked",
            "unsupported_certificate",
            "access_denied");
    private static final Map<String, String> ALERTS = Map.of(
            "protocol_version",
            "the server accepts no version of TLS that the gateway speaks (1.2 and 1.3); it must be renewed or"
                    + " configured there",
            "handshake_failure",
            "the server accepts none of what the gateway offers (versions, ciphers), or wants a client certificate"
                    + " (tls.client-certificate and tls.client-key)",
            "insufficient_security",
            "the server accepts none of the ciphers that the gateway offers",
            "unrecognized_name",
            "the server knows no host of this name; is the name in base-url right?",
            "internal_error",
            "the server reports an error of its own");

    private TlsTrouble() {}

    /** The cause and the remedy; null when the failure has nothing to do with TLS. */
    static @Nullable String explain(IOException e, Origin origin) {
        SSLException tls = first(e);
        if (tls == null) {
            return null;
        }
        CertificateException certificate = certificate(tls);
        if (certificate != null) {
            return String.valueOf(certificate.getMessage());
        }
        String said = String.valueOf(tls.getMessage());
        int alert = said.indexOf(ALERT);
        if (alert >= 0) {
            return alert(said.substring(alert + ALERT.length()).strip(), origin);
        }
        if (said.contains("Unsupported or unrecognized SSL message")) {
            return "the server does not speak TLS on this port; base-url must begin with http://, or have another port";
        }
        if (said.contains("protocol version") || said.contains("No appropriate protocol")) {
            return ALERTS.get("protocol_version") + " (" + said + ")";
        }
        if (tls.getCause() instanceof EOFException || said.contains(ENDED)) {
            return "the server ended the connection during the TLS handshake: it does not speak TLS on this port, or "
                    + (origin.tls().identity().isEmpty()
                            ? "it wants a client certificate (tls.client-certificate and tls.client-key)"
                            : "it does not accept the client certificate of tls.client-certificate");
        }
        return "no secure connection: " + said;
    }

    /** True when the other side has refused the client certificate, or the lack of one, after the handshake. */
    static boolean refused(IOException e) {
        SSLException tls = first(e);
        String said = tls == null ? "" : String.valueOf(tls.getMessage());
        int alert = said.indexOf(ALERT);
        return alert >= 0
                && ABOUT_US.contains(said.substring(alert + ALERT.length()).strip());
    }

    private static String alert(String name, Origin origin) {
        if (ABOUT_US.contains(name)) {
            return aboutUs(origin.tls().identity().isPresent(), name);
        }
        String known = ALERTS.get(name);
        return (known == null ? "the server refuses the connection" : known) + " (alert " + name + ")";
    }

    private static String aboutUs(boolean identified, String alert) {
        if (!identified) {
            return "the server wants a client certificate; name its files in tls.client-certificate and"
                    + " tls.client-key (alert " + alert + ")";
        }
        return "certificate_required".equals(alert)
                ? "the server wants a client certificate, and that of tls.client-certificate is not one of the"
                        + " authorities it names (alert " + alert + ")"
                : "the server does not accept the client certificate of tls.client-certificate (alert " + alert
                        + "): its authority, its dates and its key must be what the server wants";
    }

    private static @Nullable SSLException first(Throwable e) {
        Throwable cause = e;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            if (cause instanceof SSLException tls) {
                return tls;
            }
            cause = cause.getCause();
        }
        return null;
    }

    private static @Nullable CertificateException certificate(SSLException e) {
        Throwable cause = e;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            if (cause instanceof CertificateException found) {
                return found;
            }
            cause = cause.getCause();
        }
        return null;
    }
}
