package io.llmgateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that are renewed while connections are open and new ones come. */
class TlsRenewalTest {
    private static final String LOCAL = "san=dns:localhost,ip:127.0.0.1";
    private static final int CLIENTS = 4;
    private static final int RENEWALS = 40;

    @TempDir
    Path folder;

    private static PublicKey shown(SSLContext context, TlsServer server) throws IOException {
        try (SSLSocket socket = TlsClients.connect(context, server.port())) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo(TlsServer.OK);
            return socket.getSession().getPeerCertificates()[0].getPublicKey();
        }
    }

    @Test
    void renewedUnderLoad_noHandshakeFails_andOpenConnectionsGoOn() throws Exception {
        TestCertificate first = TestCertificate.create(folder, "first-", LOCAL, "-1d", 2);
        TestCertificate second = TestCertificate.create(folder, "second-", LOCAL, "-1d", 2);
        SSLContext trustsFirst = TlsClients.trusting(first.certificate(), null);
        SSLContext trustsSecond = TlsClients.trusting(second.certificate(), null);
        SSLContext trustsBoth = TlsClients.trusting(both(first, second), null);
        AtomicBoolean running = new AtomicBoolean(true);
        Set<PublicKey> seen = ConcurrentHashMap.newKeySet();
        try (TlsServer server = TlsServer.start(TlsServer.settings(first, null, false), TlsServer::answerOk);
                SSLSocket open = TlsClients.connect(trustsFirst, server.port());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            open.startHandshake();
            List<Future<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit(() -> {
                    int served = 0;
                    while (running.get() || served == 0) {
                        seen.add(shown(trustsBoth, server));
                        served++;
                    }
                    return served;
                }));
            }

            for (int i = 0; i < RENEWALS; i++) {
                server.tls.renew(TlsServer.settings(second, null, false));
                PublicKey now = shown(trustsSecond, server);
                server.tls.renew(TlsServer.settings(first, null, false));
                assertThat(shown(trustsFirst, server)).isNotEqualTo(now);
            }
            running.set(false);

            for (Future<Integer> client : clients) {
                assertThat(client.get()).isPositive();
            }
            assertThat(seen).isNotEmpty();
            open.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(open.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo(TlsServer.OK);
        }
    }

    private Path both(TestCertificate first, TestCertificate second) throws IOException {
        return Files.writeString(
                folder.resolve("both.pem"),
                Files.readString(first.certificate()) + Files.readString(second.certificate()));
    }
}
