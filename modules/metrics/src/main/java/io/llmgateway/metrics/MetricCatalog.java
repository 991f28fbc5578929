package io.llmgateway.metrics;

import io.llmgateway.metrics.Metric.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Every metric the gateway has: the source of registration and of the documentation. Immutable. */
public final class MetricCatalog {
    /** The outcome of what has gone well. */
    static final String OK = "ok";

    /** Requests that came to their end. */
    static final Metric REQUESTS = new Metric(
            "gateway_requests",
            Kind.COUNTER,
            "",
            List.of("protocol", "stream", "outcome"),
            "Requests that ended; outcome is ok or the error kind");

    /** Duration of requests. */
    static final Metric DURATION = new Metric(
            "gateway_request_duration",
            Kind.TIMER,
            "seconds",
            List.of("protocol", "stream"),
            "Time from a request's head to the end of its response");

    /** The gateway's own share. */
    static final Metric OVERHEAD = new Metric(
            "gateway_overhead",
            Kind.TIMER,
            "seconds",
            List.of("protocol"),
            "The gateway's own share of the time to the response's beginning, waiting for the provider not included");

    /** Time to the first token. */
    static final Metric FIRST_TOKEN = new Metric(
            "gateway_time_to_first_token",
            Kind.TIMER,
            "seconds",
            List.of("provider"),
            "Time from a request's head to its first content; for non-streaming responses to the response");

    /** Tokens by kind. */
    static final Metric TOKENS = new Metric(
            "gateway_tokens",
            Kind.COUNTER,
            "tokens",
            List.of("provider", "kind"),
            "Tokens that providers reported; kind: input, cache_read, cache_write, output, reasoning (part of output)");

    /** Requests by key. */
    static final Metric KEY_REQUESTS = new Metric(
            "gateway_key_requests",
            Kind.COUNTER,
            "",
            List.of("key", "result"),
            "Requests of a key that ended; result is ok, failed or refused (limits, permission, stopping)");

    /** Tokens by key. */
    static final Metric KEY_TOKENS = new Metric(
            "gateway_key_tokens", Kind.COUNTER, "tokens", List.of("key", "kind"), "Tokens of a key, by kind as above");

    /** Cost by key. */
    static final Metric KEY_COST = new Metric(
            "gateway_key_cost_dollars",
            Kind.COUNTER,
            "",
            List.of("key"),
            "Cost of a key's tokens since the start, in dollars; models without a price are not included");

    /** Requests by family of models. */
    static final Metric MODEL_REQUESTS = new Metric(
            "gateway_model_requests",
            Kind.COUNTER,
            "",
            List.of("model_family", "result"),
            "Requests for a family of models (metrics.model-families) that ended");

    /** Tokens by family of models. */
    static final Metric MODEL_TOKENS = new Metric(
            "gateway_model_tokens",
            Kind.COUNTER,
            "tokens",
            List.of("model_family", "kind"),
            "Tokens of a family of models, by kind as above");

    /** Cost by family of models. */
    static final Metric MODEL_COST = new Metric(
            "gateway_model_cost_dollars",
            Kind.COUNTER,
            "",
            List.of("model_family"),
            "Cost of a family's tokens since the start, in dollars");

    /** Requests by key and model. */
    static final Metric DETAIL_REQUESTS = new Metric(
            "gateway_key_model_requests",
            Kind.COUNTER,
            "",
            List.of("key", "model", "result"),
            "Requests of a key for a model; only with metrics.detailed");

    /** Tokens by key and model. */
    static final Metric DETAIL_TOKENS = new Metric(
            "gateway_key_model_tokens",
            Kind.COUNTER,
            "tokens",
            List.of("key", "model", "kind"),
            "Tokens of a key for a model; only with metrics.detailed");

    /** Cost by key and model. */
    static final Metric DETAIL_COST = new Metric(
            "gateway_key_model_cost_dollars",
            Kind.COUNTER,
            "",
            List.of("key", "model"),
            "Cost of a key's tokens for a model since the start, in dollars; only with metrics.detailed");

    /** Requests that a limit turned away. */
    static final Metric LIMITED = new Metric(
            "gateway_limit_rejections",
            Kind.COUNTER,
            "",
            List.of("limit"),
            "Requests refused by a limit of the gateway, by its name");

    /** Usage records by what became of them. */
    static final Metric LEDGER = new Metric(
            "gateway_ledger_records", Kind.COUNTER, "", List.of("state"), "Usage records; state is written or lost");

    /** Usage records that are not stored yet. */
    static final Metric LEDGER_WAITING = new Metric(
            "gateway_ledger_records_queued", Kind.GAUGE, "", List.of(), "Usage records that are not stored yet");

    /** Lines of the log by what became of them. */
    static final Metric LOG_LINES = new Metric(
            "gateway_log_lines",
            Kind.COUNTER,
            "",
            List.of("state"),
            "Lines of the log; state is written, or dropped because they could not be written in time");

    /** Spans by what became of them. */
    static final Metric TRACE_SPANS = new Metric(
            "gateway_trace_spans",
            Kind.COUNTER,
            "",
            List.of("state"),
            "Spans of traces; state is exported, or lost because the collector was too slow or refused them");

    /** Attempts after the first one. */
    static final Metric RETRIES = new Metric(
            "gateway_retries",
            Kind.COUNTER,
            List.of("provider", "outcome"),
            "Requests that needed more than one attempt; outcome is served or failed, provider is the last one tried");

    /** Attempts at instances. */
    static final Metric ATTEMPTS = new Metric(
            "gateway_attempts",
            Kind.COUNTER,
            List.of("instance", "outcome"),
            "Attempts at an instance; outcome is ok or the error kind");

    /** Events of relayed streams that are not JSON. */
    static final Metric MALFORMED_EVENTS = new Metric(
            "gateway_upstream_malformed_events",
            Kind.COUNTER,
            List.of("instance"),
            "Events that are not JSON in relayed streams of an instance; clients got them as they came");

    /** Requests under way. */
    static final Metric IN_FLIGHT =
            new Metric("gateway_requests_in_flight", Kind.GAUGE, "", List.of(), "Requests in flight");

    /** Connections to an instance. */
    static final Metric UPSTREAM_CONNECTIONS = new Metric(
            "gateway_upstream_connections",
            Kind.GAUGE,
            List.of("instance", "state"),
            "Open connections to an instance; state is active or idle");

    /** Connections with bytes nobody had asked for. */
    static final Metric UPSTREAM_DISCARDED = new Metric(
            "gateway_upstream_connections_discarded",
            Kind.COUNTER,
            List.of(),
            "Connections closed because the provider had sent bytes after a response or before a request");

    /** Connections that could not be opened for want of a descriptor. */
    static final Metric UPSTREAM_SHORTAGES = new Metric(
            "gateway_upstream_descriptor_shortages",
            Kind.COUNTER,
            List.of(),
            "Connections to providers that could not be opened because no file descriptor was left (ulimit -n)");

    /** Failures of loops in the background. */
    static final Metric BACKGROUND_ERRORS = new Metric(
            "gateway_background_errors",
            Kind.COUNTER,
            List.of("loop"),
            "Failures of a background loop, which goes on; each is a defect of the gateway, see the log");

    /** Whether an instance is in use. */
    static final Metric INSTANCE_AVAILABLE = new Metric(
            "gateway_instance_available",
            Kind.GAUGE,
            List.of("instance"),
            "1 when an instance can be used, 0 when its circuit breaker is open or it is cooling down");

    /** Requests that wait for an instance. */
    static final Metric WAITING = new Metric(
            "gateway_requests_queued",
            Kind.GAUGE,
            List.of(),
            "Requests that wait because every usable instance is at max-concurrent");

    /** Connections of clients. */
    static final Metric CLIENT_CONNECTIONS =
            new Metric("gateway_client_connections", Kind.GAUGE, "", List.of(), "Open connections of clients");

    /** Which configuration is active. */
    static final Metric CONFIG_GENERATION = new Metric(
            "gateway_config_generation",
            Kind.GAUGE,
            List.of(),
            "Number of the active configuration: 1 at the start, one more with each one that is applied");

    /** Whether the newest configuration is active. */
    static final Metric CONFIG_LAST_TAKEN = new Metric(
            "gateway_config_last_reload_successful",
            Kind.GAUGE,
            List.of(),
            "1 when the last configuration offered is active, 0 when it was refused and the previous one stays");

    /** Configurations that were offered. */
    static final Metric CONFIG_RELOADS = new Metric(
            "gateway_config_reloads",
            Kind.COUNTER,
            List.of("result"),
            "Configurations offered since the start; result is success or failure");

    /** Which build runs. */
    static final Metric BUILD =
            new Metric("gateway_build_info", Kind.GAUGE, "", List.of("version"), "Always 1; the version is a label");

    /** Upper bounds of the histograms of requests. */
    static final Duration[] REQUEST_BUCKETS = {
        Duration.ofMillis(5), Duration.ofMillis(50), Duration.ofMillis(500),
        Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(60)
    };

    /** Upper bounds of the histogram of the gateway's own share. */
    static final Duration[] OVERHEAD_BUCKETS = {
        Duration.ofNanos(100_000),
        Duration.ofNanos(300_000),
        Duration.ofMillis(1),
        Duration.ofMillis(3),
        Duration.ofMillis(10)
    };

    private static final List<String> GEN_AI =
            List.of("gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model");

    private MetricCatalog() {}

    static Metric genAiDuration(GenAiGeneration generation) {
        return genAi(
                generation == GenAiGeneration.V1
                        ? "gen_ai_client_operation_duration_seconds"
                        : "gen_ai_client_inference_duration_seconds",
                "error_type",
                "Duration of a call of a provider; error_type is present when it failed");
    }

    static Metric genAiFirstToken(GenAiGeneration generation) {
        return genAi(
                generation == GenAiGeneration.V1
                        ? "gen_ai_server_time_to_first_token_seconds"
                        : "gen_ai_client_inference_time_to_first_chunk_seconds",
                "",
                "Time from a request's head to its first content");
    }

    static Metric genAiPerToken(GenAiGeneration generation) {
        return genAi(
                generation == GenAiGeneration.V1
                        ? "gen_ai_server_time_per_output_token_seconds"
                        : "gen_ai_client_inference_time_per_output_chunk_seconds",
                "",
                "Time per output token after the first, of streaming responses");
    }

    static List<Metric> genAiTokens(GenAiGeneration generation) {
        return generation == GenAiGeneration.V1
                ? List.of(genAi(
                        "gen_ai_client_token_usage",
                        "gen_ai_token_type",
                        "Tokens of a served request; gen_ai_token_type is input or output"))
                : List.of(
                        genAi("gen_ai_client_operation_input_tokens", "", "Input tokens of a served request"),
                        genAi("gen_ai_client_operation_output_tokens", "", "Output tokens of a served request"));
    }

    /** The metrics for generative AI by their generation; one of the two is exposed. */
    public static List<Metric> genAi(GenAiGeneration generation) {
        List<Metric> metrics = new ArrayList<>();
        metrics.add(genAiDuration(generation));
        metrics.add(genAiFirstToken(generation));
        metrics.add(genAiPerToken(generation));
        metrics.addAll(genAiTokens(generation));
        return metrics;
    }

    private static Metric genAi(String name, String more, String meaning) {
        List<String> tags = new ArrayList<>(GEN_AI);
        if (!more.isEmpty()) {
            tags.add(more);
        }
        return new Metric(name, Kind.HISTOGRAM, "", tags, meaning);
    }

    /** All metrics, in the order of the documentation. */
    public static List<Metric> all() {
        List<Metric> all = new ArrayList<>(List.of(
                REQUESTS,
                DURATION,
                OVERHEAD,
                FIRST_TOKEN,
                TOKENS,
                KEY_REQUESTS,
                KEY_TOKENS,
                KEY_COST,
                MODEL_REQUESTS,
                MODEL_TOKENS,
                MODEL_COST,
                DETAIL_REQUESTS,
                DETAIL_TOKENS,
                DETAIL_COST,
                LIMITED,
                LEDGER,
                LEDGER_WAITING,
                LOG_LINES,
                TRACE_SPANS,
                ATTEMPTS,
                RETRIES,
                MALFORMED_EVENTS,
                IN_FLIGHT,
                UPSTREAM_CONNECTIONS,
                UPSTREAM_DISCARDED,
                UPSTREAM_SHORTAGES,
                INSTANCE_AVAILABLE,
                WAITING,
                CLIENT_CONNECTIONS,
                CONFIG_GENERATION,
                CONFIG_LAST_TAKEN,
                CONFIG_RELOADS,
                BACKGROUND_ERRORS,
                BUILD));
        all.addAll(MemoryMetrics.all());
        all.addAll(ConnectionMetrics.all());
        return all;
    }
}
