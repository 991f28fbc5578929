package io.llmgateway.benchmarks.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The figures of one group of targets that were measured interleaved. Confined to one thread. */
final class Results {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final String group;
    private final String how;
    private final Map<String, Map<String, List<Double>>> targets = new LinkedHashMap<>();

    /**
     * Begins a group.
     *
     * @param how what was done, in a sentence
     */
    Results(String group, String how) {
        this.group = group;
        this.how = how;
    }

    String group() {
        return group;
    }

    String how() {
        return how;
    }

    /** Adds the figures of one round. */
    void add(String target, Map<String, Double> figures) {
        Map<String, List<Double>> known = targets.computeIfAbsent(target, _ -> new LinkedHashMap<>());
        figures.forEach((name, value) ->
                known.computeIfAbsent(name, _ -> new ArrayList<>()).add(value));
    }

    List<String> targets() {
        return List.copyOf(targets.keySet());
    }

    /** The names of all figures, in the order they were first given. */
    List<String> figures() {
        List<String> names = new ArrayList<>();
        targets.values()
                .forEach(figures -> figures.keySet().stream()
                        .filter(name -> !names.contains(name))
                        .forEach(names::add));
        return names;
    }

    /** A figure over the rounds; empty when the target has none of this name. */
    Optional<Spread> spread(String target, String figure) {
        List<Double> values = targets.getOrDefault(target, Map.of()).get(figure);
        return values == null ? Optional.empty() : Optional.of(Spread.of(values));
    }

    /** A figure divided by that of another target, round by round. */
    Optional<Spread> ratio(String target, String to, String figure) {
        List<Double> values = targets.getOrDefault(target, Map.of()).get(figure);
        List<Double> others = targets.getOrDefault(to, Map.of()).get(figure);
        if (values == null || others == null) {
            return Optional.empty();
        }
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(values.size(), others.size()); i++) {
            if (others.get(i) > 0) {
                ratios.add(values.get(i) / others.get(i));
            }
        }
        return ratios.isEmpty() ? Optional.empty() : Optional.of(Spread.of(ratios));
    }

    /** The median, the smallest and the largest of some values. */
    record Spread(double median, double min, double max) {
        static Spread of(List<Double> values) {
            double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
            Arrays.sort(sorted);
            int half = sorted.length / 2;
            double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
            return new Spread(median, sorted[0], sorted[sorted.length - 1]);
        }
    }

    /** Writes the group as JSON into the folder. */
    void write(Path folder, Map<String, String> facts) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.put("group", group).put("how", how);
        facts.forEach(root::put);
        ObjectNode all = root.putObject("targets");
        targets.forEach((target, figures) -> {
            ObjectNode node = all.putObject(target);
            figures.forEach((name, values) -> {
                ArrayNode array = node.putArray(name);
                values.forEach(value -> array.add(Math.round(value * 1000) / 1000.0));
            });
        });
        Files.createDirectories(folder);
        JSON.writeValue(folder.resolve(group + ".json").toFile(), root);
    }

    /** Reads a group that was written. */
    static Results read(Path file) throws IOException {
        var root = JSON.readTree(file.toFile());
        Results results = new Results(
                root.path("group").asText(),
                root.path("how").asText() + " (" + root.path("when").asText() + ", commit "
                        + root.path("commit").asText() + ")");
        root.path("targets")
                .properties()
                .forEach(target -> target.getValue()
                        .properties()
                        .forEach(figure -> figure.getValue()
                                .forEach(value ->
                                        results.add(target.getKey(), Map.of(figure.getKey(), value.asDouble())))));
        return results;
    }
}
