package io.llmgateway.admin;

import java.util.Collection;

/** What became of a reload, for people. Stateless. */
final class ReloadText {
    private ReloadText() {}

    static String of(ReloadReport report) {
        StringBuilder text = new StringBuilder();
        if (!report.taken()) {
            text.append("refused, configuration ").append(report.generation()).append(" stays active:\n");
            lines(text, "  ", report.problems());
            return text.toString();
        }
        text.append("configuration ").append(report.generation()).append(" is active");
        text.append(report.differences().isEmpty() ? ", nothing differs from the one before\n" : ":\n");
        lines(text, "  ", report.differences());
        if (!report.waiting().isEmpty()) {
            text.append("these settings take effect with the next start only:\n");
            lines(text, "  ", report.waiting());
        }
        lines(text, "warning: ", report.warnings());
        return text.toString();
    }

    private static void lines(StringBuilder text, String start, Collection<?> lines) {
        lines.forEach(line -> text.append(start).append(line).append('\n'));
    }
}
