package io.llmgateway.metrics;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.Usage;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The metrics that tools for generative AI know by OpenTelemetry's names, in the generation that was chosen. Only
 * models that are configured and answered have series of their own, and not more than a bound; others are counted under
 * their family, so that no client can make series.
 * Thread-safe.
 */
@SuppressWarnings("EnumOrdinal") // indexes arrays of this process, never leaves it
public final class GenAiMetrics {
    private static final int MOST_MODELS = 200;
    private static final int REMEMBERED_MODELS = 2_000;
    private static final double SECOND = 1e9;
    private static final long[] DURATIONS = millis(10, 40, 160, 640, 2_560, 10_240, 40_960);
    private static final long[] FIRST_TOKENS = millis(10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000);
    private static final long[] PER_TOKEN = millis(5, 10, 25, 50, 100, 250, 1_000);
    private static final long[] TOKENS = {16, 256, 1_024, 4_096, 16_384, 65_536, 1_048_576};

    private final Histogram duration;
    private final Histogram firstToken;
    private final Histogram perToken;
    private final Histogram input;
    private final Histogram output;
    private final List<Histogram> all;
    private final List<ConcurrentHashMap<String, Model>> models;
    private final List<ConcurrentHashMap<String, Model>> byFamily;
    private final boolean tokenTypes;
    private volatile Labels labels = Labels.PLAIN;

    GenAiMetrics(GenAiGeneration generation) {
        tokenTypes = generation == GenAiGeneration.V1;
        duration = histogram(MetricCatalog.genAiDuration(generation), DURATIONS, SECOND);
        firstToken = histogram(MetricCatalog.genAiFirstToken(generation), FIRST_TOKENS, SECOND);
        perToken = histogram(MetricCatalog.genAiPerToken(generation), PER_TOKEN, SECOND);
        List<Metric> tokens = MetricCatalog.genAiTokens(generation);
        input = histogram(tokens.getFirst(), TOKENS, 1);
        output = tokenTypes ? input : histogram(tokens.getLast(), TOKENS, 1);
        all = tokenTypes
                ? List.of(duration, firstToken, perToken, input)
                : List.of(duration, firstToken, perToken, input, output);
        models = perProtocol();
        byFamily = perProtocol();
    }

    private static List<ConcurrentHashMap<String, Model>> perProtocol() {
        return Stream.of(Protocol.values())
                .map(_ -> new ConcurrentHashMap<String, Model>())
                .toList();
    }

    private static Histogram histogram(Metric metric, long[] bounds, double unit) {
        return new Histogram(metric.name(), metric.meaning(), bounds, unit);
    }

    private static long[] millis(long... bounds) {
        long[] nanos = new long[bounds.length];
        for (int i = 0; i < bounds.length; i++) {
            nanos[i] = bounds[i] * 1_000_000;
        }
        return nanos;
    }

    /** A call of a provider has ended; failure is null when it was good. */
    public void called(Protocol provider, String model, @Nullable ErrorKind failure, long nanos) {
        if (failure == null) {
            model(provider, model, true).duration.record(nanos);
        } else {
            Model known = model(provider, model, false);
            duration.of(known.labels + ',' + Histogram.label("error_type", failure.wire()))
                    .record(nanos);
        }
    }

    /**
     * A request was answered.
     *
     * @param firstTokenNanos until its first content; negative when that is not known
     * @param restNanos from the first content to the end; negative when the response was not streamed
     * @param usage what the provider reported; null when it did not
     */
    public void answered(Protocol provider, String model, long firstTokenNanos, long restNanos, @Nullable Usage usage) {
        Model series = model(provider, model, true);
        if (firstTokenNanos >= 0) {
            series.firstToken.record(firstTokenNanos);
        }
        if (usage == null) {
            return;
        }
        series.input.record(usage.input());
        series.output.record(usage.output());
        if (restNanos >= 0 && usage.output() > 1) {
            series.perToken.record(restNanos / (usage.output() - 1));
        }
    }

    /** What models are called from now on. */
    void label(Labels changed) {
        labels = changed;
        byFamily.forEach(ConcurrentHashMap::clear);
    }

    /** Appends everything in Prometheus' text format. */
    void expose(StringBuilder out) {
        all.forEach(histogram -> histogram.expose(out));
    }

    /** The series of a model; those of all others when it is not known and has not answered, or there are too many. */
    private Model model(Protocol provider, String model, boolean answered) {
        ConcurrentHashMap<String, Model> known = models.get(provider.ordinal());
        Model found = known.get(model);
        if (found != null) {
            return found;
        }
        Model remembered = byFamily.get(provider.ordinal()).get(model);
        if (remembered != null) {
            return remembered;
        }
        String label = labels.known().test(model) ? model : labels.family().apply(model);
        boolean kept = known.containsKey(label) || (answered && known.size() < MOST_MODELS);
        String name = kept ? label : Series.OTHER;
        Model chosen = known.computeIfAbsent(name, shown -> new Model(provider, shown));
        if (kept && byFamily.get(provider.ordinal()).size() < REMEMBERED_MODELS) {
            byFamily.get(provider.ordinal()).put(model, chosen);
        }
        return chosen;
    }

    private static String provider(Protocol protocol) {
        return switch (protocol) {
            case OPENAI_CHAT -> "openai";
            case ANTHROPIC_MESSAGES -> "anthropic";
            case GEMINI -> "gcp.gemini";
        };
    }

    /** What is counted of one model. */
    private final class Model {
        private final String labels;
        private final Histogram.Cells duration;
        private final Histogram.Cells firstToken;
        private final Histogram.Cells perToken;
        private final Histogram.Cells input;
        private final Histogram.Cells output;

        Model(Protocol protocol, String model) {
            labels = Histogram.label("gen_ai_operation_name", "chat")
                    + ','
                    + Histogram.label("gen_ai_provider_name", provider(protocol))
                    + ','
                    + Histogram.label("gen_ai_request_model", model);
            duration = GenAiMetrics.this.duration.of(labels);
            firstToken = GenAiMetrics.this.firstToken.of(labels);
            perToken = GenAiMetrics.this.perToken.of(labels);
            input = GenAiMetrics.this.input.of(labels + type("input"));
            output = GenAiMetrics.this.output.of(labels + type("output"));
        }

        private String type(String value) {
            return tokenTypes ? ',' + Histogram.label("gen_ai_token_type", value) : "";
        }
    }
}
