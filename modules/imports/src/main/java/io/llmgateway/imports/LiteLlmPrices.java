package io.llmgateway.imports;

import io.llmgateway.settings.tree.YamlOut;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Prices of models, as LiteLLM has them at its deployments. Confined to one import. */
final class LiteLlmPrices {
    private static final int DECIMALS = 3;
    private static final int PER_MILLION = 6;
    private static final BigDecimal HIGHEST = BigDecimal.valueOf(1_000_000);
    private static final Map<String, String> KINDS = kinds();

    private final Map<String, Map<String, String>> prices = new LinkedHashMap<>();

    private static Map<String, String> kinds() {
        Map<String, String> kinds = new LinkedHashMap<>();
        kinds.put("input_cost_per_token", "input");
        kinds.put("cache_read_input_token_cost", "cache-read");
        kinds.put("cache_creation_input_token_cost", "cache-write");
        kinds.put("output_cost_per_token", "output");
        return kinds;
    }

    /** Takes in what a deployment says of its model's price; parameters count before information. */
    void add(String model, LiteLlmNode params, LiteLlmNode info) {
        Map<String, String> found = new LinkedHashMap<>();
        KINDS.forEach((key, kind) -> {
            Optional<String> own = price(params, key);
            price(info, key).or(() -> own).ifPresent(price -> found.put(kind, price));
            own.ifPresent(price -> found.put(kind, price));
        });
        if (found.isEmpty()) {
            return;
        }
        LiteLlmNode where = info.keys().contains("input_cost_per_token") ? info : params;
        if (!found.containsKey("input") || !found.containsKey("output") || model.indexOf('*') >= 0) {
            where.note(
                    "", "a price needs input_cost_per_token, output_cost_per_token and a model without star, left out");
            return;
        }
        Map<String, String> before = prices.putIfAbsent(model, found);
        if (before != null && !before.equals(found)) {
            where.note("", "model '" + model + "' has another price above, which counts for all of them");
        }
    }

    private static Optional<String> price(LiteLlmNode node, String key) {
        Optional<String> text = node.plain(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            BigDecimal million = new BigDecimal(text.get()).movePointRight(PER_MILLION);
            if (million.signum() >= 0 && million.compareTo(HIGHEST) <= 0) {
                BigDecimal rounded = million.setScale(DECIMALS, RoundingMode.HALF_UP);
                if (rounded.compareTo(million) != 0) {
                    node.note(key, "is rounded to a thousandth of a dollar for a million tokens");
                }
                BigDecimal plain = rounded.stripTrailingZeros();
                return Optional.of(plain.toPlainString());
            }
        } catch (NumberFormatException _) {
            // told below
        }
        node.note(key, "is no price that can be used, left out");
        return Optional.empty();
    }

    boolean isEmpty() {
        return prices.isEmpty();
    }

    /** Whose prices are here, for a message. */
    String models() {
        return String.join(", ", prices.keySet());
    }

    /** The list as a file for {@code usage.prices}. */
    String yaml(String source) {
        YamlOut out = new YamlOut();
        out.comment("Prices imported from " + source + ": dollars for a million tokens.");
        out.entry("version", YamlOut.scalar("imported from " + source), "").open("prices");
        prices.forEach((model, kinds) -> {
            String entries = String.join(
                    ", ",
                    kinds.entrySet().stream()
                            .map(kind -> kind.getKey() + ": " + kind.getValue())
                            .toList());
            out.entry(model, "{" + entries + "}", "");
        });
        return out.close().text();
    }
}
