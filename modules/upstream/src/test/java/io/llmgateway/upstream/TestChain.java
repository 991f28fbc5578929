package io.llmgateway.upstream;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A root, an authority below it and a certificate for localhost below that, made by the JDK's own tool. Immutable.
 *
 * @param root PEM file of the root
 * @param leaf PEM file of the certificate alone
 * @param chain PEM file of the certificate and the authority
 * @param key PEM file of the certificate's key
 */
record TestChain(Path root, Path leaf, Path chain, Path key) {
    private static final String PASSWORD = "changeit";

    static TestChain create(Path folder) throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve("chain.p12");
        pair(store, "root", "CN=test-root", "bc:c");
        pair(store, "middle", "CN=test-middle", "bc:c");
        pair(store, "leaf", "CN=test-leaf", "san=dns:localhost,ip:127.0.0.1");
        sign(folder, store, "root", "middle", "bc:c");
        sign(folder, store, "middle", "leaf", "san=dns:localhost,ip:127.0.0.1");
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        String leaf = pem("CERTIFICATE", keys.getCertificate("leaf").getEncoded());
        String middle = pem("CERTIFICATE", keys.getCertificate("middle").getEncoded());
        String root = pem("CERTIFICATE", keys.getCertificate("root").getEncoded());
        byte[] key = keys.getKey("leaf", PASSWORD.toCharArray()).getEncoded();
        return new TestChain(
                Files.writeString(folder.resolve("root.pem"), root),
                Files.writeString(folder.resolve("leaf.pem"), leaf),
                Files.writeString(folder.resolve("chain.pem"), leaf + middle),
                Files.writeString(folder.resolve("leaf-key.pem"), pem("PRIVATE KEY", key)));
    }

    private static void pair(Path store, String alias, String name, String extension)
            throws IOException, InterruptedException {
        keytool(
                store,
                alias,
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                name,
                "-ext",
                extension,
                "-startdate",
                "-1d",
                "-validity",
                "2");
    }

    private static void sign(Path folder, Path store, String by, String alias, String extension)
            throws IOException, InterruptedException {
        String request = folder.resolve(alias + ".csr").toString();
        String signed = folder.resolve(alias + ".crt").toString();
        keytool(store, alias, "-certreq", "-file", request);
        keytool(
                store,
                by,
                "-gencert",
                "-infile",
                request,
                "-outfile",
                signed,
                "-ext",
                extension,
                "-startdate",
                "-1d",
                "-validity",
                "2");
        keytool(store, alias, "-importcert", "-file", signed, "-noprompt");
    }

    private static void keytool(Path store, String alias, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
        command.addAll(List.of(arguments));
        command.addAll(List.of(
                "-alias", alias, "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + " failed: " + said);
        }
    }

    private static String pem(String kind, byte[] bytes) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + kind + "-----\n";
    }
}
