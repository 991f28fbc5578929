package io.llmgateway.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Messages that two servers could read differently, on both listeners: each is refused with one answer that says that
 * the connection ends, the connection ends, and nothing behind the message is read as a request.
 */
@Tag("attack")
class HttpMessagesAttackTest {
    private static final Duration QUIET = Duration.ofSeconds(4);
    private static final String LONG = "a".repeat(20_000);

    @TempDir
    private static Path folder;

    private static ScriptedUpstream upstream;
    private static Victim victim;

    @BeforeAll
    static void start() throws IOException {
        upstream = ScriptedUpstream.start(ProviderAnswers::serve);
        victim = Victim.start(folder, "128m", """
                server: {port: 0, max-body: 64KiB, max-headers: 40, header-timeout: 2s, body-timeout: 2s}
                admin: {port: 0}
                providers: {openai: {type: openai, instances: [{name: o, base-url: "%s/v1"}]}}
                routing: {default-provider: openai}
                """.formatted(upstream.url()));
    }

    @AfterAll
    static void stop() throws IOException {
        victim.close();
        upstream.close();
    }

    private static String smuggled(boolean admin) {
        String body = Victim.request("smuggled", false);
        return admin
                ? "GET /instances HTTP/1.1\r\nHost: localhost\r\n\r\n"
                : "POST " + Victim.CHAT + " HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + Victim.KEY
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /** A request line and fields; the caller adds more of them, the empty line and a body. */
    private static String head(boolean admin) {
        return admin
                ? "GET /metrics HTTP/1.1\r\nHost: localhost\r\n"
                : "POST " + Victim.CHAT + " HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + Victim.KEY
                        + "\r\nContent-Type: application/json\r\n";
    }

    /** Fields that say something ambiguous or wrong about what follows; \x stands for a character of that code. */
    private static final List<String> FIELDS = List.of(
            "Content-Length: 5\r\nContent-Length: 5",
            "Content-Length: 5\r\nContent-Length: 6",
            "Content-Length: 5, 5",
            "Content-Length: 5,6",
            "Content-Length: +5",
            "Content-Length: -5",
            "Content-Length: -0",
            "Content-Length: 5 5",
            "Content-Length: 0x5",
            "Content-Length: 5a",
            "Content-Length: 5.0",
            "Content-Length:",
            "Content-Length: 9223372036854775808",
            "Content-Length: 18446744073709551621",
            "Content-Length: 99999999999999999999999999999999",
            "Content-Length: 5\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nContent-Length: 5",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked, chunked",
            "Transfer-Encoding: chunked, identity",
            "Transfer-Encoding: identity, chunked",
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: identity",
            "Transfer-Encoding: xchunked",
            "Transfer-Encoding: chunkedx",
            "Transfer-Encoding: chunked;q=1",
            "Transfer-Encoding: \"chunked\"",
            "Transfer-Encoding: \u000bchunked",
            "Transfer-Encoding: chunked\u0000",
            "Transfer-Encoding:",
            "Transfer-Encoding : chunked",
            "Transfer-Encoding\t: chunked",
            "Content-Length : 5",
            " Content-Length: 5",
            "X: a\r\n Content-Length: 5",
            "X: a\r\n\tfolded\r\nContent-Length: 5",
            "Transfer-Encoding:\r\n chunked",
            "X: a\nTransfer-Encoding: chunked",
            "X: a\rTransfer-Encoding: chunked",
            "X: a\r\rContent-Length: 5",
            "X: a\u0000b\r\nContent-Length: 5",
            "X: a\u0001b\r\nContent-Length: 5",
            "X: a\u007fb\r\nContent-Length: 5",
            "X\u0000: a\r\nContent-Length: 5",
            "X(): a\r\nContent-Length: 5",
            "X\u00e4: a\r\nContent-Length: 5",
            ": a\r\nContent-Length: 5",
            "no colon\r\nContent-Length: 5",
            "Host: other\r\nContent-Length: 5",
            "Host: t\r\nContent-Length: 5",
            "Content-Length: 5\n",
            "Content-Length: 5\r");

    /** Request lines and hosts. */
    private static final List<String> BEGINNINGS = List.of(
            "GET  / HTTP/1.1\r\nHost: t",
            "GET /  HTTP/1.1\r\nHost: t",
            "GET\t/health\tHTTP/1.1\r\nHost: t",
            " GET /health HTTP/1.1\r\nHost: t",
            "GET /health HTTP/1.1 \r\nHost: t",
            "GET /health\r\nHost: t",
            "GET /health HTTP/1.2\r\nHost: t",
            "GET /health HTTP/2.0\r\nHost: t",
            "GET /health HTTP/0.9\r\nHost: t",
            "GET /health HTTP/1.10\r\nHost: t",
            "GET /health HTTP/11\r\nHost: t",
            "GET /health http/1.1\r\nHost: t",
            "GET /health HTTPS/1.1\r\nHost: t",
            "PRI * HTTP/2.0\r\n\r\nSM",
            "G(T /health HTTP/1.1\r\nHost: t",
            "/health HTTP/1.1\r\nHost: t",
            "GET health HTTP/1.1\r\nHost: t",
            "GET /he alth HTTP/1.1\r\nHost: t",
            "GET /h\u00e4lth HTTP/1.1\r\nHost: t",
            "GET /health\u0000 HTTP/1.1\r\nHost: t",
            "GET /health\u0001 HTTP/1.1\r\nHost: t",
            "GET /health#a HTTP/1.1\r\nHost: t",
            "GET /health HTTP/1.1\nHost: t",
            "GET /health HTTP/1.1\rHost: t",
            "GET /health HTTP/1.1",
            "GET /health HTTP/1.1\r\nHost: a b",
            "GET /health HTTP/1.1\r\nHost: a/b",
            "GET /health HTTP/1.1\r\nHost: a@b",
            "GET /health HTTP/1.1\r\nHost: a,b",
            "GET /health HTTP/1.1\r\nHost: a:b",
            "GET http://other/health HTTP/1.1\r\nHost: t",
            "GET ftp://t/health HTTP/1.1\r\nHost: t",
            "GET * HTTP/1.1\r\nHost: t",
            "CONNECT t:80 HTTP/1.1\r\nHost: t:80",
            LONG + " /health HTTP/1.1\r\nHost: t",
            "GET /" + LONG + " HTTP/1.1\r\nHost: t",
            "GET /health HTTP/1.1\r\nHost: t\r\nX: " + LONG,
            "GET /health HTTP/1.1\r\nHost: t\r\n" + "X: a\r\n".repeat(2_000) + "Y: b",
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
            "\u0000\u0001\u0002\u0003");

    /** Chunked bodies that are none; what is smuggled follows. */
    private static final List<String> CHUNKS = List.of(
            "+5\r\nhello\r\n0\r\n\r\n",
            "-5\r\nhello\r\n0\r\n\r\n",
            "0x5\r\nhello\r\n0\r\n\r\n",
            " 5\r\nhello\r\n0\r\n\r\n",
            "5_0\r\nhello\r\n0\r\n\r\n",
            "\r\nhello\r\n0\r\n\r\n",
            ";a\r\nhello\r\n0\r\n\r\n",
            "5\nhello\r\n0\r\n\r\n",
            "5\rhello\r\n0\r\n\r\n",
            "5\r\nhello0\r\n\r\n",
            "5\r\nhello\n0\r\n\r\n",
            "5\r\nhelloXX0\r\n\r\n",
            "5;a\nb\r\nhello\r\n0\r\n\r\n",
            "5;a=\"\r\nhello\r\n0\r\n\r\n",
            "5;\u0000\r\nhello\r\n0\r\n\r\n",
            "10000000000000005\r\nhello\r\n0\r\n\r\n",
            "ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
            "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
            "80000000\r\nhello",
            "g\r\nhello\r\n0\r\n\r\n",
            "5\r\nhello\r\n0\n\n",
            "5\r\nhello\r\n0\r\nno colon\r\n\r\n",
            "5\r\nhello\r\n0\r\nX : a\r\n\r\n",
            "5\r\nhello\r\n0\r\nX: a\nY: b\r\n\r\n",
            "5\r\nhello\r\n0\r\n X: a\r\n\r\n",
            "5\r\nhello\r\n0\r\nX: " + LONG + "\r\n\r\n",
            "5;a=" + LONG + "\r\nhello\r\n0\r\n\r\n",
            "0".repeat(20_000) + "5\r\nhello\r\n0\r\n\r\n");

    static Stream<Arguments> messages() {
        List<Arguments> all = new ArrayList<>();
        for (boolean admin : new boolean[] {false, true}) {
            FIELDS.forEach(
                    each -> all.add(Arguments.of(admin, visible(each), head(admin) + each + "\r\n\r\n" + "0\r\n\r\n")));
            BEGINNINGS.forEach(each -> all.add(Arguments.of(admin, visible(each), each + "\r\n\r\n")));
            CHUNKS.forEach(each -> all.add(Arguments.of(
                    admin, "chunks " + visible(each), head(admin) + "Transfer-Encoding: chunked\r\n\r\n" + each)));
        }
        return all.stream();
    }

    private static String visible(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars()
                .limit(70)
                .forEach(next -> shown.append(
                        next < ' ' || next > '~' ? "\\x" + Integer.toHexString(next) : Character.toString(next)));
        return shown.toString();
    }

    @ParameterizedTest(name = "admin={0} {1}")
    @MethodSource("messages")
    @Execution(ExecutionMode.CONCURRENT)
    void ambiguousMessage_isRefused_andNothingBehindItIsRead(boolean admin, String name, String message)
            throws IOException {
        int port = admin ? victim.adminPort() : victim.port();
        int before = upstream.asked();

        Exchange said = Exchange.talk(port, message + smuggled(admin), QUIET);

        SoftAssertions softly = new SoftAssertions();
        softly.assertThat(said.answers()).as("answers: %s", said.text()).isEqualTo(1);
        if (!admin || !name.startsWith("chunks") || said.status() != 200) {
            // an operator's page needs no body: it may be answered before its body is looked at
            softly.assertThat(said.status()).as("status").isBetween(400, 505).isNotEqualTo(500);
        }
        softly.assertThat(said.field("connection")).as("Connection").isEqualTo("close");
        softly.assertThat(said.end()).as("the end").isEqualTo(Exchange.End.CLOSED);
        softly.assertThat(upstream.asked()).as("what went upstream").isEqualTo(before);
        softly.assertAll();
        victim.lives(name);
    }

    /** What is odd but right, and means one thing only. */
    @ParameterizedTest
    @MethodSource("rightMessages")
    void rightMessage_isServed(String message) throws IOException {
        Exchange said = Exchange.talk(victim.port(), message, QUIET);

        assertThat(said.status()).as(said.text()).isEqualTo(200);
        assertThat(said.answers()).isEqualTo(1);
        assertThat(said.end()).isEqualTo(Exchange.End.CLOSED);
    }

    static Stream<String> rightMessages() {
        String end = "Connection: close\r\n\r\n";
        return Stream.of(
                "\r\n\r\nGET /health HTTP/1.1\r\nHost: t\r\n" + end,
                "GET /health HTTP/1.1\r\nhOsT: t\r\n" + end,
                "GET /health HTTP/1.1\r\nHost: \t t \t\r\n" + end,
                "GET /health HTTP/1.1\r\nHost: [::1]:80\r\n" + end,
                "GET /health HTTP/1.1\r\nHost: t\r\nX:\r\nY: \u00e4\t\u00ff\r\n" + end,
                "GET /health HTTP/1.1\r\nHost: t\r\nConnection: x, CLOSE\r\n\r\n",
                "GET /health?a=b&c=%20 HTTP/1.1\r\nHost: t\r\n" + end,
                "GET http://t/health HTTP/1.1\r\nHost: t\r\n" + end,
                "GET http://T:80/health HTTP/1.1\r\nHost: t:80\r\n" + end,
                "GET /health HTTP/1.0\r\n\r\n",
                "GET /health HTTP/1.0\r\nHost: t\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n" + end,
                "GET /health HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n\r\n"
                        + "0;a=b;c=\"d e\";f\r\nX: y\r\n\r\n");
    }

    @Test
    void logOfAllThis_holdsNoStackTrace() throws IOException {
        Exchange.talk(victim.port(), "\u0001\u0002garbage\r\n\r\n", QUIET);
        Exchange.talk(victim.adminPort(), "\u0001\u0002garbage\r\n\r\n", QUIET);

        assertThat(victim.log())
                .doesNotContain("\tat ")
                .doesNotContain("Exception")
                .doesNotContain("met a defect");
    }
}
