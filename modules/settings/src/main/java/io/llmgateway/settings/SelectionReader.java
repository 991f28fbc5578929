package io.llmgateway.settings;

import io.llmgateway.settings.SelectionSettings.Breaker;
import io.llmgateway.settings.SelectionSettings.Policy;
import io.llmgateway.settings.SelectionSettings.Probe;
import io.llmgateway.settings.SelectionSettings.Queue;
import io.llmgateway.settings.SelectionSettings.Sticky;
import io.llmgateway.settings.SelectionSettings.WhenAllOut;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Reads how a provider's instances are picked: {@code balancing, breaker, sticky, probe}. Thread-safe. */
final class SelectionReader {
    private static final Map<String, Policy> POLICIES = words(Policy.values(), Policy::wire);
    private static final Map<String, WhenAllOut> WHEN_ALL_OUT = words(WhenAllOut.values(), WhenAllOut::wire);
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
                balancing.choice("when-all-out", WHEN_ALL_OUT).orElse(base.whenAllOut()),
                queue(balancing, base.queue()),
                breaker(provider.section("breaker"), base.breaker()),
                sticky(provider.section("sticky"), base.sticky()),
                probe(provider.section("probe"), own ? Probe.OWN : base.probe()));
    }

    private static Queue queue(Section section, Queue base) {
        return new Queue(
                section.integer("max-waiting", 0, 100_000).orElse(base.maxWaiting()),
                section.duration("max-wait", Duration.ZERO, Duration.ofMinutes(10))
                        .orElse(base.maxWait()));
    }

    private static Breaker breaker(Section section, Breaker base) {
        Duration openFor = section.duration("open-for", MILLISECOND, HOUR).orElse(base.openFor());
        Duration longest = openFor.compareTo(base.maxOpenFor()) > 0 ? openFor : base.maxOpenFor();
        Duration maxOpenFor = section.duration("max-open-for", MILLISECOND, DAY)
                .check(max -> max.compareTo(openFor) >= 0, "must not be under open-for, " + Units.format(openFor))
                .orElse(longest);
        return new Breaker(
                section.flag("enabled").orElse(base.enabled()),
                section.integer("consecutive-failures", 1, 1_000).orElse(base.consecutiveFailures()),
                section.integer("failure-rate", 1, 100).orElse(base.failureRate()),
                section.integer("min-requests", 1, 100_000).orElse(base.minRequests()),
                section.duration("window", SECOND, HOUR).orElse(base.window()),
                openFor,
                maxOpenFor,
                section.duration("cooldown", Duration.ZERO, HOUR).orElse(base.cooldown()),
                section.duration("max-cooldown", Duration.ZERO, DAY).orElse(base.maxCooldown()),
                section.duration("credential-bench", Duration.ZERO, DAY).orElse(base.credentialBench()));
    }

    private static Sticky sticky(Section section, Sticky base) {
        return new Sticky(
                section.flag("enabled").orElse(base.enabled()),
                section.duration("idle", SECOND, Duration.ofDays(7)).orElse(base.idle()),
                section.integer("max-sessions", 8, 10_000_000).orElse(base.maxSessions()),
                section.flag("stay-in-lower-tier").orElse(base.stayInLowerTier()));
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
