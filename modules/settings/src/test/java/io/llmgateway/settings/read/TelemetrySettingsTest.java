package io.llmgateway.settings.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.Secret;
import io.llmgateway.settings.BaseUrl;
import io.llmgateway.settings.ByteSize;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.GenAiConventions;
import io.llmgateway.settings.InstanceSettings.StaticHeader;
import io.llmgateway.settings.LogLevel;
import io.llmgateway.settings.LoggingSettings;
import io.llmgateway.settings.LoggingSettings.Format;
import io.llmgateway.settings.LoggingSettings.Output;
import io.llmgateway.settings.LoggingSettings.Requests;
import io.llmgateway.settings.LoggingSettings.Rotation;
import io.llmgateway.settings.Problem;
import io.llmgateway.settings.TracingSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The sections {@code logging} and {@code tracing}: defaults, every setting, and what is wrong with others. */
class TelemetrySettingsTest {
    private static LoadResult load(String more) {
        String text = """
                keys: [{name: me, key: {env: KEY}, log-bodies: %s}]
                providers: {openai: {type: openai, instances: [{name: a, base-url: "http://127.0.0.1:1/v1"}]}}
                """.formatted(more.contains("body-limit"));
        return SettingsLoader.load(
                "test.yaml",
                text + more,
                Path.of("/etc/gateway"),
                Sources.of(Map.of("KEY", "a-client-key-for-this-test", "TOKEN", "a-token")));
    }

    private static GatewaySettings good(String more) {
        return ((LoadResult.Loaded) load(more)).settings();
    }

    private static List<String> problems(String more) {
        return ((LoadResult.Invalid) load(more))
                .problems().stream().map(Problem::toString).toList();
    }

    @Test
    void nothing_isTheDefault() {
        GatewaySettings settings = good("");

        assertThat(settings.logging()).isEqualTo(LoggingSettings.DEFAULT);
        assertThat(settings.tracing()).isEqualTo(TracingSettings.DEFAULT);
        assertThat(settings.genAi()).isEqualTo(GenAiConventions.V1);
        assertThat(settings.keys().getFirst().logBodies()).isFalse();
    }

    @Test
    void everySetting_isTaken() {
        GatewaySettings settings = good("""
                logging:
                  file: logs/gateway.log
                  format: text
                  requests: failed
                  level: debug
                  levels: {io.llmgateway.upstream: trace, org.library: off}
                  body-limit: 1KiB
                  rotation: {size: 2MiB, rotate-every: 1h, max-files: 3, max-age: 2d, compress: false}
                tracing:
                  endpoint: https://collector:4318
                  headers: {Authorization: {env: TOKEN}}
                  sample-percent: 12.5
                  parent-based: false
                  service-name: edge
                  timeout: 2s
                gen-ai-conventions: v2
                """);

        assertThat(settings.logging())
                .isEqualTo(new LoggingSettings(
                        Optional.of(Path.of("/etc/gateway/logs/gateway.log")),
                        Output.STDERR,
                        Format.TEXT,
                        Requests.FAILED,
                        LogLevel.DEBUG,
                        Map.of("io.llmgateway.upstream", LogLevel.TRACE, "org.library", LogLevel.OFF),
                        ByteSize.ofKiB(1),
                        new Rotation(ByteSize.ofMiB(2), Duration.ofHours(1), 3, Duration.ofDays(2), false)));
        assertThat(settings.tracing())
                .isEqualTo(new TracingSettings(
                        Optional.of(new BaseUrl("https", "collector", 4318, "/v1/traces")),
                        List.of(new StaticHeader("Authorization", Secret.of("a-token"))),
                        12.5,
                        false,
                        "edge",
                        Duration.ofSeconds(2)));
        assertThat(settings.genAi()).isEqualTo(GenAiConventions.V2);
        assertThat(settings.keys().getFirst().logBodies()).isTrue();
        assertThat(settings.toString()).doesNotContain("a-token");
    }

    @Test
    void keyThatWantsItsBodiesLogged_isWarnedOf() {
        LoadResult.Loaded loaded = (LoadResult.Loaded) load("logging: {body-limit: 1KiB}");

        assertThat(loaded.warnings())
                .anyMatch(warning -> warning.toString().contains("keys[0].log-bodies")
                        && warning.toString().contains("is written to the log"));
    }

    @Test
    void wrongValues_areReportedWhereTheyStand() {
        assertThat(problems("""
                        logging:
                          file: a.log
                          output: stdout
                          format: xml
                          level: loud
                          levels: {io.x: louder}
                          body-limit: 2MiB
                          rotation: {size: 10KiB, rotate-every: 5s}
                        tracing: {endpoint: "ftp://x", sample-percent: 101, headers: {"Content-Length": "1"}}
                        gen-ai-conventions: v3
                        """))
                .anyMatch(problem -> problem.contains("test.yaml:5") && problem.contains("logging.output"))
                .anyMatch(problem -> problem.contains("logging.format") && problem.contains("auto, json, text"))
                .anyMatch(problem -> problem.contains("logging.level: must be one of: off, error"))
                .anyMatch(problem -> problem.contains("logging.levels.io.x"))
                .anyMatch(problem -> problem.contains("logging.body-limit: must be 0B to 1MiB"))
                .anyMatch(problem -> problem.contains("logging.rotation.size: must be 1MiB to 100GiB"))
                .anyMatch(problem ->
                        problem.contains("logging.rotation.rotate-every: must be 1m to 31d, or 0s for never"))
                .anyMatch(problem -> problem.contains("tracing.endpoint: must be a URL"))
                .anyMatch(problem -> problem.contains("tracing.sample-percent: must be 0 to 100"))
                .anyMatch(problem -> problem.contains("tracing.headers.Content-Length"))
                .anyMatch(problem -> problem.contains("gen-ai-conventions: must be one of: v1, v2"));
    }
}
