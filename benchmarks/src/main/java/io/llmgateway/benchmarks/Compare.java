package io.llmgateway.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llmgateway.benchmarks.load.Console;
import java.io.File;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Compares two results of JMH: for each benchmark that both have, the ratio of times with the range that both error
 * bars allow, and the bytes allocated. Run with {@code ./dev bench compare}; a range that contains 1 says nothing, and
 * a baseline of another machine compares machines. Stateless.
 */
public final class Compare {
    private Compare() {}

    /** Arguments: the baseline and the new result, both as JMH's JSON. */
    public static void main(String[] arguments) throws IOException {
        Map<String, Score> before = read(new File(arguments[0]));
        Map<String, Score> after = read(new File(arguments[1]));
        Console.line("| benchmark | ns/op before | ns/op now | ratio | between | B/op before | B/op now |");
        Console.line("| --- | --- | --- | --- | --- | --- | --- |");
        after.forEach((name, now) -> {
            Score then = before.get(name);
            if (then != null) {
                Console.line(row(name, then, now));
            }
        });
    }

    /** What one benchmark took. */
    record Score(double nanos, double error, double bytes) {}

    static Map<String, Score> read(File file) throws IOException {
        Map<String, Score> scores = new LinkedHashMap<>();
        for (JsonNode result : new ObjectMapper().readTree(file)) {
            StringBuilder name = new StringBuilder(result.path("benchmark").asText());
            name.delete(0, name.lastIndexOf(".", name.lastIndexOf(".") - 1) + 1);
            result.path("params")
                    .properties()
                    .forEach(param -> name.append(' ').append(param.getValue().asText()));
            if (result.path("threads").asInt() > 1) {
                name.append(" threads=").append(result.path("threads").asInt());
            }
            JsonNode metric = result.path("primaryMetric");
            double bytes = result.path("secondaryMetrics")
                    .path("gc.alloc.rate.norm")
                    .path("score")
                    .asDouble();
            // JMH writes the text NaN when there are too few iterations for an error
            double error = metric.path("scoreError").isNumber()
                    ? metric.path("scoreError").asDouble()
                    : 0;
            scores.put(name.toString(), new Score(metric.path("score").asDouble(), error, bytes));
        }
        return scores;
    }

    static String row(String name, Score then, Score now) {
        double least = Math.max(0, now.nanos - now.error) / (then.nanos + then.error);
        double most = (now.nanos + now.error) / Math.max(1e-9, then.nanos - then.error);
        return String.format(
                Locale.ROOT,
                "| %s | %.1f ± %.1f | %.1f ± %.1f | %.2f | %.2f to %s | %.0f | %.0f |",
                name,
                then.nanos,
                then.error,
                now.nanos,
                now.error,
                now.nanos / then.nanos,
                least,
                then.nanos <= then.error ? "any" : String.format(Locale.ROOT, "%.2f", most),
                then.bytes,
                now.bytes);
    }
}
