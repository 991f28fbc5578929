package io.llmgateway.settings;

import io.llmgateway.settings.LiteLlmDeployment.Endpoint;
import io.llmgateway.settings.LiteLlmPlan.Alias;
import io.llmgateway.settings.LiteLlmPlan.Instance;
import io.llmgateway.settings.LiteLlmPlan.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes what an import found as our configuration. Confined to one import. */
final class LiteLlmYaml {
    private final YamlOut out = new YamlOut();
    private final LiteLlmPlan plan;
    private final Options options;

    /**
     * What holds for everything.
     *
     * @param master the variable with the key of the clients
     * @param policy of balancing; empty for the default
     * @param budget as YAML
     */
    record Options(
            String master,
            Optional<Duration> total,
            Optional<Duration> firstToken,
            String policy,
            Optional<Integer> consecutiveFailures,
            Optional<Duration> cooldown,
            Optional<Integer> concurrent,
            Optional<String> budget) {}

    private LiteLlmYaml(LiteLlmPlan plan, Options options) {
        this.plan = plan;
        this.options = options;
    }

    static String write(String source, LiteLlmPlan plan, Options options) {
        return new LiteLlmYaml(plan, options).text(source);
    }

    private String text(String source) {
        out.comment("Imported from " + source + ", a configuration of LiteLLM's proxy.");
        out.comment("Check it with llm-gateway validate -c FILE, look at a route with llm-gateway explain.");
        out.blank()
                .comment("Clients send this key as they sent LiteLLM's master key; llm-gateway keygen makes others.");
        out.open("keys").element().entry("name", "litellm-master", "");
        out.entry("key", "{env: " + options.master() + "}", "");
        List<String> names = new ArrayList<>(plan.aliases().keySet());
        names.addAll(plan.rules().keySet());
        out.comment("only the names that were there; other names would follow the rules of routing");
        out.entry("models", list(names), "").close().close();
        limits();
        timeouts();
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

    private void timeouts() {
        if (options.total().isEmpty() && options.firstToken().isEmpty()) {
            return;
        }
        out.blank().open("upstream").open("timeouts");
        options.total().ifPresent(total -> out.entry("total", Units.format(total), ""));
        options.firstToken().ifPresent(first -> out.entry("first-token", Units.format(first), ""));
        out.close().close();
    }

    private void provider(String name, List<Instance> instances) {
        out.open(name).entry("type", instances.getFirst().endpoint().type().wire(), "");
        if (!options.policy().isEmpty() && instances.size() > 1) {
            out.entry("balancing", "{policy: " + options.policy() + "}", "");
        }
        breaker();
        out.open("instances");
        int number = 1;
        for (Instance instance : instances) {
            instance(name + "-" + number++, instance);
        }
        out.close().close();
    }

    private void breaker() {
        List<String> breaker = new ArrayList<>();
        options.consecutiveFailures().ifPresent(count -> breaker.add("consecutive-failures: " + count));
        options.cooldown().ifPresent(time -> {
            // what may be written goes up to an hour
            Duration open = time.compareTo(Duration.ofHours(1)) > 0 ? Duration.ofHours(1) : time;
            breaker.add("open-for: " + Units.format(open));
            breaker.add("cooldown: " + Units.format(open));
        });
        if (!breaker.isEmpty()) {
            out.entry("breaker", "{" + String.join(", ", breaker) + "}", "");
        }
    }

    private void instance(String name, Instance instance) {
        Endpoint endpoint = instance.endpoint();
        out.element().entry("name", YamlOut.scalar(name), "");
        out.entry("base-url", YamlOut.scalar(endpoint.baseUrl()), "");
        if (!endpoint.key().isEmpty()) {
            out.entry("api-key", endpoint.key(), "");
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
        if (endpoint.total().isPresent() || endpoint.firstToken().isPresent()) {
            out.open("timeouts");
            endpoint.total().ifPresent(total -> out.entry("total", Units.format(total), ""));
            endpoint.firstToken().ifPresent(first -> out.entry("first-token", Units.format(first), ""));
            out.close();
        }
        if (!endpoint.headers().isEmpty()) {
            out.open("headers");
            endpoint.headers().forEach((header, value) -> out.entry(header, value, ""));
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
            if (!alias.fallBackOn.isEmpty()) {
                out.entry("fall-back-on", list(List.copyOf(alias.fallBackOn)), "");
            }
            out.close();
        }
        out.close().close();
    }

    private static String list(List<String> texts) {
        return texts.stream().map(YamlOut::scalar).collect(Collectors.joining(", ", "[", "]"));
    }
}
