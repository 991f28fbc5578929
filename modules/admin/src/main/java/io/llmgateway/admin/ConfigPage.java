package io.llmgateway.admin;

import io.llmgateway.settings.Problem;
import java.util.List;

/** What {@code GET /config/status} and {@code POST /reload} tell operators. Immutable. */
record ConfigPage(long generation, String since, LastReload lastReload) {
    static ConfigPage of(ActiveConfiguration active, ReloadReport last) {
        return new ConfigPage(active.generation(), active.since().toString(), LastReload.of(last));
    }

    /** What became of the last configuration that was offered. */
    record LastReload(
            String at,
            String trigger,
            boolean applied,
            List<String> differences,
            List<String> requiresRestart,
            List<Problem> problems,
            List<Problem> warnings) {
        private static LastReload of(ReloadReport last) {
            return new LastReload(
                    last.at().toString(),
                    last.trigger(),
                    last.taken(),
                    last.differences(),
                    last.waiting(),
                    last.problems(),
                    last.warnings());
        }
    }
}
