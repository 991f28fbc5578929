package io.llmgateway.admin;

import io.llmgateway.settings.Problem;
import java.time.Instant;
import java.util.List;

/**
 * What became of a configuration that was offered. Immutable, thread-safe.
 *
 * @param at when
 * @param trigger who offered it: {@code start}, {@code file}, {@code signal}, {@code admin}
 * @param taken whether it is active
 * @param generation which configuration is active now
 * @param differences from the one before, secrets not shown; empty when it was refused or nothing differs
 * @param waiting what does not hold although it is configured, since it takes effect with the next start only: all of
 *     it, also from reloads before
 * @param problems why it was refused; empty when it was taken
 * @param warnings what is odd about it
 */
public record ReloadReport(
        Instant at,
        String trigger,
        boolean taken,
        long generation,
        List<String> differences,
        List<String> waiting,
        List<Problem> problems,
        List<Problem> warnings) {
    public ReloadReport {
        differences = List.copyOf(differences);
        waiting = List.copyOf(waiting);
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }

    /** The report of a gateway that was never offered another configuration. */
    static ReloadReport started(ActiveConfiguration active) {
        return started(active.since(), List.of());
    }

    /** The report of the configuration that a gateway began with. */
    public static ReloadReport started(Instant at, List<Problem> warnings) {
        return new ReloadReport(at, "start", true, 1, List.of(), List.of(), List.of(), warnings);
    }

    /** The report of a configuration that is not active, and of the one that stays. */
    public static ReloadReport refused(Instant at, String trigger, long generation, List<Problem> problems) {
        return new ReloadReport(at, trigger, false, generation, List.of(), List.of(), problems, List.of());
    }
}
