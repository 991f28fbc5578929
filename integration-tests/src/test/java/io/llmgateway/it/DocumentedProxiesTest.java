package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.Eventually;
import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The files for nginx and HAProxy in docs/deployment.md, with nothing changed but addresses and paths. */
@EnabledIf("proxiesAreThere")
class DocumentedProxiesTest {
    private static final Path DOCUMENT = Path.of(System.getProperty("root.dir"), "docs", "deployment.md");
    private static final String CHAT = """
            {"model":"sim/tokens-20-every-5ms","stream":true,"messages":[{"role":"user","content":"hello"}]}""";

    @TempDir
    Path folder;

    static boolean proxiesAreThere() {
        return FrontProxies.areThere();
    }

    private static String block(String language) throws IOException {
        String text = Files.readString(DOCUMENT);
        String fence = "```" + language + "\n";
        int from = text.indexOf(fence) + fence.length();
        return text.substring(from, text.indexOf("```", from));
    }

    private static SSLContext trusting(Path certificate) throws Exception {
        try (InputStream in = Files.newInputStream(certificate)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry(
                    "own", CertificateFactory.getInstance("X.509").generateCertificate(in));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        }
    }

    private static HttpRequest chat(int port) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + RunningGateway.KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(CHAT))
                .build();
    }

    @Test
    void filesOfTheDocuments_run_andLetStreamsThrough() throws Exception {
        TestCertificate own = TestCertificate.create(folder);
        Path both = Files.writeString(
                folder.resolve("both.pem"), Files.readString(own.certificate()) + Files.readString(own.key()));
        String nginx = block("nginx")
                .replace("listen 443", "listen 127.0.0.1:PORT")
                .replace("/etc/nginx/gateway.pem", own.certificate().toString())
                .replace("/etc/nginx/gateway-key.pem", own.key().toString());
        String haproxy = block("haproxy")
                .replace("bind :443", "bind 127.0.0.1:PORT")
                .replace("/etc/haproxy/gateway.pem", both.toString());
        try (RunningGateway gateway = RunningGateway.start();
                HttpClient http = HttpClient.newBuilder()
                        .sslContext(trusting(own.certificate()))
                        .build()) {
            String behind = "127.0.0.1:" + gateway.port();
            try (FrontProxies proxies = FrontProxies.documented(
                    folder,
                    nginx.replace("127.0.0.1:8080", behind),
                    haproxy.replace("10.0.0.1:8080", behind).replace("10.0.0.2:8080", behind))) {
                for (int port : new int[] {proxies.nginx(0), proxies.haproxy(0)}) {
                    Eventually.within(20, () -> status(http, port) == 200);
                    HttpResponse<String> response = http.send(chat(port), HttpResponse.BodyHandlers.ofString());
                    assertThat(response.body()).contains("data: [DONE]");
                }
            }
        }
    }

    /** The status of a request; HAProxy answers 503 until its first check of the servers is done. */
    private static int status(HttpClient http, int port) throws InterruptedException {
        try {
            return http.send(chat(port), HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }
}
