package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS clients that stop in the middle: the deadlines of all others are still kept. */
class TlsStallTest {
    private static final int PLACES = 6;

    @TempDir
    private Path folder;

    private SSLContext trusting;

    private ScriptedGateway start(CountDownLatch cut) throws Exception {
        TestCertificate own = TestCertificate.create(folder);
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(own.certificate())) {
            store.setCertificateEntry(
                    "own", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
        return ScriptedGateway.start("""
                server:
                  port: 0
                  max-connections: %d
                  header-timeout: 1s
                  write-timeout: 1s
                  idle-timeout: 1s
                  tls: {certificate: "%s", key: "%s"}
                providers: {p: {type: openai, instances: [{name: one, base-url: "%%1$s"}]}}
                routing: {default-provider: p}
                """.formatted(PLACES, own.certificate(), own.key()), call -> {
            call.write(ProviderAnswers.STREAM_HEAD);
            String part = ProviderAnswers.openAiDelta("y".repeat(16_000));
            try {
                while (true) {
                    call.chunk(part);
                }
            } finally {
                cut.countDown();
            }
        });
    }

    private SSLSocket connect(ScriptedGateway gateway) throws IOException {
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory()
                .createSocket(
                        InetAddress.getLoopbackAddress(), gateway.gateway().port());
        socket.setSoTimeout(10_000);
        socket.startHandshake();
        return socket;
    }

    private static void send(SSLSocket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    /** A head that stops half way must be cut; what is read until then does not matter. */
    private void halfHeadIsCut(ScriptedGateway gateway) throws IOException {
        try (SSLSocket socket = connect(gateway)) {
            send(socket, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n");
            assertThat(socket.getInputStream().readAllBytes().length).isLessThan(1_000);
        }
    }

    @Test
    void clientThatStopsReading_endsItsOwnStreamOnly_andTheNextOnesToo() throws Exception {
        CountDownLatch cut = new CountDownLatch(2);
        try (ScriptedGateway gateway = start(cut)) {
            halfHeadIsCut(gateway);
            String body = ScriptedGateway.request("m", true);
            List<SSLSocket> stalled = new ArrayList<>();
            for (int k = 0; k < 2; k++) {
                stalled.add(connect(gateway));
                send(
                        stalled.getLast(),
                        "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                                + RunningGateway.KEY + "\r\nContent-Type: application/json\r\nContent-Length: "
                                + body.length() + "\r\n\r\n" + body);
            }
            assertThat(cut.await(20, TimeUnit.SECONDS))
                    .as("the streams nobody reads end")
                    .isTrue();
            halfHeadIsCut(gateway);
            for (SSLSocket socket : stalled) {
                socket.close();
            }
            halfHeadIsCut(gateway);
        }
    }

    @Test
    void connectionsThatNeverBeginTheirHandshake_giveTheirPlaceBack() throws Exception {
        try (ScriptedGateway gateway = start(new CountDownLatch(1))) {
            List<Socket> silent = new ArrayList<>();
            for (int i = 0; i < PLACES; i++) {
                silent.add(new Socket(
                        InetAddress.getLoopbackAddress(), gateway.gateway().port()));
            }
            halfHeadIsCut(gateway);
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }
}
