package io.llmgateway.imports;

import io.llmgateway.imports.LiteLlmDeployment.Endpoint;
import io.llmgateway.model.ModelName;
import io.llmgateway.settings.ModelGlob;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * LiteLLM's deployments in our order: providers with instances, aliases with targets and fallbacks. Deployments of one
 * name and one model are instances of one provider, those of other models are other targets. Confined to one import.
 */
final class LiteLlmPlan {
    private static final int MAX_WEIGHT = 1_000;

    private final Map<String, List<Instance>> providers = new LinkedHashMap<>();
    private final Map<String, Alias> aliases = new LinkedHashMap<>();
    private final Map<String, String> rules = new LinkedHashMap<>();

    /** An instance of a provider; weight 0 stands for the default. */
    record Instance(Endpoint endpoint, int priority, int weight) {}

    /** A model of a provider; weight 0 stands for the default. */
    record Target(String provider, String model, int weight) {}

    /** A name clients ask for. Confined to one import. */
    static final class Alias {
        final List<Target> targets = new ArrayList<>();
        final Set<String> fallbacks = new LinkedHashSet<>();
        final Set<String> fallbackOn = new LinkedHashSet<>();
        /** Fallbacks of the name for every failure: where there are some, the general ones do not count. */
        final Set<String> general = new LinkedHashSet<>();

        double rpm;
        double tpm;
    }

    Map<String, List<Instance>> providers() {
        return providers;
    }

    Map<String, Alias> aliases() {
        return aliases;
    }

    /** Patterns of names to providers. */
    Map<String, String> rules() {
        return rules;
    }

    /** The variables that the plan reads. */
    Set<String> variables() {
        Set<String> variables = new TreeSet<>();
        for (List<Instance> instances : providers.values()) {
            for (Instance instance : instances) {
                if (!instance.endpoint().key().isEmpty()) {
                    variables.add(instance.endpoint().key());
                }
                instance.endpoint().headers().values().stream()
                        .filter(LiteLlmDeployment.Header::variable)
                        .forEach(header -> variables.add(header.value()));
            }
        }
        return variables;
    }

    /** Takes in all deployments of one name, in the order of the file. */
    void add(String name, List<LiteLlmDeployment> deployments, LiteLlmNotes notes) {
        Map<String, List<LiteLlmDeployment>> byModel = new LinkedHashMap<>();
        for (LiteLlmDeployment each : deployments) {
            // trust in certificates belongs to a provider here
            Endpoint endpoint = each.endpoint();
            byModel.computeIfAbsent(endpoint.type() + " " + endpoint.tls() + " " + each.model(), _ -> new ArrayList<>())
                    .add(each);
        }
        double[] shares = shares(deployments);
        Map<String, Integer> weights = weights(byModel, deployments, shares);
        Map<Integer, Alias> tiers = new TreeMap<>();
        byModel.forEach((key, group) -> {
            int order = group.stream().mapToInt(LiteLlmDeployment::order).min().orElse(1);
            String provider = provider(group, deployments, shares);
            int weight = weights.getOrDefault(key, 0);
            tiers.computeIfAbsent(order, _ -> new Alias())
                    .targets
                    .add(new Target(provider, group.getFirst().model(), weight));
        });
        Alias first = null;
        for (Map.Entry<Integer, Alias> tier : tiers.entrySet()) {
            String own = first == null ? name : name + "-order-" + tier.getKey();
            aliases.put(own, tier.getValue());
            if (first == null) {
                first = tier.getValue();
            } else {
                first.fallbacks.add(own);
                notes.add("'" + name + "' has other models of a later order: they became its fallback '" + own + "'");
            }
        }
        limits(name, deployments, first, notes);
    }

    /** The weight of each model among those of a name; 0 for all when they are equal. */
    private static Map<String, Integer> weights(
            Map<String, List<LiteLlmDeployment>> byModel, List<LiteLlmDeployment> all, double[] shares) {
        Map<String, Double> sums = new LinkedHashMap<>();
        byModel.forEach((key, group) -> sums.put(
                key,
                group.stream().mapToDouble(each -> shares[all.indexOf(each)]).sum()));
        double highest = sums.values().stream().mapToDouble(each -> each).max().orElse(1);
        boolean equal = sums.values().stream().distinct().count() == 1;
        Map<String, Integer> weights = new LinkedHashMap<>();
        sums.forEach((key, sum) -> weights.put(key, equal ? 0 : scaled(sum, highest)));
        return weights;
    }

    /** Takes in all deployments of one name with a star, in the order of the file. */
    void addRule(String name, List<LiteLlmDeployment> deployments, LiteLlmNotes notes) {
        Endpoint first = deployments.getFirst().endpoint();
        List<LiteLlmDeployment> alike = deployments.stream()
                .filter(each -> each.endpoint().type() == first.type()
                        && each.endpoint().tls().equals(first.tls()))
                .toList();
        if (alike.size() < deployments.size()) {
            notes.add("'" + name + "' leads to one provider only: deployments of other types or with other trust in"
                    + " certificates are left out");
        }
        rules.put(name, provider(alike, alike, shares(alike)));
        if (alike.stream()
                .anyMatch(each -> each.share().rpm() > 0 || each.share().tpm() > 0)) {
            notes.add("rpm and tpm of '" + name + "' are left out: limits.models takes patterns of names");
        }
    }

    /** The alias of a name; one that only a rule serves becomes an alias of its own. */
    private @Nullable Alias aliasOf(String name) {
        Alias alias = aliases.get(name);
        Optional<String> provider = alias == null ? ruled(name) : Optional.empty();
        if (provider.isPresent()) {
            alias = new Alias();
            alias.targets.add(new Target(provider.get(), name, 0));
            aliases.put(name, alias);
        }
        return alias;
    }

    private Optional<String> ruled(String name) {
        return rules.entrySet().stream()
                .filter(rule -> rule.getKey().length() > 1 && new ModelGlob(rule.getKey()).matches(name))
                .max(Comparator.comparingInt(rule -> rule.getKey().length()))
                .or(() -> rules.entrySet().stream()
                        .filter(rule -> rule.getKey().equals("*"))
                        .findFirst())
                .filter(_ -> ModelName.explain(name).isEmpty())
                .map(Map.Entry::getValue);
    }

    private static void limits(
            String name, List<LiteLlmDeployment> deployments, @Nullable Alias alias, LiteLlmNotes notes) {
        if (alias == null) {
            return;
        }
        alias.rpm = sum("rpm", name, deployments, each -> each.share().rpm(), notes);
        alias.tpm = sum("tpm", name, deployments, each -> each.share().tpm(), notes);
        List<String> taken = new ArrayList<>();
        if (alias.rpm > 0) {
            taken.add("rpm");
        }
        if (alias.tpm > 0) {
            taken.add("tpm");
        }
        if (!taken.isEmpty()) {
            notes.add(String.join(" and ", taken) + " of '" + name + (taken.size() == 1 ? "' holds" : "' hold")
                    + " for the name as a whole here, not for each deployment");
        }
    }

    /** A limit of a name: the sum over its deployments, when all of them have one. */
    private static double sum(
            String what,
            String name,
            List<LiteLlmDeployment> deployments,
            ToDoubleFunction<LiteLlmDeployment> limit,
            LiteLlmNotes notes) {
        double sum = deployments.stream().mapToDouble(limit).sum();
        boolean all = deployments.stream().allMatch(each -> limit.applyAsDouble(each) > 0);
        if (sum > 0 && !all) {
            notes.add(what + " of '" + name + "' is left out, since not every deployment has one");
        }
        return all ? sum : 0;
    }

    /** What LiteLLM's simple-shuffle draws by: weights, else requests, else tokens per minute, else all alike. */
    private static double[] shares(List<LiteLlmDeployment> deployments) {
        List<ToDoubleFunction<LiteLlmDeployment>> measures = List.of(
                each -> each.share().weight(),
                each -> each.share().rpm(),
                each -> each.share().tpm());
        for (var measure : measures) {
            if (deployments.stream().anyMatch(each -> measure.applyAsDouble(each) > 0)) {
                return deployments.stream().mapToDouble(measure).toArray();
            }
        }
        return deployments.stream().mapToDouble(_ -> 1).toArray();
    }

    private String provider(List<LiteLlmDeployment> group, List<LiteLlmDeployment> all, double[] shares) {
        double highest = group.stream()
                .mapToDouble(each -> shares[all.indexOf(each)])
                .max()
                .orElse(1);
        boolean equal = group.stream()
                        .mapToDouble(each -> shares[all.indexOf(each)])
                        .distinct()
                        .count()
                == 1;
        int lowest = group.stream().mapToInt(LiteLlmDeployment::order).min().orElse(1);
        List<Instance> instances = group.stream()
                .map(each -> new Instance(
                        each.endpoint(),
                        each.order() - lowest + 1,
                        equal ? 0 : scaled(shares[all.indexOf(each)], highest)))
                .toList();
        String base = group.getFirst().provider().replace('_', '-');
        String name = base;
        for (int number = 2; providers.containsKey(name); number++) {
            if (instances.equals(providers.get(name))) {
                return name;
            }
            name = base + "-" + number;
        }
        providers.put(name, instances);
        return name;
    }

    /** A share as a weight of 1 to 1000; small whole numbers stay as they are. */
    private static int scaled(double share, double highest) {
        boolean whole = highest <= MAX_WEIGHT && share == Math.rint(share);
        double weight = whole ? share : share / highest * MAX_WEIGHT;
        return Math.clamp(Math.round(weight), 1, MAX_WEIGHT);
    }

    /** A name for another name. */
    void alias(String name, String meant, LiteLlmNotes notes) {
        Alias alias = aliasOf(meant);
        Optional<String> wrong = ModelName.explain(name);
        if (alias == null || wrong.isPresent()) {
            notes.add("model_group_alias '" + name + "' " + wrong.orElse("means '" + meant + "', which is not there")
                    + ", left out");
            return;
        }
        if (aliases.containsKey(name)) {
            notes.add("model_group_alias '" + name + "' hides the model of that name, as in LiteLLM");
        }
        // the same object, so that fallbacks found later hold for both
        aliases.put(name, alias);
    }

    /** A name for several others, in order: it has targets of its own, those of the first. */
    void alias(String name, List<String> meant, LiteLlmNotes notes) {
        Alias first = aliases.get(meant.getFirst());
        if (first != null && aliases.get(name) == first) {
            Alias own = new Alias();
            own.targets.addAll(first.targets);
            aliases.put(name, own);
            fallbacks(name, meant.subList(1, meant.size()), "", notes);
        }
    }

    /** Names to go on with; empty words: after every failure of the targets. */
    void fallbacks(String name, List<String> next, String word, LiteLlmNotes notes) {
        Alias alias = aliasOf(name);
        if (alias == null) {
            notes.add("fallbacks of '" + name + "', which is not there, are left out");
            return;
        }
        for (String each : next) {
            if (aliases.containsKey(each) || ruled(each).isPresent()) {
                alias.fallbacks.add(each);
                if (word.isEmpty()) {
                    alias.general.add(each);
                }
            } else {
                notes.add("fallback '" + each + "' of '" + name + "' is not there, left out");
            }
        }
        if (!word.isEmpty() && !alias.fallbacks.isEmpty()) {
            alias.fallbackOn.add(word);
        }
    }

    /** Names to go on with for everything that has no fallbacks of its own. */
    void defaultFallbacks(List<String> next, LiteLlmNotes notes) {
        List<String> there = new ArrayList<>();
        for (String each : next) {
            if (aliases.containsKey(each) || ruled(each).isPresent()) {
                there.add(each);
            } else {
                notes.add("default fallback '" + each + "' is not there, left out");
            }
        }
        Set<Alias> without = Collections.newSetFromMap(new IdentityHashMap<>());
        aliases.values().stream().filter(alias -> alias.general.isEmpty()).forEach(without::add);
        aliases.forEach((name, alias) -> {
            if (without.contains(alias)) {
                there.stream()
                        .filter(each -> !each.equals(name) && aliases.get(each) != alias)
                        .forEach(alias.fallbacks::add);
            }
        });
        if (!there.isEmpty() && !rules.isEmpty()) {
            notes.add("default fallbacks do not hold for names that a rule serves (" + String.join(", ", rules.keySet())
                    + "): name those that need them");
        }
    }

    /** LiteLLM lets fallbacks go round; here each one that closes a circle leads to the bare targets instead. */
    void breakCircles(LiteLlmNotes notes) {
        for (String name : List.copyOf(aliases.keySet())) {
            Alias alias = aliases.get(name);
            List<String> next = alias == null ? List.of() : List.copyOf(alias.fallbacks);
            for (String each : next) {
                if (alias != null && reaches(each, name, new LinkedHashSet<>())) {
                    Alias target = aliases.get(each);
                    String bare = each + "-alone";
                    Alias copy = new Alias();
                    copy.targets.addAll(target == null ? List.of() : target.targets);
                    aliases.put(bare, copy);
                    List<String> order = new ArrayList<>(alias.fallbacks);
                    order.set(order.indexOf(each), bare);
                    alias.fallbacks.clear();
                    alias.fallbacks.addAll(order);
                    notes.add("fallbacks go round between '" + name + "' and '" + each + "': '" + name
                            + "' falls back to '" + bare + "', which has no fallbacks");
                }
            }
        }
    }

    private boolean reaches(String from, String to, Set<String> seen) {
        Alias alias = aliases.get(from);
        return from.equals(to)
                || (alias != null
                        && seen.add(from)
                        && alias.fallbacks.stream().anyMatch(next -> reaches(next, to, seen)));
    }
}
