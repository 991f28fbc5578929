package io.llmgateway.launcher;

import io.llmgateway.balancing.Balancer;
import io.llmgateway.ledger.Ledger;
import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.model.InstanceName;
import io.llmgateway.pipeline.RequestPipeline;
import io.llmgateway.server.AdminListener.Reply;
import io.llmgateway.server.AdminListener.Route;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything the admin listener does, in one list. Thread-safe. */
final class AdminRoutes {
    private static final int UNPROCESSABLE = 422;

    private final Snapshots snapshots;
    private final RequestPipeline pipeline;
    private final GatewayMetrics metrics;
    private final Ledger ledger;
    private final @Nullable Reloader reloader;

    AdminRoutes(
            Snapshots snapshots,
            RequestPipeline pipeline,
            GatewayMetrics metrics,
            Ledger ledger,
            @Nullable Reloader reloader) {
        this.snapshots = snapshots;
        this.pipeline = pipeline;
        this.metrics = metrics;
        this.ledger = ledger;
        this.reloader = reloader;
    }

    List<Route> all() {
        return List.of(
                Route.open("/health", _ -> Reply.json("{\"status\":\"up\"}")),
                Route.look("/metrics", _ -> new Reply(200, metrics.prometheusContentType(), metrics.prometheus())),
                Route.look("/instances", _ -> Reply.json(InstancesPage.text(balancer()))),
                Route.look(
                        "/limits",
                        _ -> Reply.json(
                                LimitsPage.text(snapshots.get().limiter().statuses()))),
                Route.look("/usage", query -> Reply.json(UsagePage.text(ledger, query))),
                Route.look("/explain", this::explain),
                Route.look("/config/status", _ -> Reply.json(ConfigPage.text(snapshots.active(), report()))),
                Route.change("/reload", this::reload),
                Route.change("/drain", _ -> leave(true)),
                Route.change("/resume", _ -> leave(false)),
                Route.change("/instances/drain", query -> drain(query, true)),
                Route.change("/instances/resume", query -> drain(query, false)));
    }

    private Reply explain(Map<String, String> query) {
        String model = query.get("model");
        if (model == null) {
            throw new IllegalArgumentException("say which model: /explain?model=NAME&key=NAME&protocol=openai");
        }
        Explanation explanation = Explainer.of(snapshots.active())
                .explain(model, query.get("key"), Explainer.protocol(query.get("protocol")));
        return "text".equals(query.get("format"))
                ? new Reply(200, "text/plain; charset=utf-8", ExplanationText.of(explanation))
                : Reply.json(ExplanationJson.of(explanation));
    }

    private Balancer balancer() {
        return snapshots.get().balancer();
    }

    private ReloadReport report() {
        return reloader == null ? ConfigPage.started(snapshots.active()) : reloader.last();
    }

    private Reply reload(Map<String, String> query) {
        if (reloader == null) {
            throw new IllegalArgumentException(
                    "the gateway was started without a configuration file, there is nothing to read again");
        }
        ReloadReport report = reloader.reload("admin");
        int status = report.taken() ? 200 : UNPROCESSABLE;
        return "text".equals(query.get("format"))
                ? new Reply(status, "text/plain; charset=utf-8", ReloadText.of(report))
                : Reply.json(status, ConfigPage.text(snapshots.active(), report));
    }

    private Reply leave(boolean away) {
        if (away) {
            pipeline.leave();
        } else {
            pipeline.resume();
        }
        return Reply.json("{\"ready\":" + pipeline.ready() + ",\"in_flight\":" + pipeline.inFlight() + "}");
    }

    private Reply drain(Map<String, String> query, boolean away) {
        String name = query.get("name");
        if (name == null) {
            throw new IllegalArgumentException("say which instance: ?name=INSTANCE");
        }
        if (!balancer().drain(new InstanceName(name), away)) {
            throw new IllegalArgumentException("there is no instance of that name; GET /instances lists them");
        }
        return Reply.json(InstancesPage.text(balancer()));
    }
}
