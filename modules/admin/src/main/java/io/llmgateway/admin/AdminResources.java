package io.llmgateway.admin;

import io.llmgateway.balancing.Balancer;
import io.llmgateway.explain.Explainer;
import io.llmgateway.explain.Explanation;
import io.llmgateway.explain.ExplanationJson;
import io.llmgateway.explain.ExplanationText;
import io.llmgateway.ledger.Ledger;
import io.llmgateway.ledger.UsageQuery;
import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.model.InstanceName;
import io.llmgateway.pipeline.RequestPipeline;
import io.llmgateway.pipeline.Snapshot;
import io.llmgateway.server.AdminListener.Reply;
import io.llmgateway.server.AdminListener.Route;
import io.llmgateway.wire.JsonRecords;
import java.lang.invoke.MethodHandles;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Everything the admin listener does, in one list. Thread-safe. */
public final class AdminResources {
    private static final int OK = 200;
    private static final int UNPROCESSABLE = 422;
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final JsonRecords JSON = new JsonRecords(MethodHandles.lookup());

    private final Supplier<ActiveConfiguration> configuration;
    private final RequestPipeline pipeline;
    private final GatewayMetrics metrics;
    private final Ledger ledger;
    private final @Nullable Reloads reloads;

    /**
     * Makes the resources of a gateway.
     *
     * @param configuration what is active, asked for every request
     * @param reloads null when there is nothing to read again
     */
    public AdminResources(
            Supplier<ActiveConfiguration> configuration,
            RequestPipeline pipeline,
            GatewayMetrics metrics,
            Ledger ledger,
            @Nullable Reloads reloads) {
        this.configuration = configuration;
        this.pipeline = pipeline;
        this.metrics = metrics;
        this.ledger = ledger;
        this.reloads = reloads;
    }

    /** All of them. */
    public List<Route> all() {
        return List.of(
                Route.open("/health", _ -> json(new HealthPage("up"))),
                Route.look("/metrics", _ -> new Reply(OK, metrics.prometheusContentType(), metrics.prometheus())),
                Route.look("/instances", _ -> json(InstancesPage.of(balancer()))),
                Route.look(
                        "/limits", _ -> json(LimitsPage.of(snapshot().limiter().statuses()))),
                Route.look("/usage", this::usage),
                Route.look("/explain", this::explain),
                Route.look("/config/status", _ -> json(ConfigPage.of(configuration.get(), report()))),
                Route.change("/reload", this::reload),
                Route.change("/drain", _ -> leave(true)),
                Route.change("/resume", _ -> leave(false)),
                Route.change("/instances/drain", query -> drain(query, true)),
                Route.change("/instances/resume", query -> drain(query, false)));
    }

    private Reply usage(Map<String, String> query) {
        if (!ledger.stores()) {
            throw new IllegalArgumentException("no usage is stored: set usage.database to a file");
        }
        UsageQuery asked = UsageReport.query(query.get("by"), query.get("from"), query.get("to"), Clock.systemUTC());
        return Reply.json(UsageReport.json(asked, ledger.report(asked)));
    }

    private Reply explain(Map<String, String> query) {
        String model = query.get("model");
        if (model == null) {
            throw new IllegalArgumentException("say which model: /explain?model=NAME&key=NAME&protocol=openai");
        }
        ActiveConfiguration active = configuration.get();
        Snapshot snapshot = active.snapshot();
        Explanation explanation = Explainer.of(
                        active.settings(), snapshot.router(), snapshot.balancer(), snapshot.limiter())
                .explain(model, query.get("key"), Explainer.protocol(query.get("protocol")));
        return asText(query)
                ? new Reply(OK, TEXT, ExplanationText.of(explanation))
                : Reply.json(ExplanationJson.of(explanation));
    }

    private ReloadReport report() {
        return reloads == null ? ReloadReport.started(configuration.get()) : reloads.last();
    }

    private Reply reload(Map<String, String> query) {
        if (reloads == null) {
            throw new IllegalArgumentException(
                    "the gateway was started without a configuration file, there is nothing to read again");
        }
        ReloadReport report = reloads.reload("admin");
        int status = report.taken() ? OK : UNPROCESSABLE;
        return asText(query)
                ? new Reply(status, TEXT, ReloadText.of(report))
                : Reply.json(status, JSON.text(ConfigPage.of(configuration.get(), report)));
    }

    private Reply leave(boolean away) {
        if (away) {
            pipeline.leave();
        } else {
            pipeline.resume();
        }
        return json(new DrainPage(pipeline.ready(), pipeline.inFlight()));
    }

    private Reply drain(Map<String, String> query, boolean away) {
        String name = query.get("name");
        if (name == null) {
            throw new IllegalArgumentException("say which instance: ?name=INSTANCE");
        }
        if (!balancer().drain(new InstanceName(name), away)) {
            throw new IllegalArgumentException("there is no instance of that name; GET /instances lists them");
        }
        return json(InstancesPage.of(balancer()));
    }

    private Snapshot snapshot() {
        return configuration.get().snapshot();
    }

    private Balancer balancer() {
        return snapshot().balancer();
    }

    private static boolean asText(Map<String, String> query) {
        return "text".equals(query.get("format"));
    }

    private static Reply json(Record page) {
        return Reply.json(JSON.text(page));
    }

    /** What {@code GET /health} tells. */
    private record HealthPage(String status) {}

    /** What {@code POST /drain} and {@code POST /resume} tell. */
    private record DrainPage(boolean ready, int inFlight) {}
}
