package io.llmgateway.metrics;

import io.helidon.metrics.api.Tag;
import io.llmgateway.model.Usage;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What keys and models use. Handles are found by the key's and the model's own names; models beyond a bound are looked
 * up by their family each time. Thread-safe.
 */
final class UsageMeters {
    private static final int REMEMBERED_MODELS = 2_000;

    private final Meters meters;
    private final CostCounters costs;
    private final Labels labels;
    private final Series<Handles> keys;
    private final Series<Handles> families;
    private final Series<Handles> details;
    private final ConcurrentHashMap<String, Handles> familyOfModel = new ConcurrentHashMap<>();

    UsageMeters(Meters meters, CostCounters costs, Labels labels) {
        this.meters = meters;
        this.costs = costs;
        this.labels = labels;
        this.keys = new Series<>(key -> new Handles(Family.KEY, Tag.create("key", key)), labels.maxSeries());
        this.families = new Series<>(
                family -> new Handles(Family.MODEL, Tag.create("model_family", family)), labels.maxSeries());
        this.details = new Series<>(
                both -> {
                    int slash = both.indexOf('\n');
                    boolean other = slash < 0;
                    return new Handles(
                            Family.DETAIL,
                            Tag.create("key", other ? Series.OTHER : both.substring(0, slash)),
                            Tag.create("model", other ? Series.OTHER : both.substring(slash + 1)));
                },
                labels.maxSeries());
    }

    void used(String key, String model, String result, @Nullable Usage usage, long cost) {
        Optional<String> label = labels.key().apply(key);
        if (label.isPresent()) {
            keys.of(label.get()).add(result, usage, cost);
        }
        if (!model.isEmpty()) {
            ofModel(model).add(result, usage, cost);
            if (labels.detailed() && label.isPresent()) {
                // a client that is refused chooses its model's name, and would use up the series of others
                boolean real = "ok".equals(result) || labels.known().test(model);
                details.of(label.get() + '\n' + (real ? model : Series.OTHER)).add(result, usage, cost);
            }
        }
    }

    private Handles ofModel(String model) {
        Handles known = familyOfModel.get(model);
        if (known != null) {
            return known;
        }
        Handles found = families.of(labels.family().apply(model));
        if (familyOfModel.size() < REMEMBERED_MODELS) {
            familyOfModel.put(model, found);
        }
        return found;
    }

    /** The three metrics that one kind of label has. */
    private record Family(Metric requests, Metric tokens, Metric cost) {
        static final Family KEY =
                new Family(MetricCatalog.KEY_REQUESTS, MetricCatalog.KEY_TOKENS, MetricCatalog.KEY_COST);
        static final Family MODEL =
                new Family(MetricCatalog.MODEL_REQUESTS, MetricCatalog.MODEL_TOKENS, MetricCatalog.MODEL_COST);
        static final Family DETAIL =
                new Family(MetricCatalog.DETAIL_REQUESTS, MetricCatalog.DETAIL_TOKENS, MetricCatalog.DETAIL_COST);
    }

    /** The handles of one label. */
    private final class Handles {
        private final Tally ok;
        private final Tally failed;
        private final Tally refused;
        private final TokenCounters tokens;
        private final LongAdder cost;

        Handles(Family family, Tag... tags) {
            ok = meters.tally(family.requests, Meters.with(tags, "result", "ok"));
            failed = meters.tally(family.requests, Meters.with(tags, "result", "failed"));
            refused = meters.tally(family.requests, Meters.with(tags, "result", "refused"));
            tokens = new TokenCounters(meters, family.tokens, tags);
            cost = costs.of(family.cost, tags);
        }

        void add(String result, @Nullable Usage usage, long nanoDollars) {
            (switch (result) {
                        case "ok" -> ok;
                        case "refused" -> refused;
                        default -> failed;
                    })
                    .increment();
            if (usage != null) {
                tokens.add(usage);
            }
            if (nanoDollars > 0) {
                cost.add(nanoDollars);
            }
        }
    }
}
