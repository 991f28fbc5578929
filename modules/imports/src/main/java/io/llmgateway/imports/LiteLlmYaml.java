package io.llmgateway.imports;

import io.llmgateway.imports.LiteLlmDeployment.Endpoint;
import io.llmgateway.imports.LiteLlmDeployment.Times;
import io.llmgateway.imports.LiteLlmDeployment.Tls;
import io.llmgateway.imports.LiteLlmPlan.Alias;
import io.llmgateway.imports.LiteLlmPlan.Instance;
import io.llmgateway.imports.LiteLlmPlan.Target;
import io.llmgateway.settings.Units;
import io.llmgateway.settings.tree.YamlOut;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes what an import found as our configuration. Confined to one import. */
final class LiteLlmYaml {
    private final YamlOut out = new YamlOut();
    private final LiteLlmPlan plan;
    private final LiteLlmOptions options;
    private final String prices;

    private LiteLlmYaml(LiteLlmPlan plan, LiteLlmOptions options, String prices) {
        this.plan = plan;
        this.options = options;
        this.prices = prices;
    }

    /**
     * The whole file.
     *
     * @param prices the file with its prices; empty for none
     */
    static String write(String source, LiteLlmPlan plan, LiteLlmOptions options, String prices) {
        return new LiteLlmYaml(plan, options, prices).text(source);
    }

    private String text(String source) {
        out.comment("Imported from " + source + ", a configuration of LiteLLM's proxy.");
        out.comment("Check it with llm-gateway validate -c FILE, look at a route with llm-gateway explain.");
        out.blank()
                .comment("Clients send this key as they sent LiteLLM's master key; llm-gateway keygen makes others.");
        out.open("keys").element().entry("name", "litellm-master", "");
        out.entry("key", "{env: " + YamlOut.scalar(options.master()) + "}", "");
        List<String> names = new ArrayList<>(plan.aliases().keySet());
        names.addAll(plan.rules().keySet());
        out.comment("only the names that were there; other names would follow the rules of routing");
        out.entry("models", list(names), "").close().close();
        limits();
        if (!prices.isEmpty()) {
            out.blank()
                    .open("usage")
                    .entry("prices", YamlOut.scalar(prices), "")
                    .close();
        }
        if (!options.times().isEmpty()) {
            out.blank().open("upstream");
            timeouts(options.times());
            out.close();
        }
        out.blank().open("providers");
        plan.providers().forEach(this::provider);
        out.close();
        routing();
        return out.text();
    }

    private void limits() {
        boolean models = plan.aliases().values().stream().anyMatch(alias -> alias.rpm > 0 || alias.tpm > 0);
        if (!models && options.concurrent().isEmpty() && options.budget().isEmpty()) {
            return;
        }
        out.blank().open("limits");
        options.concurrent().ifPresent(count -> out.entry("concurrent", count.toString(), ""));
        options.budget().ifPresent(budget -> out.entry("budget", budget, ""));
        if (models) {
            out.comment("the sums of rpm and tpm over all deployments of a name")
                    .open("models");
            plan.aliases().forEach((name, alias) -> {
                List<String> limits = new ArrayList<>();
                if (alias.rpm >= 1) {
                    limits.add("requests-per-minute: " + (long) alias.rpm);
                }
                if (alias.tpm >= 1) {
                    limits.add("tokens-per-minute: " + (long) alias.tpm);
                }
                if (!limits.isEmpty()) {
                    out.entry(name, "{" + String.join(", ", limits) + "}", "");
                }
            });
            out.close();
        }
        out.close();
    }

    private void timeouts(Times times) {
        out.open("timeouts");
        times.firstToken().ifPresent(time -> out.entry("first-token", Units.format(time), ""));
        times.idle().ifPresent(time -> out.entry("idle", Units.format(time), ""));
        times.total().ifPresent(time -> out.entry("total", Units.format(time), ""));
        out.close();
    }

    private void provider(String name, List<Instance> instances) {
        out.open(name).entry("type", instances.getFirst().endpoint().type().wire(), "");
        if (!options.policy().isEmpty() && instances.size() > 1) {
            out.entry("balancing", "{policy: " + options.policy() + "}", "");
        }
        Tls tls = instances.getFirst().endpoint().tls();
        if (tls.insecure()) {
            out.entry("tls", "{insecure-skip-verify: true}", "");
        } else if (!tls.trust().isEmpty()) {
            out.entry("tls", "{ca-certificates: " + YamlOut.scalar(tls.trust()) + "}", "");
        }
        options.maxAttempts().ifPresent(count -> out.entry("retries", "{max-attempts: " + count + "}", ""));
        if (!options.breaker().isEmpty()) {
            out.entry(
                    "circuit-breaker",
                    options.breaker().entrySet().stream()
                            .map(entry -> entry.getKey() + ": " + entry.getValue())
                            .collect(Collectors.joining(", ", "{", "}")),
                    "");
        }
        out.open("instances");
        int number = 1;
        for (Instance instance : instances) {
            instance(name + "-" + number++, instance);
        }
        out.close().close();
    }

    private void instance(String name, Instance instance) {
        Endpoint endpoint = instance.endpoint();
        out.element().entry("name", YamlOut.scalar(name), "");
        out.entry(
                "base-url",
                YamlOut.scalar(endpoint.baseUrl()),
                endpoint.open() ? "OPEN: write the address here; the variable was not set" : "");
        if (!endpoint.key().isEmpty()) {
            out.entry("api-key", "{env: " + YamlOut.scalar(endpoint.key()) + "}", "");
        }
        if (instance.priority() > 1) {
            out.entry("priority", Integer.toString(instance.priority()), "");
        }
        if (instance.weight() > 0) {
            out.entry("weight", Integer.toString(instance.weight()), "");
        }
        if (endpoint.maxConcurrent() > 0) {
            out.entry("max-concurrent", Integer.toString(endpoint.maxConcurrent()), "");
        }
        if (!endpoint.times().isEmpty()) {
            timeouts(endpoint.times());
        }
        if (!endpoint.headers().isEmpty()) {
            out.open("headers");
            endpoint.headers().forEach((header, value) -> out.entry(header, value.yaml(), ""));
            out.close();
        }
        out.close();
    }

    private void routing() {
        out.blank().open("routing");
        if (plan.rules().isEmpty()) {
            out.entry("rules", "{}", "every name is an alias below");
        } else {
            out.open("rules");
            plan.rules().forEach((pattern, provider) -> out.entry(pattern, YamlOut.scalar(provider), ""));
            out.close();
        }
        out.open("models");
        for (Map.Entry<String, Alias> entry : plan.aliases().entrySet()) {
            Alias alias = entry.getValue();
            out.open(entry.getKey()).open("targets");
            for (Target target : alias.targets) {
                String weight = target.weight() > 0 && alias.targets.size() > 1 ? ", weight: " + target.weight() : "";
                out.item("{provider: " + YamlOut.scalar(target.provider()) + ", model: "
                        + YamlOut.scalar(target.model()) + weight + "}");
            }
            out.close();
            if (!alias.fallbacks.isEmpty()) {
                out.entry("fallbacks", list(List.copyOf(alias.fallbacks)), "");
            }
            if (!alias.fallbackOn.isEmpty()) {
                out.entry("fallback-on", list(List.copyOf(alias.fallbackOn)), "");
            }
            out.close();
        }
        out.close().close();
    }

    private static String list(List<String> texts) {
        return texts.stream().map(YamlOut::scalar).collect(Collectors.joining(", ", "[", "]"));
    }
}
