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
    static ReloadReport started(InForce inForce) {
        return new ReloadReport(
                inForce.since(), "start", true, inForce.generation(), List.of(), List.of(), List.of(), List.of());
    }

    static String text(InForce inForce, ReloadReport last) {
        OutBuffer out = new OutBuffer(1024);
        JsonOut json = new JsonOut(out);
        json.object()
                .field("generation", inForce.generation())
                .field("since", inForce.since().toString());
        json.object("last");
        json.field("at", last.at().toString()).field("trigger", last.trigger()).field("taken", last.taken());
        texts(json, "differences", last.differences());
        texts(json, "with_next_start", last.waiting());
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
