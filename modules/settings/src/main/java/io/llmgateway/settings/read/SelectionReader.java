package io.llmgateway.settings.read;

import io.llmgateway.settings.SelectionSettings;
import io.llmgateway.settings.SelectionSettings.Breaker;
import io.llmgateway.settings.SelectionSettings.Policy;
import io.llmgateway.settings.SelectionSettings.Probe;
import io.llmgateway.settings.SelectionSettings.Queue;
import io.llmgateway.settings.SelectionSettings.Sticky;
import io.llmgateway.settings.SelectionSettings.WhenAllUnhealthy;
import io.llmgateway.settings.Units;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Reads how a provider's instances are picked: {@code balancing, breaker, sticky, probe}. Thread-safe. */
final class SelectionReader {
    private static final Map<String, Policy> POLICIES = words(Policy.values(), Policy::wire);
    private static final Map<String, WhenAllUnhealthy> WHEN_ALL_UNHEALTHY =
            words(WhenAllUnhealthy.values(), WhenAllUnhealthy::wire);
    private static final Map<String, Probe.Mode> MODES = words(Probe.Mode.values(), Probe.Mode::wire);
    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private SelectionReader() {}

    /**
     * Reads the settings.
     *
     * @param own true when the instances are servers of one's own network, which cost nothing to ask how they are
     */
    static SelectionSettings read(Section provider, boolean own) {
        Section balancing = provider.section("balancing");
        SelectionSettings base = SelectionSettings.DEFAULT;
        return new SelectionSettings(
                balancing.choice("policy", POLICIES).orElse(base.policy()),
                balancing.choice("when-all-unhealthy", WHEN_ALL_UNHEALTHY).orElse(base.whenAllUnhealthy()),
                queue(balancing, base.queue()),
                breaker(provider.section("circuit-breaker"), base.circuitBreaker()),
                sticky(provider.section("sticky"), base.sticky()),
                probe(provider.section("health-check"), own ? Probe.OWN : base.healthCheck()));
    }

    private static Queue queue(Section section, Queue base) {
        return new Queue(
                section.integer("max-waiting", 0, 100_000).orElse(base.maxWaiting()),
                section.duration("max-wait", Duration.ZERO, Duration.ofMinutes(10))
                        .orElse(base.maxWait()));
    }

    private static Breaker breaker(Section section, Breaker base) {
        Duration openDuration =
                section.duration("open-duration", MILLISECOND, HOUR).orElse(base.openDuration());
        Duration longest = openDuration.compareTo(base.maxOpenDuration()) > 0 ? openDuration : base.maxOpenDuration();
        Duration maxOpenDuration = section.duration("max-open-duration", MILLISECOND, DAY)
                .check(
                        max -> max.compareTo(openDuration) >= 0,
                        "must not be under open-duration, " + Units.format(openDuration))
                .orElse(longest);
        return new Breaker(
                section.flag("enabled").orElse(base.enabled()),
                section.integer("consecutive-failures", 1, 1_000).orElse(base.consecutiveFailures()),
                section.integer("failure-rate", 1, 100).orElse(base.failureRate()),
                section.integer("min-requests", 1, 100_000).orElse(base.minRequests()),
                section.duration("window", SECOND, HOUR).orElse(base.window()),
                openDuration,
                maxOpenDuration,
                section.duration("cooldown", Duration.ZERO, HOUR).orElse(base.cooldown()),
                section.duration("max-cooldown", Duration.ZERO, DAY).orElse(base.maxCooldown()),
                section.duration("auth-failure-cooldown", Duration.ZERO, DAY).orElse(base.authFailureCooldown()));
    }

    private static Sticky sticky(Section section, Sticky base) {
        return new Sticky(
                section.flag("enabled").orElse(base.enabled()),
                section.duration("idle", SECOND, Duration.ofDays(7)).orElse(base.idle()),
                section.integer("max-sessions", 8, 10_000_000).orElse(base.maxSessions()),
                section.flag("failback").orElse(base.failback()));
    }

    private static Probe probe(Section section, Probe base) {
        return new Probe(
                section.choice("mode", MODES).orElse(base.mode()),
                section.duration("interval", SECOND, HOUR).orElse(base.interval()));
    }

    /** Values by their words, in their order. */
    static <T> Map<String, T> words(T[] values, Function<T, String> word) {
        Map<String, T> words = new LinkedHashMap<>();
        for (T value : values) {
            words.put(word.apply(value), value);
        }
        return words;
    }
}
