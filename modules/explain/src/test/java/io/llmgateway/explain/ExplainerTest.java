package io.llmgateway.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.balancing.Balancer;
import io.llmgateway.balancing.Lease;
import io.llmgateway.converters.Protocols;
import io.llmgateway.limits.Limiter;
import io.llmgateway.limits.ResourceUsage;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderName;
import io.llmgateway.routing.Router;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.testing.FakeClock;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExplainerTest {
    private static final String YAML = """
            keys:
              - name: team
                key: canary-client-key-0123456789
                models: ["fast"]
                limits: {requests-per-minute: 600, budget: {amount: 5}}
            providers:
              openai:
                type: openai
                circuit-breaker: {consecutive-failures: 1}
                instances:
                  - {name: a, base-url: "http://127.0.0.1:1/v1", weight: 75, api-key: canary-provider-key}
                  - {name: b, base-url: "http://127.0.0.1:1/v1", weight: 25}
            routing:
              models:
                fast:
                  targets:
                    - {provider: openai, model: gpt-5-mini}
            """;

    @Test
    void live_showsHealthAndWhatIsLeft() {
        LoadResult result = SettingsLoader.load("test", YAML, Path.of(""), Sources.of(Map.of()));
        GatewaySettings settings = ((LoadResult.Loaded) result).settings();
        FakeClock clock = new FakeClock();
        Balancer balancer = new Balancer(settings, clock, () -> new SplittableRandom(1));
        Limiter limiter = new Limiter(settings, clock, clock);
        Explainer explainer =
                new Explainer(settings, new Router(settings), balancer, limiter, Protocols.load(clock), clock);
        try (Lease lease = balancer.choose(new ProviderName("openai"), Set.of())) {
            lease.failed(ErrorKind.UPSTREAM_SERVER);
        }
        limiter.applied(new KeyName("team"), "fast", "gpt-5-mini").admit(new ResourceUsage(10, 10, 1_000_000_000L));

        String text = ExplanationText.of(explainer.explain("fast", "team", Protocol.OPENAI_CHAT));

        assertThat(text)
                .containsPattern(
                        "[ab] \\((75|25) % of priority 1\\): out \\(open\\) after upstream_server, back in [456]s")
                .contains("requests-per-minute 600, 599 left", "budget-per-month 5 USD, 4 USD left");
    }
}
