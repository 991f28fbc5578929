package io.llmgateway.explain;

import io.llmgateway.auth.ModelPatterns;
import io.llmgateway.balancing.Balancer;
import io.llmgateway.converters.Protocols;
import io.llmgateway.limits.LimitStatus;
import io.llmgateway.limits.Limiter;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.Refusal;
import io.llmgateway.routing.Match;
import io.llmgateway.routing.RoutePlan;
import io.llmgateway.routing.Router;
import io.llmgateway.routing.Target;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.KeySettings;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.settings.RetrySettings;
import io.llmgateway.settings.UpstreamTimeouts;
import io.llmgateway.upstream.Providers;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells what would become of a request by asking those who would decide about it: the router, the balancer, the
 * limiter and the translators, of a configuration alone or of a running gateway. Thread-safe.
 *
 * @param settings active
 * @param router where models lead
 * @param balancer which instance is next
 * @param limiter who may use how much
 * @param protocols the ways between protocols
 * @param clock decides about expired keys
 */
public record Explainer(
        GatewaySettings settings, Router router, Balancer balancer, Limiter limiter, Protocols protocols, Clock clock) {
    private static final int MOST_RULES = 20;
    private static final KeyName ANYBODY = new KeyName("anybody");

    /** One for a configuration that nobody runs: every instance is well, no limit is used. */
    public static Explainer of(GatewaySettings settings) {
        Clock clock = Clock.systemUTC();
        return new Explainer(
                settings,
                new Router(settings),
                new Balancer(settings, System::nanoTime, ThreadLocalRandom::current),
                new Limiter(settings, System::nanoTime, clock),
                Known.PROTOCOLS,
                clock);
    }

    /** One for the configuration that runs: health and what is left of the limits as they are now. */
    public static Explainer of(GatewaySettings settings, Router router, Balancer balancer, Limiter limiter) {
        return new Explainer(settings, router, balancer, limiter, Known.PROTOCOLS, Clock.systemUTC());
    }

    /** The client's protocol by the word people use. */
    public static Protocol protocol(@Nullable String word) {
        return switch (word == null ? "openai" : word) {
            case "openai" -> Protocol.OPENAI_CHAT;
            case "anthropic" -> Protocol.ANTHROPIC_MESSAGES;
            default -> throw new IllegalArgumentException("protocol must be openai or anthropic, was '" + word + "'");
        };
    }

    /**
     * What would become of a request.
     *
     * @param model asked for
     * @param keyName the name of a key, never the key; null for one that may use everything and is not limited
     * @throws IllegalArgumentException when there is no such key
     */
    public Explanation explain(String model, @Nullable String keyName, Protocol client) {
        KeySettings key = keyName == null ? null : key(keyName);
        try {
            ModelName name = new ModelName(model);
            if (key != null) {
                admit(key);
            }
            ModelPatterns patterns = key == null ? null : ModelPatterns.of(key.models());
            Predicate<ModelName> mayUse = patterns == null ? _ -> true : patterns::matches;
            RoutePlan plan = router.plan(key == null ? ANYBODY : key.name(), mayUse, name);
            return planned(model, plan, key, client);
        } catch (GatewayException e) {
            String kind = e.error().kind().wire();
            String rules = e.error() instanceof Refusal.UnknownModel ? rules() : "";
            return refused(model, key, client, e.error().clientMessage() + " (" + kind + ")" + rules);
        } catch (IllegalArgumentException e) {
            return refused(model, key, client, e.getMessage() + " (bad_request)");
        }
    }

    private KeySettings key(String name) {
        List<String> names =
                settings.keys().stream().map(key -> key.name().value()).toList();
        return settings.keys().stream()
                .filter(key -> key.name().value().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no key is named '" + name
                        + "'; give the name of a key, never the key itself, known are: " + String.join(", ", names)));
    }

    private void admit(KeySettings key) {
        if (!key.enabled()) {
            throw new GatewayException(new Refusal.KeyDisabled(key.name()));
        }
        if (!key.expires().equals(KeySettings.NEVER) && !clock.instant().isBefore(key.expires())) {
            throw new GatewayException(new Refusal.KeyExpired(key.name(), key.expires()));
        }
    }

    private Explanation planned(String asked, RoutePlan plan, @Nullable KeySettings key, Protocol client) {
        List<Explanation.Step> steps = new ArrayList<>();
        for (Target target : plan.targets()) {
            steps.add(step(plan, target, client));
        }
        List<LimitStatus> limits = key == null
                ? List.of()
                : limiter.applied(
                                key.name(),
                                plan.requested().value(),
                                plan.targets().getFirst().model().value())
                        .statuses();
        return new Explanation(
                asked,
                key == null ? "" : key.name().value(),
                client,
                "",
                reason(plan),
                steps,
                plan.skipped().stream().map(ModelName::value).toList(),
                plan.options().fallbackOn().stream().sorted().toList(),
                limits);
    }

    /** How the rules are read, for a model that none of them takes. */
    private String rules() {
        return settings.routing().rules().stream()
                .limit(MOST_RULES)
                .map(rule -> "'" + rule.pattern() + "' takes " + rule.reading())
                .collect(Collectors.joining("; ", "; of the rules, ", ""));
    }

    /** Why the request goes there; of a rule also how it is read. */
    private String reason(RoutePlan plan) {
        String match = plan.match().toString();
        if (plan.match() instanceof Match.Rule(String pattern)) {
            return settings.routing().rules().stream()
                    .filter(rule -> rule.pattern().equals(pattern))
                    .map(rule -> match + ": " + rule.reading())
                    .findFirst()
                    .orElse(match);
        }
        return match;
    }

    private Explanation.Step step(RoutePlan plan, Target target, Protocol client) {
        ProviderSettings provider = settings.provider(target.provider()).orElseThrow();
        Protocol upstream = Known.TYPES.type(provider.type().wire()).protocol();
        Map<InstanceName, UpstreamTimeouts> timeouts = new LinkedHashMap<>();
        provider.instances()
                .forEach(
                        instance -> timeouts.put(instance.name(), plan.options().over(instance.timeouts())));
        ConversionProbes.Way way = new ConversionProbes.Way(upstream, target.model());
        return new Explanation.Step(
                target,
                share(plan, target),
                provider,
                upstream,
                ConversionProbes.outcomes(protocols, client, provider, way),
                settings.usage().prices().of(target.model().value()),
                balancer.standings(provider.name()),
                timeouts,
                plan.options().maxAttempts().orElse(RetrySettings.MOST_ATTEMPTS));
    }

    private static int share(RoutePlan plan, Target target) {
        List<Target> tier = plan.targets().stream()
                .filter(other -> other.tier() == target.tier())
                .toList();
        int all = tier.stream().mapToInt(Target::weight).sum();
        return all == 0 ? (tier.getFirst().equals(target) ? 100 : 0) : (int) Math.round(100.0 * target.weight() / all);
    }

    private static Explanation refused(String model, @Nullable KeySettings key, Protocol client, String why) {
        String name = Optional.ofNullable(key).map(each -> each.name().value()).orElse("");
        return new Explanation(model, name, client, why, "", List.of(), List.of(), List.of(), List.of());
    }

    /** What is on the module path, found once; only when somebody asks. */
    private static final class Known {
        static final Providers TYPES = Providers.load();
        static final Protocols PROTOCOLS = Protocols.load(System::nanoTime);
    }
}
