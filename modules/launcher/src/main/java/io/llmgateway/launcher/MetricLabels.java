package io.llmgateway.launcher;

import io.llmgateway.metrics.Labels;
import io.llmgateway.settings.MetricsSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Turns the settings of metrics into labels. Stateless. */
final class MetricLabels {
    private static final int HASH_BYTES = 6;

    private MetricLabels() {}

    static Labels of(MetricsSettings settings) {
        Function<String, Optional<String>> key = switch (settings.keys()) {
            case NAME -> Optional::of;
            case HASH -> hashes();
            case OFF -> _ -> Optional.empty();
        };
        return new Labels(key, settings::family, settings.detailed(), settings.maxSeries());
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
