package io.llmgateway.launcher;

import io.llmgateway.settings.Problem;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What {@code GET /config/status} and {@code POST /reload} tell operators. Stateless. */
final class ConfigPage {
    private ConfigPage() {}

    /** The report of a gateway that was never offered another configuration. */
    static ReloadReport started(ActiveConfiguration active) {
        return new ReloadReport(
                active.since(), "start", true, active.generation(), List.of(), List.of(), List.of(), List.of());
    }

    static String text(ActiveConfiguration active, ReloadReport last) {
        OutBuffer out = new OutBuffer(1024);
        JsonOut json = new JsonOut(out);
        json.object()
                .field("generation", active.generation())
                .field("since", active.since().toString());
        json.object("last_reload");
        json.field("at", last.at().toString()).field("trigger", last.trigger()).field("applied", last.taken());
        texts(json, "differences", last.differences());
        texts(json, "requires_restart", last.waiting());
        problems(json, "problems", last.problems());
        problems(json, "warnings", last.warnings());
        json.endObject().endObject();
        return new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
    }

    private static void texts(JsonOut json, String name, List<String> texts) {
        json.array(name);
        texts.forEach(json::string);
        json.endArray();
    }

    private static void problems(JsonOut json, String name, List<Problem> problems) {
        json.array(name);
        for (Problem problem : problems) {
            json.object().field("source", problem.source());
            json.field("line", problem.line()).field("column", problem.column());
            json.field("path", problem.path()).field("message", problem.message());
            json.endObject();
        }
        json.endArray();
    }
}
