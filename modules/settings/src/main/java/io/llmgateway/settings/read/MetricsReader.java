package io.llmgateway.settings.read;

import io.llmgateway.settings.MetricsSettings;
import io.llmgateway.settings.MetricsSettings.Family;
import io.llmgateway.settings.MetricsSettings.KeyLabel;
import io.llmgateway.settings.ModelGlob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the section {@code metrics}. Stateless. */
final class MetricsReader {
    private static final Map<String, KeyLabel> LABELS = labels();

    private MetricsReader() {}

    static MetricsSettings read(Section section) {
        KeyLabel keys = section.choice("keys", LABELS).orElse(KeyLabel.NAME);
        boolean detailed = section.flag("detailed").orElse(false);
        int maxSeries = section.integer("max-series", 10, 100_000).orElse(MetricsSettings.DEFAULT_MAX_SERIES);
        List<Family> families = families(section.has("model-families"), section.section("model-families"));
        return new MetricsSettings(keys, families, detailed, maxSeries);
    }

    private static List<Family> families(boolean own, Section section) {
        List<Family> families = new ArrayList<>();
        for (String pattern : section.names()) {
            String name = section.text(pattern)
                    .check(
                            text -> text.length() <= 64 && text.chars().allMatch(MetricsReader::plain),
                            "must be up to 64 letters, digits and - _ .")
                    .orElse(MetricsSettings.OTHER);
            try {
                families.add(new Family(new ModelGlob(pattern), name));
            } catch (IllegalArgumentException e) {
                section.problemWithKey(pattern, "the pattern " + e.getMessage());
            }
        }
        return own ? families : MetricsSettings.DEFAULT_FAMILIES;
    }

    private static boolean plain(int c) {
        return (c < 128 && Character.isLetterOrDigit(c)) || c == '-' || c == '_' || c == '.';
    }

    private static Map<String, KeyLabel> labels() {
        Map<String, KeyLabel> labels = new LinkedHashMap<>();
        for (KeyLabel label : KeyLabel.values()) {
            labels.put(label.wire(), label);
        }
        return labels;
    }
}
