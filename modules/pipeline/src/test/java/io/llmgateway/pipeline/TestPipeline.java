package io.llmgateway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.auth.Authenticator;
import io.llmgateway.balancing.Balancer;
import io.llmgateway.converters.Protocols;
import io.llmgateway.ledger.Ledger;
import io.llmgateway.ledger.UsageQuery;
import io.llmgateway.ledger.UsageRecord;
import io.llmgateway.ledger.UsageSum;
import io.llmgateway.limits.Limiter;
import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.RequestEvent;
import io.llmgateway.model.TraceContext;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.model.Usage;
import io.llmgateway.pipeline.Snapshot.InstanceRuntime;
import io.llmgateway.pipeline.Snapshot.ProviderRuntime;
import io.llmgateway.routing.Router;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.testing.FakeClock;
import io.llmgateway.upstream.Call;
import io.llmgateway.upstream.ConnectionPool;
import io.llmgateway.upstream.ErrorClassifier;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.upstream.HttpTransport;
import io.llmgateway.upstream.Origin;
import io.llmgateway.upstream.Providers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A pipeline on a scripted transport and a clock that stands still. Confined to one test. */
final class TestPipeline implements AutoCloseable {
    /** A request with one short message. */
    static final String ASK =
            "{\"model\":\"m\",\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";

    static final String ASK_STREAM = ASK.replace("{\"model\"", "{\"stream\":true,\"model\"");

    static final String FIRST = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hello\"}}]}\n\n";
    static final String LAST = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    static final String USAGE =
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}}\n\n";
    static final String DONE = "data: [DONE]\n\n";
    static final String WHOLE = "{\"choices\":[{\"message\":{\"content\":\"hello\"},\"finish_reason\":\"stop\"}],"
            + "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}}";

    final FakeClock clock = new FakeClock();
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    final List<UsageRecord> records = new ArrayList<>();
    final List<RequestEvent> events = new ArrayList<>();
    final MemoryBudget memory = new MemoryBudget(1 << 20, Duration.ZERO, clock);
    final Snapshot snapshot;
    final RequestPipeline pipeline;
    private final Map<String, Function<Call, Exchange>> scripts = new HashMap<>();
    private final HttpTransport pools = new HttpTransport(System::nanoTime);

    @Nullable
    RuntimeException ledgerFault;

    /** With the key {@code k}; the rest of the configuration is the test's. */
    TestPipeline(String keyLimits, String yaml) {
        GatewaySettings settings = settings("keys: [{name: k, key: a-key-for-this-test, limits: {" + keyLimits
                + "}}]\nserver: {debug-headers: true}\n" + yaml);
        snapshot = new Snapshot(
                new Authenticator(settings, clock, clock),
                new Limiter(settings, clock, clock),
                settings.usage().prices(),
                new Router(settings),
                new Balancer(settings, clock, () -> new Random(1)),
                providers(settings),
                true);
        Services services = new Services(
                Protocols.load(clock),
                (pool, call, _) -> send(pool, call),
                new ErrorClassifier(clock),
                GatewayMetrics.create("test"),
                ledger(),
                observer(),
                new RetryBudget(),
                RelayLimits.DEFAULT,
                memory,
                new HeavyWork(2, clock),
                new RequestIds(1),
                clock,
                clock,
                () -> new Random(1));
        pipeline = new RequestPipeline(services, () -> snapshot);
    }

    private static GatewaySettings settings(String yaml) {
        LoadResult result = SettingsLoader.load("test", yaml, Path.of(""), Sources.of(Map.of()));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return ((LoadResult.Loaded) result).settings();
    }

    /** One OpenAI provider {@code p} with these instances, to which everything goes. */
    static TestPipeline openAi(String keyLimits, String... instances) {
        return new TestPipeline(
                keyLimits, "providers: {" + provider("p", "openai", instances) + "}\nrouting: {default-provider: p}\n");
    }

    static String provider(String name, String type, String... instances) {
        StringBuilder yaml = new StringBuilder(name + ": {type: " + type + ", instances: [");
        for (int i = 0; i < instances.length; i++) {
            yaml.append(i == 0 ? "" : ", ")
                    .append("{name: " + instances[i] + ", base-url: \"http://" + instances[i] + "\", priority: "
                            + (i + 1) + ", api-key: a-provider-key-0123}");
        }
        return yaml.append("]}").toString();
    }

    private Map<ProviderName, ProviderRuntime> providers(GatewaySettings settings) {
        Providers types = Providers.load();
        Map<ProviderName, ProviderRuntime> providers = new HashMap<>();
        for (ProviderSettings provider : settings.providers()) {
            Map<InstanceName, InstanceRuntime> instances = new HashMap<>();
            for (InstanceSettings instance : provider.instances()) {
                instances.put(instance.name(), new InstanceRuntime(instance, pool(instance.name())));
            }
            String type = provider.type().name().toLowerCase(java.util.Locale.ROOT);
            providers.put(provider.name(), new ProviderRuntime(provider, types.type(type), instances));
        }
        return providers;
    }

    private ConnectionPool pool(InstanceName name) {
        try {
            Duration long1 = Duration.ofMinutes(1);
            return pools.pool(new Origin(
                    name,
                    false,
                    "127.0.0.1",
                    1,
                    "",
                    long1,
                    new Origin.PoolLimits(10, 10, long1, long1),
                    Origin.TlsOptions.SYSTEM));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Exchange send(ConnectionPool pool, Call call) {
        String name = pool.origin().instance().value();
        asked.add(name);
        Function<Call, Exchange> script = scripts.get(name);
        if (script == null) {
            throw new AssertionError("nothing is scripted for " + name);
        }
        return script.apply(call);
    }

    /** What an instance answers from now on. */
    TestPipeline script(String instance, Function<Call, Exchange> answer) {
        scripts.put(instance, answer);
        return this;
    }

    /** An instance that cannot be reached, or fails in another way, from now on. */
    TestPipeline fails(String instance, ErrorKind kind) {
        return script(instance, _ -> {
            throw new GatewayException(
                    new UpstreamFault.ExchangeFailed(kind, new InstanceName(instance), "as scripted"));
        });
    }

    FakeExchange exchange() {
        return new FakeExchange(clock);
    }

    /** An instance that answers with this status and body from now on. */
    TestPipeline answers(String instance, int status, String body) {
        return script(instance, _ -> exchange().status(status).sends(body));
    }

    /** Sends a chat completion and gives what the client got. */
    FakeAnswer chat(String body) {
        return chat(new FakeRequest(Endpoint.CHAT_COMPLETIONS, body), new FakeAnswer());
    }

    FakeAnswer chat(FakeRequest request, FakeAnswer answer) {
        pipeline.handle(request, answer);
        return answer;
    }

    /** What became of the last request. */
    RequestEvent last() {
        return events.getLast();
    }

    @Nullable
    ErrorKind lastFailure() {
        return last().ending().kind();
    }

    /** How much of a limit of the key is left. */
    long left(String limit) {
        return snapshot.limiter().statuses().stream()
                .filter(status -> status.limit().equals(limit))
                .findFirst()
                .orElseThrow()
                .remaining();
    }

    /** What this costs by the list of prices. */
    long cost(String model, Usage usage) {
        return snapshot.prices().of(model).orElseThrow().cost(usage);
    }

    /** The state of an instance in the words of the admin listener. */
    String state(String instance) {
        return snapshot.balancer().statuses().stream()
                .filter(status -> status.instance().value().equals(instance))
                .findFirst()
                .orElseThrow()
                .condition()
                .wire();
    }

    private RequestObserver observer() {
        return new RequestObserver() {
            @Override
            public boolean watching() {
                return true;
            }

            @Override
            public @Nullable TraceContext span(@Nullable TraceContext parent) {
                return null;
            }

            @Override
            public int bodyLimit() {
                return 0;
            }

            @Override
            public void finished(RequestEvent event) {
                events.add(event);
            }
        };
    }

    private Ledger ledger() {
        return new Ledger() {
            @Override
            public boolean record(UsageRecord usage) {
                if (ledgerFault != null) {
                    throw ledgerFault;
                }
                return records.add(usage);
            }

            @Override
            public List<UsageSum> sumsBetween(Instant from, Instant until) {
                return List.of();
            }

            @Override
            public List<UsageSum> report(UsageQuery query) {
                return List.of();
            }

            @Override
            public Counts counts() {
                return new Counts(records.size(), 0, 0);
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
    }

    @Override
    public void close() {
        pools.close();
        assertThat(pipeline.inFlight()).isZero();
        assertThat(memory.used()).isZero();
    }
}
