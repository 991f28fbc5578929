package io.llmgateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.Usage;
import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class GatewayMetricsTest {
    private static final InstanceName INSTANCE = new InstanceName("openai-a");

    private static double value(GatewayMetrics metrics, String name, String... labels) {
        List<String> found = metrics.prometheus()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .toList();
        assertThat(found)
                .as("%s %s in%n%s", name, List.of(labels), metrics.prometheus())
                .hasSize(1);
        return Double.parseDouble(found.getFirst().substring(found.getFirst().lastIndexOf(' ') + 1));
    }

    @Test
    void requestFinished_movesItsOwnSeriesOnly() {
        GatewayMetrics metrics = GatewayMetrics.create("1.2.3");
        metrics.requestStarted();
        metrics.requestStarted();

        metrics.requestFinished(Protocol.OPENAI_CHAT, true, null, 5_000_000, 100_000);
        metrics.requestFinished(Protocol.ANTHROPIC_MESSAGES, false, ErrorKind.RATE_LIMIT, 5_000_000, 100_000);

        assertThat(value(metrics, "gateway_requests_total", "openai-chat", "stream=\"true\"", "outcome=\"ok\""))
                .isEqualTo(1);
        assertThat(value(metrics, "gateway_requests_total", "anthropic-messages", "outcome=\"rate_limit\""))
                .isEqualTo(1);
        assertThat(value(metrics, "gateway_requests_in_flight")).isZero();
        assertThat(value(metrics, "gateway_request_duration_seconds_count", "openai-chat", "stream=\"true\""))
                .isEqualTo(1);
        assertThat(value(metrics, "gateway_request_duration_seconds_bucket", "openai-chat", "le=\"0.005\""))
                .isEqualTo(1);
        assertThat(value(metrics, "gateway_overhead_seconds_bucket", "openai-chat", "le=\"1.0E-4\""))
                .isEqualTo(1);
    }

    @Test
    void tokens_areCountedByKind() {
        GatewayMetrics metrics = GatewayMetrics.create("1.2.3");

        metrics.tokens(new ProviderName("p"), new Usage(1, 2, 3, 10, 4));
        metrics.tokens(new ProviderName("p"), new Usage(1, 0, 0, 10, 0));

        assertThat(value(metrics, "gateway_tokens_total", "kind=\"input\"")).isEqualTo(2);
        assertThat(value(metrics, "gateway_tokens_total", "kind=\"cache_read\""))
                .isEqualTo(2);
        assertThat(value(metrics, "gateway_tokens_total", "kind=\"cache_write\""))
                .isEqualTo(3);
        assertThat(value(metrics, "gateway_tokens_total", "kind=\"output\"")).isEqualTo(20);
        assertThat(value(metrics, "gateway_tokens_total", "kind=\"reasoning\"")).isEqualTo(4);
    }

    @Test
    void gauges_showThePresentValue() {
        GatewayMetrics metrics = GatewayMetrics.create("1.2.3");
        metrics.instance(INSTANCE, () -> 3, () -> 2, () -> 1);
        metrics.clientConnections(() -> 7);

        assertThat(value(metrics, "gateway_upstream_connections", "openai-a", "active"))
                .isEqualTo(3);
        assertThat(value(metrics, "gateway_upstream_connections", "openai-a", "idle"))
                .isEqualTo(2);
        assertThat(value(metrics, "gateway_instance_available", "openai-a")).isEqualTo(1);
        assertThat(value(metrics, "gateway_client_connections")).isEqualTo(7);
        assertThat(value(metrics, "gateway_build_info", "version=\"1.2.3\"")).isEqualTo(1);
    }

    @Test
    void instanceThatIsGone_isShownNoMore_andMayComeBack() {
        GatewayMetrics metrics = GatewayMetrics.create("1.2.3");
        InstanceName gone = new InstanceName("short-lived");
        metrics.instance(gone, () -> 1, () -> 1, () -> 1);

        metrics.forget(gone);

        assertThat(metrics.prometheus()).doesNotContain("short-lived");
        metrics.instance(gone, () -> 5, () -> 1, () -> 1);
        assertThat(value(metrics, "gateway_upstream_connections", "short-lived", "active"))
                .isEqualTo(5);
    }

    @Test
    void namesThatClientsMakeUp_haveNoSeriesInDetail() {
        GatewayMetrics metrics = GatewayMetrics.create("1.2.3");
        KeyName key = new KeyName("guessing");
        metrics.label(new Labels(Optional::of, _ -> "other", "configured"::equals, true, 100));

        metrics.used(key, "made-up-1", ErrorKind.PERMISSION, null, 0);
        metrics.used(key, "made-up-2", ErrorKind.MODEL_NOT_FOUND, null, 0);
        metrics.used(key, "configured", ErrorKind.RATE_LIMIT, null, 0);
        metrics.used(key, "answered", null, new Usage(1, 0, 0, 1, 0), 0);

        assertThat(metrics.prometheus()).doesNotContain("made-up-");
        assertThat(value(metrics, "gateway_key_model_requests_total", "guessing", "\"other\"", "refused"))
                .isEqualTo(1);
        assertThat(value(metrics, "gateway_key_model_requests_total", "guessing", "configured", "refused"))
                .isEqualTo(1);
        assertThat(value(metrics, "gateway_key_model_requests_total", "guessing", "answered", "ok"))
                .isEqualTo(1);
    }

    @Test
    void usage_isCountedByKeyAndFamily_inDetailOnlyWhenWanted() {
        GatewayMetrics metrics = GatewayMetrics.create("1.2.3");
        KeyName key = new KeyName("by-key");
        metrics.label(new Labels(Optional::of, model -> model.startsWith("fam") ? "fam" : "other", false, 100));
        metrics.used(key, "fam-1", null, new Usage(10, 2, 3, 5, 1), 1_500_000_000L);
        metrics.used(key, "fam-2", ErrorKind.RATE_LIMIT, null, 0);
        metrics.used(key, "strange", ErrorKind.UPSTREAM_SERVER, null, -1);

        assertThat(metrics.prometheus()).doesNotContain("gateway_key_model_requests_total{key=\"by-key\"");
        assertThat(value(metrics, "gateway_key_requests_total", "by-key", "ok")).isEqualTo(1);
        assertThat(value(metrics, "gateway_key_requests_total", "by-key", "refused"))
                .isEqualTo(1);
        assertThat(value(metrics, "gateway_key_requests_total", "by-key", "failed"))
                .isEqualTo(1);
        assertThat(value(metrics, "gateway_key_tokens_total", "by-key", "cache_write"))
                .isEqualTo(3);
        assertThat(value(metrics, "gateway_key_cost_dollars_total", "by-key")).isEqualTo(1.5);
        assertThat(value(metrics, "gateway_model_requests_total", "\"fam\"", "refused"))
                .isEqualTo(1);
        assertThat(value(metrics, "gateway_model_tokens_total", "\"fam\"", "\"output\""))
                .isEqualTo(5);

        metrics.label(new Labels(_ -> Optional.of("hashed"), _ -> "other", true, 100));
        metrics.used(key, "fam-1", null, null, 0);
        assertThat(metrics.prometheus()).contains("# TYPE gateway_key_cost_dollars_total counter\n");
        assertThat(value(metrics, "gateway_key_cost_dollars_total", "by-key")).isEqualTo(1.5);

        assertThat(value(metrics, "gateway_key_model_requests_total", "hashed", "fam-1", "ok"))
                .isEqualTo(1);
        metrics.label(new Labels(_ -> Optional.empty(), _ -> "other", true, 100));
        metrics.used(new KeyName("hidden-key"), "fam-1", null, null, 0);
        assertThat(metrics.prometheus()).doesNotContain("hidden-key");
    }

    @Test
    void manyNames_endInOther() {
        GatewayMetrics metrics = GatewayMetrics.create("1.2.3");

        for (int i = 0; i < 20_000; i++) {
            metrics.attempt(new InstanceName("instance-" + i), null);
        }

        long series = metrics.prometheus()
                .lines()
                .filter(line -> line.startsWith("gateway_attempts_total"))
                .count();
        assertThat(series).isLessThanOrEqualTo(Series.CEILING + 10);
        assertThat(value(metrics, "gateway_attempts_total", "instance=\"other\""))
                .isGreaterThan(18_000);
    }

    @Test
    void failuresOfLoops_areCountedByTheirName() {
        GatewayMetrics metrics = GatewayMetrics.create("1.2.3");
        double before = value(metrics, "gateway_background_errors_total", "loop=\"prober\"");

        Loop.failed(LoopName.PROBER);

        assertThat(value(metrics, "gateway_background_errors_total", "loop=\"prober\"") - before)
                .isGreaterThanOrEqualTo(1);
        for (LoopName loop : LoopName.values()) {
            assertThat(metrics.prometheus()).contains("loop=\"" + loop.label() + '"');
        }
    }

    @Test
    void document_isWhatTheCatalogSays() throws IOException {
        StringBuilder text =
                new StringBuilder("# Metrics\n\nGenerated from `MetricCatalog`; `./dev golden` rewrites it."
                        + " All are on the admin listener at `/metrics`; each series has the label"
                        + " `scope=\"application\"` as well.\n\n| metric | type | labels | meaning |\n"
                        + "| --- | --- | --- | --- |\n");
        MetricCatalog.all().forEach(metric -> text.append(row(metric)));
        text.append("\nFurther metrics have OpenTelemetry's names for generative AI; `gen-ai-conventions` chooses the"
                + " generation.\n\n| v1 | type | labels | meaning |\n| --- | --- | --- | --- |\n");
        MetricCatalog.genAi(GenAiGeneration.V1).forEach(metric -> text.append(row(metric)));
        text.append("\n| v2 | type | labels | meaning |\n| --- | --- | --- | --- |\n");
        MetricCatalog.genAi(GenAiGeneration.V2).forEach(metric -> text.append(row(metric)));
        Path file = Path.of(System.getProperty("root.dir"), "docs", "metrics.md");
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, text);
            assertThat(false).as("rewrote %s", file.getFileName()).isTrue();
        }

        assertThat(file).hasContent(text.toString());
    }

    private static String row(Metric metric) {
        return "| `" + metric.exposed() + "` | " + metric.kind().name().toLowerCase(java.util.Locale.ROOT) + " | "
                + String.join(", ", metric.tags()) + " | " + metric.meaning() + " |\n";
    }

    @Test
    void genAi_isCountedByTheNamesOfItsGeneration() {
        GatewayMetrics metrics = GatewayMetrics.create("1.2.3");
        metrics.genAi().called(Protocol.GEMINI, "gem\"1", null, 1_500_000_000L);
        metrics.genAi().called(Protocol.GEMINI, "gem\"1", ErrorKind.UPSTREAM_SERVER, 5_000_000L);
        metrics.genAi().answered(Protocol.GEMINI, "gem\"1", 40_000_000L, 900_000_000L, new Usage(300, 0, 0, 10, 0));
        GatewayMetrics next = GatewayMetrics.create("1.2.3", GenAiGeneration.V2);
        next.genAi().answered(Protocol.GEMINI, "gem\"1", 40_000_000L, -1, new Usage(300, 0, 0, 10, 0));

        String ok = "provider_name=\"gcp.gemini\",gen_ai_request_model=\"gem\\\"1\"";
        assertThat(value(metrics, "gen_ai_client_operation_duration_seconds_sum", ok + "}"))
                .isEqualTo(1.5);
        assertThat(value(metrics, "gen_ai_client_operation_duration_seconds_bucket", ok + ",le=\"0.64\""))
                .isZero();
        assertThat(value(metrics, "gen_ai_client_operation_duration_seconds_bucket", ok + ",le=\"2.56\""))
                .isEqualTo(1);
        assertThat(value(metrics, "gen_ai_client_operation_duration_seconds_count", "error_type=\"upstream_server\""))
                .isEqualTo(1);
        assertThat(value(metrics, "gen_ai_server_time_to_first_token_seconds_bucket", "le=\"0.05\""))
                .isEqualTo(1);
        assertThat(value(metrics, "gen_ai_server_time_per_output_token_seconds_sum"))
                .isEqualTo(0.1);
        assertThat(value(metrics, "gen_ai_client_token_usage_sum", "gen_ai_token_type=\"input\""))
                .isEqualTo(300);
        assertThat(value(metrics, "gen_ai_client_token_usage_sum", "gen_ai_token_type=\"output\""))
                .isEqualTo(10);
        assertThat(value(next, "gen_ai_client_operation_output_tokens_sum")).isEqualTo(10);
        assertThat(next.prometheus()).doesNotContain("gen_ai_client_token_usage");
    }

    @Test
    void genAi_modelsThatNeverAnsweredAndThoseBeyondTheBound_shareASeries() {
        GatewayMetrics metrics = GatewayMetrics.create("1.2.3");
        for (int i = 0; i < 5_000; i++) {
            metrics.genAi().called(Protocol.OPENAI_CHAT, "made-up-" + i, ErrorKind.MODEL_NOT_FOUND, 5);
        }
        assertThat(metrics.prometheus()).doesNotContain("made-up");
        for (int i = 0; i < 5_000; i++) {
            metrics.genAi().called(Protocol.OPENAI_CHAT, "real-" + i, null, 5);
        }

        long series = metrics.prometheus()
                .lines()
                .filter(line -> line.startsWith("gen_ai_client_operation_duration_seconds_count"))
                .count();
        assertThat(series).isLessThanOrEqualTo(210);
    }

    @Test
    void genAi_modelsThatAreNotConfigured_areCountedUnderTheirFamily() {
        GatewayMetrics metrics = GatewayMetrics.create("1.2.3");
        UnaryOperator<String> family = model -> model.startsWith("fam") ? "fam" : "other";
        metrics.label(new Labels(Optional::of, family, "own"::equals, false, 100));
        for (int i = 0; i < 1_000; i++) {
            metrics.genAi().called(Protocol.OPENAI_CHAT, "invented-" + i, null, 5);
            metrics.genAi().called(Protocol.OPENAI_CHAT, "fam-" + i, null, 5);
        }
        metrics.genAi().called(Protocol.OPENAI_CHAT, "own", null, 5);

        assertThat(metrics.prometheus())
                .contains("gen_ai_request_model=\"own\"", "gen_ai_request_model=\"fam\"")
                .doesNotContain("gen_ai_request_model=\"invented-", "gen_ai_request_model=\"fam-");
    }

    @Test
    void ledger_countsBeyondWhatAnIntHolds() {
        GatewayMetrics metrics = GatewayMetrics.create("1.2.3");
        metrics.ledger(() -> 3L << 31, () -> 5L << 31, () -> 7L << 31);

        assertThat(value(metrics, "gateway_ledger_records_total", "state=\"lost\""))
                .isEqualTo(5.0 * (1L << 31));
        assertThat(value(metrics, "gateway_ledger_records_queued")).isEqualTo(Integer.MAX_VALUE);
    }

    /** Helidon's registry deadlocks when its meters are made by several threads without order. */
    @Test
    void metersMadeByManyThreads_doNotBlockEachOther() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            GatewayMetrics metrics = GatewayMetrics.create("1.2.3");
            int number = i;
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                for (ErrorKind kind : ErrorKind.values()) {
                    metrics.requestFinished(Protocol.ANTHROPIC_MESSAGES, number % 2 == 0, kind, 5, 5);
                    metrics.firstToken(new ProviderName("made-" + number + "-" + kind.wire()), 5);
                }
            }));
        }

        for (Thread thread : threads) {
            assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
        }
    }
}
