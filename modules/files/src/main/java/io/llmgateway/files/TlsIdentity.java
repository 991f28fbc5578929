package io.llmgateway.files;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/**
 * Who we are in TLS: a certificate chain and its private key in PEM files. The files are read when they are needed, so
 * that a renewed certificate is taken with the next start or reload. Immutable, thread-safe.
 *
 * @param certificate PEM file with the chain, own certificate first
 * @param key PEM file with the private key in PKCS#8 ({@code BEGIN PRIVATE KEY}), not encrypted
 */
public record TlsIdentity(Path certificate, Path key) {
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";
    private static final byte[] PROOF = {1, 2, 3, 4, 5, 6, 7, 8};
    private static final String[] ALGORITHMS = {"RSA", "EC", "EdDSA"};

    /**
     * Key managers that present this identity.
     *
     * @throws IOException when a file cannot be read or does not hold what it should; the message says which
     */
    public KeyManager[] keyManagers() throws IOException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            PrivateKey own = privateKey();
            Certificate[] chain = chain();
            if (!belongs(own, chain[0].getPublicKey())) {
                throw new IOException(certificate + " and " + key
                        + " do not belong together: the key is not that of the first certificate");
            }
            store.setKeyEntry("own", own, new char[0], chain);
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, new char[0]);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException e) {
            throw new IOException(certificate + " and " + key + " do not belong together: " + e.getMessage(), e);
        }
    }

    /**
     * The own certificate, the first of the chain.
     *
     * @throws IOException when the file cannot be read or holds none
     */
    public X509Certificate leaf() throws IOException {
        if (chain()[0] instanceof X509Certificate leaf) {
            return leaf;
        }
        throw new IOException(certificate + " holds no X.509 certificate");
    }

    /** Tries whether what the one has signed the other accepts: two files can be renewed one after the other. */
    private static boolean belongs(PrivateKey own, PublicKey certified) throws GeneralSecurityException {
        if (!own.getAlgorithm().equals(certified.getAlgorithm())) {
            return false;
        }
        String algorithm = switch (own.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> own.getAlgorithm();
        };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(own);
        signature.update(PROOF);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(PROOF);
        return signature.verify(signed);
    }

    private Certificate[] chain() throws IOException {
        try (InputStream in = new ByteArrayInputStream(SmallFile.read(certificate, SmallFile.MAX_PEM_BYTES))) {
            Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .toArray(Certificate[]::new);
            if (chain.length == 0) {
                throw new IOException(certificate + " holds no certificate");
            }
            return chain;
        } catch (GeneralSecurityException e) {
            throw new IOException(certificate + " is not a PEM file of certificates", e);
        }
    }

    private PrivateKey privateKey() throws IOException {
        String text = new String(SmallFile.read(key, SmallFile.MAX_PEM_BYTES), StandardCharsets.US_ASCII);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(key + " must hold an unencrypted PKCS#8 key (" + BEGIN + ")");
        }
        byte[] encoded = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
        GeneralSecurityException last = null;
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (GeneralSecurityException e) {
                last = e;
            }
        }
        throw new IOException(key + " holds a key of an unknown kind, RSA, EC and EdDSA are known", last);
    }
}
