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
        return new ReloadReport(
                active.since(), "start", true, active.generation(), List.of(), List.of(), List.of(), List.of());
    }
}
