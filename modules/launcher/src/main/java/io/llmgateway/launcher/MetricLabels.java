package io.llmgateway.launcher;

import io.llmgateway.metrics.Labels;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.MetricsSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Turns the settings of metrics into labels. Stateless. */
final class MetricLabels {
    private static final int HASH_BYTES = 6;

    private MetricLabels() {}

    static Labels of(GatewaySettings all) {
        MetricsSettings settings = all.metrics();
        Function<String, Optional<String>> key = switch (settings.keys()) {
            case NAME -> Optional::of;
            case HASH -> hashes();
            case OFF -> _ -> Optional.empty();
        };
        return new Labels(key, settings::family, models(all)::contains, settings.detailed(), settings.maxSeries());
    }

    /** The models that the configuration names: those of providers, of targets and of fallbacks. */
    private static Set<String> models(GatewaySettings settings) {
        Set<String> models = new HashSet<>();
        settings.providers().forEach(provider -> provider.models().forEach(model -> models.add(model.value())));
        settings.routing().aliases().forEach(alias -> {
            alias.targets().forEach(target -> models.add(target.model().value()));
            alias.fallbacks().forEach(model -> models.add(model.value()));
        });
        settings.routing().rules().stream().filter(rule -> !rule.prefix()).forEach(rule -> models.add(rule.text()));
        return Set.copyOf(models);
    }

    /** Keys are those of the configuration, so that the hashes kept are as few. */
    private static Function<String, Optional<String>> hashes() {
        Map<String, Optional<String>> known = new ConcurrentHashMap<>();
        return name -> known.computeIfAbsent(name, MetricLabels::hash);
    }

    private static Optional<String> hash(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return Optional.of(HexFormat.of().formatHex(digest, 0, HASH_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
