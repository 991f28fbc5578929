package io.llmgateway.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.ScriptedUpstream;
import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Connections by the thousand that have proved nothing, in a heap of 128 MiB: the process outlives them, real requests
 * beside them are answered on both listeners, and the next ones after them.
 */
@Tag("attack")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class HttpFloodAttackTest {
    private static final int MANY = Effort.of(6_000, 10_000);
    private static final int MIB = 1024 * 1024;
    private static final byte[] NOTHING = {};
    private static final Duration QUIET = Duration.ofSeconds(5);
    private static final Duration RECOVERY = Duration.ofSeconds(30);

    @TempDir
    private static Path folder;

    private static ScriptedUpstream upstream;
    private static Victim victim;

    @BeforeAll
    static void start() throws IOException {
        upstream = ScriptedUpstream.start(ProviderAnswers::serve);
        victim = Victim.start(folder, "128m", yaml(""));
    }

    @BeforeEach
    void another() throws IOException {
        if (!victim.alive()) {
            victim = Victim.start(folder, "128m", yaml(""));
        }
    }

    @AfterAll
    static void stop() throws IOException {
        victim.close();
        upstream.close();
    }

    private static String yaml(String tls) {
        return """
                server: {port: 0, max-connections: 20000, header-timeout: 10s, body-timeout: 10s%s}
                admin: {port: 0}
                logging: {requests: off}
                providers: {openai: {type: openai, instances: [{name: o, base-url: "%s/v1"}]}}
                routing: {default-provider: openai}
                """.formatted(tls, upstream.url());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Waits until a request is served on both listeners, which may take as long as what was armed before. */
    private static void serves(Victim attacked, Object during) throws IOException {
        attacked.lives(during);
        Victim.await(RECOVERY, "no request is served beside " + during, () -> {
            try {
                return Exchange.talk(attacked.port(), chat(), QUIET).status() == 200 && operators(attacked);
            } catch (IOException e) {
                // refused, or cut: the time that is left tells
                return false;
            }
        });
        attacked.lives(during);
    }

    private static String chat() {
        String body = Victim.request("small", false);
        return "POST " + Victim.CHAT + " HTTP/1.1\r\nHost: t\r\nConnection: close\r\nAuthorization: Bearer "
                + Victim.KEY + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                + body;
    }

    private static boolean operators(Victim attacked) throws IOException {
        String request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        return Exchange.talk(attacked.adminPort(), request, QUIET).text().contains("gateway_");
    }

    private void outlives(String name, int port, int count, byte[] sent) throws IOException {
        try (Flood flood = Flood.start(port, count, sent)) {
            serves(victim, count + " x " + name);
            assertThat(flood.ended()).as("ended").isBetween(0, count);
        }
        victim.comesToRest(name);
    }

    @Test
    void silentConnections_onData() throws IOException {
        outlives("silence", victim.port(), MANY, NOTHING);
    }

    @Test
    void silentConnections_onAdmin() throws IOException {
        outlives("silence on admin", victim.adminPort(), 2_000, NOTHING);
    }

    @Test
    void halfHeads_onData() throws IOException {
        String head = "GET /health HTTP/1.1\r\nHost: t\r\n" + ("X: " + "a".repeat(1_000) + "\r\n").repeat(14);
        outlives("14 KB of a head", victim.port(), MANY, bytes(head));
    }

    @Test
    void halfHeads_onAdmin() throws IOException {
        String head = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + ("X: " + "a".repeat(1_000) + "\r\n").repeat(14);
        outlives("14 KB of a head on admin", victim.adminPort(), 2_000, bytes(head));
    }

    @Test
    void halfBodies_withoutAKey() throws IOException {
        String head = "POST /v1/chat/completions HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer wrong\r\n"
                + "Content-Type: application/json\r\nContent-Length: 33554432\r\n\r\n{";
        outlives("a body that stalls", victim.port(), MANY, bytes(head));
    }

    @Test
    void promisedBodies_withAKey() throws IOException {
        String head = "POST /v1/chat/completions HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + Victim.KEY
                + "\r\nContent-Type: application/json\r\nContent-Length: 33554432\r\n\r\n{";
        outlives("a promise of 32 MiB", victim.port(), 200, bytes(head));
    }

    /** Bodies without end, in every part of their framing, on the listener that needs no key to be spoken to. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "5;aaaaaaaaaa",
                "7fffffff\r\nxxxxxxxx",
                "1\r\nx\r\n",
                "0\r\nx: aaaaaaaa\r\n",
                "1;a=b\r\nx\r\n"
            })
    void endlessBody_onAdmin_isEnded(String framing) throws IOException {
        String first = framing.startsWith("7fff") ? "7fffffff\r\n" : framing.startsWith("5;") ? "5;" : framing;
        String again = framing.startsWith("7fff")
                ? "x"
                : framing.startsWith("5;") ? "a" : framing.startsWith("0\r\n") ? "x: aaaaaaaa\r\n" : framing;
        byte[] part = bytes(again.repeat(64 * 1024 / again.length()));
        for (String path : new String[] {"POST /reload", "GET /metrics", "POST /nothing"}) {
            long sent = 0;
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), victim.adminPort())) {
                socket.getOutputStream()
                        .write(bytes(
                                path + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + first));
                while (sent < 64 * MIB) {
                    socket.getOutputStream().write(part);
                    sent += part.length;
                }
            } catch (IOException e) {
                // cut, as it must be
                assertThat(sent).isLessThan(64 * MIB);
            }
            victim.lives(path + " with " + framing);
            assertThat(sent).as("bytes that %s takes", path).isLessThan(8 * MIB);
        }
        serves(victim, framing);
    }

    @Test
    void descriptorsThatRunOut_endNeitherListener(@TempDir Path other) throws IOException {
        int files = Effort.of(256, 1_024);
        try (Victim narrow = Victim.start(other, "128m", files, yaml(""))) {
            serves(narrow, "nothing");
            assertThat(narrow.log())
                    .as("what it says of its limit")
                    .containsPattern("(?i)ulimit|open files|descriptors");
            try (Flood flood = Flood.start(narrow.port(), Effort.of(3 * files, 18_000), NOTHING)) {
                Victim.await(RECOVERY, "the operators are not answered", () -> {
                    try {
                        return operators(narrow);
                    } catch (IOException e) {
                        // no descriptor is left, or the wait for one was too long
                        return false;
                    }
                });
                narrow.lives("no descriptors");
                assertThat(flood.ended()).isNotNegative();
            }
            serves(narrow, "no descriptors");
            try (Flood flood = Flood.start(narrow.adminPort(), Effort.of(3 * files, 18_000), NOTHING)) {
                serves(narrow, "no descriptors by the operators' port");
                assertThat(flood.ended()).isNotNegative();
            }
            serves(narrow, "no descriptors by the operators' port, afterwards");
        }
    }

    private static byte[] hello() throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        engine.beginHandshake();
        ByteBuffer hello = ByteBuffer.allocate(40_000);
        engine.wrap(ByteBuffer.allocate(0), hello);
        return Arrays.copyOf(hello.array(), hello.position());
    }

    @Test
    void halfHandshakes(@TempDir Path other) throws Exception {
        TestCertificate own = TestCertificate.create(other);
        byte[] hello = hello();
        byte[] promise = {22, 3, 3, 0x40, 0, 1, 0, 0x3f, 0};
        try (Victim secure = Victim.start(
                other,
                "128m",
                yaml(", tls: {certificate: \"" + own.certificate() + "\", key: \"" + own.key() + "\"}"))) {
            for (byte[] sent :
                    new byte[][] {NOTHING, Arrays.copyOf(hello, 31), promise, hello, Arrays.copyOf(promise, 16_000)}) {
                try (Flood flood = Flood.start(secure.port(), MANY, sent)) {
                    String during = MANY + " handshakes of " + sent.length + " bytes";
                    Victim.await(RECOVERY, "nobody is served beside " + during, () -> shakesHands(secure, own));
                    secure.lives(during);
                    assertThat(operators(secure))
                            .as("operators beside %s", during)
                            .isTrue();
                    assertThat(flood.ended()).isNotNegative();
                }
            }
            assertThat(Files.readString(other.resolve("log"))).doesNotContain("\tat ");
        }
    }

    private static boolean shakesHands(Victim secure, TestCertificate own) {
        try {
            return TlsPeer.get(secure.port(), own.certificate(), "/health").startsWith("HTTP/1.1 200");
        } catch (IOException e) {
            // cut, or not accepted in time
            return false;
        }
    }
}
