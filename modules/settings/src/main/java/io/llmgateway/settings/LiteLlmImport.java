package io.llmgateway.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns a configuration of LiteLLM's proxy into one of ours: the same names lead to the same models. What has no
 * counterpart is told. A secret is never copied. Stateless.
 *
 * <pre>{@code
 * LiteLlmImport.Imported imported = LiteLlmImport.of("config.yaml", text, System.getenv());
 * }</pre>
 */
public final class LiteLlmImport {
    private LiteLlmImport() {}

    /**
     * What came out.
     *
     * @param yaml our configuration; empty when nothing could be made
     * @param notes what was changed or left out, in the order of the file
     * @param variables the environment variables it reads
     */
    public record Imported(String yaml, List<Problem> notes, Set<String> variables) {
        public Imported {
            notes = List.copyOf(notes);
            variables = Set.copyOf(variables);
        }
    }

    /** Imports a text; the environment answers for addresses that LiteLLM takes from there. */
    public static Imported of(String source, String text, Map<String, String> environment) {
        List<Problem> problems = new ArrayList<>();
        Node.Mapping tree = YamlTree.read(source, text, problems);
        if (tree == null) {
            return new Imported("", problems, Set.of());
        }
        LiteLlmNotes notes = new LiteLlmNotes(source, environment);
        LiteLlmNode root = new LiteLlmNode(tree, "", notes);
        LiteLlmPlan plan = new LiteLlmPlan();
        deployments(root, plan, notes);
        LiteLlmNode router = root.under("router_settings");
        LiteLlmNode lite = root.under("litellm_settings");
        LiteLlmNode general = root.under("general_settings");
        fallbacks(router, lite, plan, notes);
        plan.breakCircles(notes);
        LiteLlmYaml.Options options = options(router, lite, general, notes);
        root.reportUnused();
        List<Problem> all = new ArrayList<>(problems);
        notes.notes().stream()
                .sorted(java.util.Comparator.comparingInt(Problem::line))
                .forEach(all::add);
        if (plan.providers().isEmpty()) {
            notes.add("no deployment can be used");
            all.add(notes.notes().getLast());
            return new Imported("", all, Set.of());
        }
        return new Imported(LiteLlmYaml.write(source, plan, options), all, notes.variables());
    }

    private static void deployments(LiteLlmNode root, LiteLlmPlan plan, LiteLlmNotes notes) {
        Map<String, List<LiteLlmDeployment>> byName = new LinkedHashMap<>();
        for (LiteLlmNode entry : root.list("model_list")) {
            LiteLlmDeployment deployment = LiteLlmDeployment.read(entry, notes);
            if (deployment == null) {
                continue;
            }
            if (!deployment.wildcard()) {
                byName.computeIfAbsent(deployment.name(), _ -> new ArrayList<>())
                        .add(deployment);
            } else if (deployment.name().equals("*") || deployment.name().equals(deployment.model())) {
                if (deployment.name().indexOf('*') == deployment.name().length() - 1) {
                    plan.addRule(deployment);
                } else {
                    entry.note("model_name", "a star is possible at the end of a name only, left out");
                }
            } else {
                entry.note(
                        "model_name", "a name that changes with a star has no counterpart, left out; name each model");
            }
        }
        byName.forEach((name, deployments) -> plan.add(name, deployments, notes));
    }

    private static void fallbacks(LiteLlmNode router, LiteLlmNode lite, LiteLlmPlan plan, LiteLlmNotes notes) {
        LiteLlmNode aliases = router.under("model_group_alias");
        for (String name : aliases.keys()) {
            LiteLlmNode hidden = aliases.under(name);
            hidden.ignore("hidden");
            aliases.text(name).or(() -> hidden.text("model")).ifPresent(meant -> plan.alias(name, meant, notes));
        }
        for (LiteLlmNode settings : List.of(router, lite)) {
            each(settings, "fallbacks", "", plan, notes);
            each(settings, "context_window_fallbacks", "context-length", plan, notes);
            each(settings, "content_policy_fallbacks", "content-policy", plan, notes);
            List<String> standard = settings.texts("default_fallbacks");
            if (!standard.isEmpty()) {
                for (String name : List.copyOf(plan.aliases().keySet())) {
                    List<String> others =
                            standard.stream().filter(each -> !each.equals(name)).toList();
                    plan.fallbacks(name, others, "", notes);
                }
            }
        }
    }

    private static void each(LiteLlmNode settings, String key, String word, LiteLlmPlan plan, LiteLlmNotes notes) {
        for (LiteLlmNode entry : settings.list(key)) {
            for (String name : entry.keys()) {
                plan.fallbacks(name, entry.texts(name), word, notes);
            }
        }
        if (!word.isEmpty() && settings.keys().contains(key)) {
            settings.note(key, "these fallbacks are tried after other failures too");
        }
    }

    private static LiteLlmYaml.Options options(
            LiteLlmNode router, LiteLlmNode lite, LiteLlmNode general, LiteLlmNotes notes) {
        String master = general.text("master_key")
                .map(value -> notes.variable(general, "master_key", value, "LITELLM_MASTER_KEY"))
                .orElse("GATEWAY_CLIENT_KEY");
        if (!general.keys().contains("master_key")) {
            notes.add("there is no master_key and the gateway is never open: put a key into GATEWAY_CLIENT_KEY");
            notes.variables().add(master);
        }
        if (general.keys().contains("database_url")) {
            general.note("database_url", "keys in LiteLLM's database are not imported: make new ones with keygen");
        }
        if (router.keys().contains("num_retries") || lite.keys().contains("num_retries")) {
            notes.add("num_retries: the gateway tries at most three times, within a budget");
        }
        if (!lite.flag("drop_params")) {
            notes.add("drop_params is off: LiteLLM refuses what a provider cannot express, here it is left out with a"
                    + " warning; conversion: strict refuses");
        }
        general.ignore("database_url", "store_model_in_db");
        router.ignore("num_retries");
        lite.ignore("num_retries", "drop_params", "set_verbose");
        Optional<Duration> total = lite.number("request_timeout")
                .or(() -> router.number("timeout"))
                .flatMap(LiteLlmDeployment::seconds);
        router.ignore("timeout");
        return new LiteLlmYaml.Options(
                master,
                total,
                router.number("stream_timeout").flatMap(LiteLlmDeployment::seconds),
                policy(router),
                router.number("allowed_fails").map(fails -> Math.clamp(fails.intValue() + 1, 1, 1_000)),
                router.number("cooldown_time").flatMap(LiteLlmDeployment::seconds),
                general.number("global_max_parallel_requests").map(Double::intValue),
                budget(lite));
    }

    private static String policy(LiteLlmNode router) {
        String strategy = router.text("routing_strategy").orElse("simple-shuffle");
        return switch (strategy) {
            case "simple-shuffle" -> "";
            case "least-busy" -> "least-busy";
            case "latency-based-routing" -> "peak-ewma";
            default -> {
                router.note("routing_strategy", "'" + strategy + "' has no counterpart, instances are taken by weight");
                yield "";
            }
        };
    }

    private static Optional<String> budget(LiteLlmNode lite) {
        Optional<String> amount = lite.number("max_budget").flatMap(_ -> lite.text("max_budget"));
        String duration = lite.text("budget_duration").orElse("30d");
        String period = switch (duration) {
            case "1h", "60m" -> "hour";
            case "1d", "24h" -> "day";
            case "30d", "31d", "1mo" -> "month";
            default -> {
                lite.note("budget_duration", "'" + duration + "' is no hour, day or month; a month is taken");
                yield "month";
            }
        };
        return amount.map(value -> "{amount: " + YamlOut.value(value) + ", currency: USD, per: " + period + "}");
    }
}
