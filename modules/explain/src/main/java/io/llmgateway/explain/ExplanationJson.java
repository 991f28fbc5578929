package io.llmgateway.explain;

import io.llmgateway.balancing.Rank;
import io.llmgateway.explain.ConversionProbes.Outcome;
import io.llmgateway.limits.LimitStatus;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.settings.PriceList.Price;
import io.llmgateway.settings.RetrySettings;
import io.llmgateway.settings.UpstreamTimeouts;
import io.llmgateway.wire.JsonRecords;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An explanation for programs: prices in billionths of a dollar for a token, times in milliseconds. Stateless. */
public final class ExplanationJson {
    private static final JsonRecords JSON = new JsonRecords(MethodHandles.lookup());

    private ExplanationJson() {}

    /** The explanation as JSON over lines. */
    public static String of(Explanation explanation) {
        boolean served = explanation.served();
        return JSON.lines(new Document(
                explanation.model(),
                explanation.key().isEmpty() ? null : explanation.key(),
                explanation.protocol().wire(),
                served,
                served ? null : explanation.refusal(),
                served ? explanation.match() : null,
                explanation.targets().stream()
                        .map(step -> target(step, explanation))
                        .toList(),
                explanation.skipped(),
                explanation.fallbackOn().stream().map(ErrorKind::wire).toList(),
                explanation.limits().stream().map(ExplanationJson::limit).toList()));
    }

    private static Target target(Explanation.Step step, Explanation explanation) {
        RetrySettings retries = step.provider().retries();
        return new Target(
                step.target().provider().value(),
                step.target().model().value(),
                step.target().tier(),
                step.share(),
                step.upstream().wire(),
                step.upstream() == explanation.protocol(),
                step.provider().conversion().wire(),
                step.outcomes(),
                step.price().map(ExplanationJson::price),
                new Retries(
                        retries.maxAttempts(), step.mostAttempts(), retries.budgetPercent(), retries.budgetMinimum()),
                step.provider().selection().policy().wire(),
                step.instances().stream().map(rank -> instance(rank, step)).toList());
    }

    private static Prices price(Price price) {
        return new Prices(price.input(), price.cacheRead(), price.cacheWrite(), price.output());
    }

    private static Instance instance(Rank rank, Explanation.Step step) {
        UpstreamTimeouts timeouts =
                Objects.requireNonNull(step.timeouts().get(rank.status().instance()));
        return new Instance(
                rank.status().instance().value(),
                rank.tier(),
                rank.share(),
                rank.usable(),
                rank.status().condition().wire(),
                rank.reason().isEmpty() ? null : rank.reason(),
                new Timeouts(
                        timeouts.connect().toMillis(),
                        timeouts.firstToken().toMillis(),
                        timeouts.idle().toMillis(),
                        timeouts.total().toMillis()));
    }

    private static Limit limit(LimitStatus limit) {
        return new Limit(
                limit.owner(),
                limit.models().isEmpty() ? "*" : limit.models(),
                limit.limit(),
                limit.amount(),
                limit.remaining());
    }

    private record Document(
            String model,
            @Nullable String key,
            String protocol,
            boolean served,
            @Nullable String refusal,
            @Nullable String match,
            List<Target> targets,
            List<String> skipped,
            List<String> fallBackOn,
            List<Limit> limits) {}

    private record Target(
            String provider,
            String model,
            int tier,
            int share,
            String upstreamProtocol,
            boolean relayed,
            String conversion,
            List<Outcome> weakened,
            Optional<Prices> priceNanoUsd,
            Retries retries,
            String policy,
            List<Instance> instances) {}

    private record Prices(long input, long cacheRead, long cacheWrite, long output) {}

    private record Retries(int maxAttempts, int maxAttemptsOfAllTargets, int budgetPercent, int budgetMinimum) {}

    private record Instance(
            String instance,
            int tier,
            int share,
            boolean usable,
            String state,
            @Nullable String reason,
            Timeouts timeoutsMs) {}

    private record Timeouts(long connect, long firstToken, long idle, long total) {}

    private record Limit(String of, String models, String limit, long amount, long remaining) {}
}
