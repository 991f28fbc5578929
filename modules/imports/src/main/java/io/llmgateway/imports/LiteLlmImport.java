package io.llmgateway.imports;

import io.llmgateway.settings.Problem;
import io.llmgateway.settings.tree.Node;
import io.llmgateway.settings.tree.YamlTree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
     * @param prices our list of prices, for the file that the configuration names; empty when it names none
     * @param notes what was changed or left out, in the order of the file
     * @param variables the environment variables it reads
     */
    public record Imported(String yaml, String prices, List<Problem> notes, Set<String> variables) {
        public Imported {
            notes = List.copyOf(notes);
            variables = Set.copyOf(variables);
        }
    }

    /** Imports a text without prices; the environment answers for addresses that LiteLLM takes from there. */
    public static Imported of(String source, String text, Map<String, String> environment) {
        return of(source, text, environment, "");
    }

    /**
     * Imports a text.
     *
     * @param environment answers for addresses that LiteLLM takes from there
     * @param pricesFile where the prices will be, relative to the configuration; empty when they cannot be written
     */
    public static Imported of(String source, String text, Map<String, String> environment, String pricesFile) {
        List<Problem> problems = new ArrayList<>();
        Node.Mapping tree = YamlTree.read(source, text, problems);
        if (tree == null) {
            return new Imported("", "", problems, Set.of());
        }
        LiteLlmNotes notes = new LiteLlmNotes(source, environment);
        notes.referredIn(tree);
        LiteLlmNode root = new LiteLlmNode(tree, "", notes);
        LiteLlmNode section = environment(root, notes);
        LiteLlmNode router = root.under("router_settings");
        LiteLlmNode lite = root.under("litellm_settings");
        LiteLlmNode general = root.under("general_settings");
        lite.ignore("api_base", "ssl_verify");
        LiteLlmPlan plan = new LiteLlmPlan();
        LiteLlmPrices prices = new LiteLlmPrices();
        deployments(root, new LiteLlmReader(root, lite, prices, notes), plan, notes);
        fallbacks(router, lite, plan, notes);
        plan.breakCircles(notes);
        callbacks(lite);
        LiteLlmOptions options = LiteLlmOptions.read(router, lite, general, notes);
        tellUnused(section, notes);
        root.reportUnused();
        boolean priced = !prices.isEmpty() && !pricesFile.isEmpty();
        if (!prices.isEmpty() && !priced) {
            notes.add("prices of " + prices.models() + " need a file of their own: they are left out without --output");
        }
        List<Problem> all = new ArrayList<>(problems);
        notes.notes().stream().sorted(Comparator.comparingInt(Problem::line)).forEach(all::add);
        if (plan.providers().isEmpty()) {
            notes.add("no deployment can be used");
            all.add(notes.notes().getLast());
            return new Imported("", "", all, Set.of());
        }
        Set<String> variables = plan.variables();
        variables.add(options.master());
        String yaml = LiteLlmYaml.write(source, plan, options, priced ? pricesFile : "");
        return new Imported(yaml, priced ? prices.yaml(source) : "", all, variables);
    }

    /** The section that LiteLLM puts into its environment. */
    private static LiteLlmNode environment(LiteLlmNode root, LiteLlmNotes notes) {
        LiteLlmNode section = root.under("environment_variables");
        section.keys().forEach(name -> section.text(name).ifPresent(value -> notes.define(name, value)));
        return section;
    }

    private static void tellUnused(LiteLlmNode section, LiteLlmNotes notes) {
        section.keys().stream()
                .filter(name -> !notes.wasUsed(name))
                .forEach(name -> section.note(name, "nothing that is taken over reads it, left out"));
    }

    private static void deployments(LiteLlmNode root, LiteLlmReader reader, LiteLlmPlan plan, LiteLlmNotes notes) {
        Map<String, List<LiteLlmDeployment>> byName = new LinkedHashMap<>();
        Map<String, List<LiteLlmDeployment>> byPattern = new LinkedHashMap<>();
        for (LiteLlmNode entry : root.list("model_list")) {
            LiteLlmDeployment deployment = reader.read(entry);
            if (deployment == null) {
                continue;
            }
            String name = deployment.name();
            if (!deployment.wildcard() && !deployment.model().contains("*")) {
                byName.computeIfAbsent(name, _ -> new ArrayList<>()).add(deployment);
            } else if (!deployment.model().equals(name)) {
                entry.note(
                        "model_name",
                        "a name that is not passed on as it is has no counterpart with a star, left out; name each"
                                + " model" + ruleFor(deployment));
            } else if (name.indexOf('*') == name.length() - 1) {
                byPattern.computeIfAbsent(name, _ -> new ArrayList<>()).add(deployment);
            } else {
                entry.note("model_name", "a star is possible at the end of a name only, left out");
            }
        }
        byPattern.forEach((name, deployments) -> plan.addRule(name, deployments, notes));
        byName.forEach((name, deployments) -> plan.add(name, deployments, notes));
    }

    /** What to write instead, when clients may leave the provider's name away. */
    private static String ruleFor(LiteLlmDeployment deployment) {
        String prefixed = deployment.provider() + "/" + deployment.model();
        return prefixed.equals(deployment.name()) && deployment.model().equals("*")
                ? ", or let clients say the model without '" + deployment.provider() + "/'"
                : "";
    }

    private static void fallbacks(LiteLlmNode router, LiteLlmNode lite, LiteLlmPlan plan, LiteLlmNotes notes) {
        for (LiteLlmNode settings : List.of(router, lite)) {
            LiteLlmNode direct = settings.under("model_group_alias");
            aliases(direct, plan, notes);
            settings.list("model_group_alias").forEach(each -> aliases(each, plan, notes));
        }
        List<String> general = new ArrayList<>();
        for (LiteLlmNode settings : List.of(router, lite)) {
            general.addAll(each(settings, "fallbacks", "", plan, notes));
            general.addAll(settings.texts("default_fallbacks"));
            each(settings, "context_window_fallbacks", "context-length", plan, notes);
            each(settings, "content_policy_fallbacks", "content-policy", plan, notes);
        }
        plan.defaultFallbacks(general, notes);
    }

    private static void aliases(LiteLlmNode aliases, LiteLlmPlan plan, LiteLlmNotes notes) {
        for (String name : aliases.keys()) {
            LiteLlmNode item = aliases.under(name);
            if (item.flag("hidden")) {
                aliases.note(name, "is hidden in LiteLLM's list of models; here the list shows it");
            }
            List<String> meant = new ArrayList<>(aliases.texts(name));
            item.text("model").ifPresent(meant::add);
            if (meant.isEmpty()) {
                aliases.note(name, "names no model, left out");
                continue;
            }
            plan.alias(name, meant.getFirst(), notes);
            if (meant.size() > 1) {
                aliases.note(name, "names several models: the first is taken, the others are its fallbacks");
                plan.alias(name, meant, notes);
            }
        }
    }

    /** Reads one list of fallbacks; gives those that are for every name. */
    private static List<String> each(
            LiteLlmNode settings, String key, String word, LiteLlmPlan plan, LiteLlmNotes notes) {
        List<String> general = new ArrayList<>();
        for (LiteLlmNode entry : settings.list(key)) {
            for (String name : entry.keys()) {
                if (name.equals("*") && word.isEmpty()) {
                    general.addAll(entry.texts(name));
                } else {
                    plan.fallbacks(name, entry.texts(name), word, notes);
                }
            }
        }
        if (!word.isEmpty() && settings.keys().contains(key)) {
            settings.note(key, "these fallbacks are tried after other failures too");
        }
        return general;
    }

    private static void callbacks(LiteLlmNode lite) {
        for (String key : List.of("callbacks", "success_callback", "failure_callback", "service_callback")) {
            for (String callback : lite.texts(key)) {
                lite.note(
                        key,
                        switch (callback) {
                            case "prometheus" ->
                                "'prometheus': metrics are always at /metrics of the admin listener, under the names of"
                                        + " docs/metrics.md";
                            case "otel", "opentelemetry", "arize", "langfuse_otel" ->
                                "'" + callback + "': see tracing.endpoint, left out";
                            default -> "'" + callback + "' has no counterpart, left out";
                        });
            }
        }
    }
}
