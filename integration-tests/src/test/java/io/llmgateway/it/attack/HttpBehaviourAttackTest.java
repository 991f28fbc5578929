package io.llmgateway.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of a browser that reach for the operators' port, other spellings of paths, old and impatient clients. */
@Tag("attack")
class HttpBehaviourAttackTest {
    private static final Duration QUIET = Duration.ofSeconds(3);

    @TempDir
    private static Path folder;

    private static ScriptedUpstream upstream;
    private static Victim victim;

    @BeforeAll
    static void start() throws IOException {
        upstream = ScriptedUpstream.start(ProviderAnswers::serve);
        victim = Victim.start(folder, "128m", """
                server: {port: 0, header-timeout: 2s, idle-timeout: 2s}
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

    private static String get(String path, String version, String... fields) {
        return "GET " + path + " HTTP/" + version + "\r\n" + String.join("\r\n", fields) + "\r\n\r\n";
    }

    /** A name that an attacker's server of names points to this machine brings its Host along (DNS rebinding). */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:9090",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "evil.localhost.example",
                "xlocalhost"
            })
    void operatorsPort_withoutAKey_isNotServedUnderOtherNames(String host) throws IOException {
        for (String path : List.of("/metrics", "/instances", "/config/status", "/nothing")) {
            Exchange said =
                    Exchange.talk(victim.adminPort(), get(path, "1.1", "Host: " + host, "Connection: close"), QUIET);

            assertThat(said.status()).as(said.text()).isIn(400, 403, 421);
            assertThat(said.text()).contains("without admin.key only an IP address or localhost is served");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://evil.example", "https://localhost.evil.example", "null", "http://127.0.0.1.evil.example"
            })
    void operatorsPort_isNotServedToPagesOfOthers(String origin) throws IOException {
        Exchange said = Exchange.talk(
                victim.adminPort(),
                get("/metrics", "1.1", "Host: localhost", "Origin: " + origin, "Connection: close"),
                QUIET);

        assertThat(said.status()).as(said.text()).isIn(403, 421);
        assertThat(said.text())
                .contains("Origin names a web page of another address")
                .doesNotContain("admin.key");
        assertThat(said.field("access-control-allow-origin")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "LOCALHOST:9090", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:9090", "127.1.2.3"})
    void operatorsPort_isServedUnderNamesOfThisMachine(String host) throws IOException {
        Exchange said =
                Exchange.talk(victim.adminPort(), get("/metrics", "1.1", "Host: " + host, "Connection: close"), QUIET);

        assertThat(said.status()).as(said.text()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/chat/completions//", "//v1/chat/completions", "/v1//chat/completions", "/v1/chat%2fcompletions",
                "/v1/chat/%63ompletions", "/v1/./chat/completions", "/v1/x/../chat/completions",
                        "/%2e/v1/chat/completions",
                "/v1/chat/completions;a=b", "/V1/chat/completions", "/v1\\chat\\completions"
            })
    void otherSpellings_ofAPath_areNotServed(String path) throws IOException {
        int before = upstream.asked();
        String body = Victim.request("small", false);

        Exchange said = Exchange.talk(
                victim.port(),
                "POST " + path + " HTTP/1.1\r\nHost: t\r\nConnection: close\r\nAuthorization: Bearer " + Victim.KEY
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body,
                QUIET);

        assertThat(said.status()).as(said.text()).isIn(400, 404);
        assertThat(upstream.asked()).isEqualTo(before);
    }

    @Test
    void pipelinedRequests_areAnsweredInOrder() throws IOException {
        StringBuilder all = new StringBuilder();
        List<String> asked = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String body = Victim.request("small", false);
            asked.add(i % 3 == 0 ? "200" : i % 3 == 1 ? "404" : "200");
            all.append(
                    i % 3 == 0
                            ? get("/health", "1.1", "Host: t")
                            : i % 3 == 1
                                    ? get("/nothing", "1.1", "Host: t", "Authorization: Bearer " + Victim.KEY)
                                    : "POST " + Victim.CHAT + " HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer "
                                            + Victim.KEY + "\r\nContent-Type: application/json\r\nContent-Length: "
                                            + body.length() + "\r\n\r\n" + body);
        }
        all.append(get("/health", "1.1", "Host: t", "Connection: close"));
        asked.add("200");

        Exchange said = Exchange.talk(victim.port(), all.toString(), QUIET);

        assertThat(said.statuses()).isEqualTo(asked);
        assertThat(said.end()).isEqualTo(Exchange.End.CLOSED);
    }

    @ParameterizedTest
    @CsvSource({"data, /health", "admin, /metrics"})
    void oldClients_keepTheirConnectionOnlyWhenTheyAskForIt(String listener, String path) throws IOException {
        int port = listener.equals("admin") ? victim.adminPort() : victim.port();
        String kept = get(path, "1.0", "Host: localhost", "Connection: keep-alive");

        Exchange once = Exchange.talk(port, get(path, "1.0", "Host: localhost") + kept, QUIET);
        Exchange twice = Exchange.talk(port, kept + kept + get(path, "1.0", "Host: localhost"), QUIET);
        Exchange ended =
                Exchange.talk(port, get(path, "1.0", "Host: localhost", "Connection: close, keep-alive") + kept, QUIET);

        assertThat(once.statuses()).containsExactly("200");
        assertThat(once.end()).isEqualTo(Exchange.End.CLOSED);
        assertThat(twice.statuses()).containsExactly("200", "200", "200");
        assertThat(twice.field("connection")).isEqualTo("keep-alive");
        assertThat(ended.statuses()).containsExactly("200");
        assertThat(once.text().toLowerCase(Locale.ROOT)).doesNotContain("transfer-encoding");
    }

    /** A stream has no length: to an old client its end is the end of the connection, and no chunk is ever seen. */
    @Test
    void oldClient_readsAStream_withoutChunks() throws IOException {
        String body = Victim.request("small", true);
        Exchange said = Exchange.talk(
                victim.port(),
                "POST " + Victim.CHAT + " HTTP/1.0\r\nConnection: keep-alive\r\nAuthorization: Bearer " + Victim.KEY
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body,
                QUIET);

        assertThat(said.statuses()).containsExactly("200");
        assertThat(said.field("transfer-encoding")).isEmpty();
        assertThat(said.body()).startsWith("data: ").endsWith("data: [DONE]\n\n");
        assertThat(said.end()).isEqualTo(Exchange.End.CLOSED);
    }

    @ParameterizedTest
    @CsvSource({"data, /health", "data, /nothing", "admin, /metrics", "admin, /nothing"})
    void answers_sayTheirDateAndLength(String listener, String path) throws IOException {
        int port = listener.equals("admin") ? victim.adminPort() : victim.port();
        Exchange said = Exchange.talk(port, get(path, "1.1", "Host: localhost", "Connection: close"), QUIET);

        assertThat(said.field("date")).matches("[a-z]{3}, \\d{2} [a-z]{3} \\d{4} \\d{2}:\\d{2}:\\d{2} gmt");
        assertThat(said.field("content-length"))
                .isEqualTo(Integer.toString(said.body().length()));
    }

    @Test
    void connectionThatSaysNothing_isEndedWithoutAWord() throws IOException {
        Exchange said = Exchange.talk(victim.port(), "", Duration.ofSeconds(20));

        assertThat(said.end()).isEqualTo(Exchange.End.CLOSED);
        assertThat(said.text()).isEmpty();
    }
}
