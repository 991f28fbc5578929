package io.llmgateway.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A self-signed certificate for localhost with its key, in PEM files, made by the JDK's own tool. Immutable.
 *
 * @param certificate the certificate
 * @param key its key in PKCS#8
 */
public record TestCertificate(Path certificate, Path key) {
    private static final String PASSWORD = "changeit";

    /** Makes one in this folder. */
    public static TestCertificate create(Path folder) throws IOException, InterruptedException {
        return create(folder, "", "san=dns:localhost,ip:127.0.0.1", "-1d", 2);
    }

    /**
     * Makes one in this folder.
     *
     * @param name the files begin with it
     * @param names whom it is for, in the form of the JDK's keytool
     * @param begins from when it holds, such as {@code -10d}
     * @param days how long it holds
     */
    public static TestCertificate create(Path folder, String name, String names, String begins, int days)
            throws IOException, InterruptedException {
        Path store = folder.resolve(name + "store.p12");
        keytool(store, names, begins, days);
        try {
            KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
            Path certificate = folder.resolve(name + "certificate.pem");
            Path key = folder.resolve(name + "key.pem");
            Files.writeString(
                    certificate, pem("CERTIFICATE", keys.getCertificate("own").getEncoded()));
            Files.writeString(
                    key,
                    pem(
                            "PRIVATE KEY",
                            keys.getKey("own", PASSWORD.toCharArray()).getEncoded()));
            return new TestCertificate(certificate, key);
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate cannot be read back", e);
        }
    }

    private static void keytool(Path store, String names, String begins, int days)
            throws IOException, InterruptedException {
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "own",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=gateway-test",
                        "-ext",
                        names,
                        "-startdate",
                        begins,
                        "-validity",
                        Integer.toString(days),
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD))
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool failed: " + said);
        }
    }

    private static String pem(String kind, byte[] bytes) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + kind + "-----\n";
    }
}
