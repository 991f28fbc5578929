package io.llmgateway.it.chaos;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The configurations that a chaos run goes through: the same listeners and overall limits, whose sums are compared at
 * the end, and all the rest different every time.
 */
final class ChaosConfig {
    static final List<String> KEYS = List.of(
            "chaos-free-key-0123456789",
            "chaos-free-key-0123456789",
            "chaos-tight-key-012345678",
            "chaos-tokens-key-01234567",
            "chaos-budget-key-01234567",
            "chaos-team-key-0123456789");

    /** The environment that the configurations name. */
    static final Map<String, String> ENVIRONMENT = Map.of(
            "KEY_FREE", KEYS.get(0),
            "KEY_TIGHT", KEYS.get(2),
            "KEY_TOKENS", KEYS.get(3),
            "KEY_BUDGET", KEYS.get(4),
            "KEY_TEAM", KEYS.get(5),
            "KEY_PROVIDER", "chaos-provider-key-0123456");

    private final List<ChaosUpstream> upstreams;
    private final String tls;
    private final long seed;

    /**
     * Makes it.
     *
     * @param upstreams two for OpenAI's protocol, two for Anthropic's, one for Gemini's
     * @param tls the settings of the listener's TLS; empty for plain HTTP
     */
    ChaosConfig(List<ChaosUpstream> upstreams, String tls, long seed) {
        this.upstreams = List.copyOf(upstreams);
        this.tls = tls;
        this.seed = seed;
    }

    /** The certificate's settings. */
    static String tls(Path certificate, Path key) {
        return "tls: {certificate: \"" + certificate + "\", key: \"" + key + "\"}";
    }

    private String base(int upstream) {
        return "http://127.0.0.1:" + upstreams.get(upstream).port();
    }

    /** Settings number so many; the first is 0. */
    String yaml(int number) {
        Random random = new Random(seed * 7919 + number);
        return standing() + keys(random) + providers(random) + routing(random);
    }

    private String standing() {
        return """
                server:
                  port: 0
                  max-body: 16MiB
                  max-connections: 300
                  header-timeout: 4s
                  body-timeout: 5s
                  write-timeout: 4s
                  idle-timeout: 5s
                  stream-keep-alive: 1s
                  memory: {budget: 24MiB, max-wait: 1s}
                  %s
                admin: {port: 0}
                reload: {watch: false}
                usage: {database: usage.db}
                logging: {requests: off, level: error}
                auth: {failed-auth-per-minute: 120}
                limits:
                  concurrent: 64
                  tokens-per-day: 10000m
                  input-tokens-per-day: 10000m
                  output-tokens-per-day: 10000m
                  budget: {amount: 1000000, per: day}
                upstream:
                  timeouts: {connect: 500ms, first-token: 1500ms, idle: 1500ms, total: 5s}
                  pool: {max-active: 64, max-idle: 16, idle-timeout: 1s, max-age: 5s}
                """.formatted(tls);
    }

    private static String keys(Random random) {
        return """
                groups:
                  - {name: team, limits: {concurrent: %1$d, tokens-per-minute: 10m}}
                keys:
                  - {name: free, key: {env: KEY_FREE}}
                  - {name: tight, key: {env: KEY_TIGHT}, limits: {concurrent: %2$d, requests-per-minute: %3$d}}
                  - {name: tokens, key: {env: KEY_TOKENS}, limits: {tokens-per-minute: %4$dk}}
                  - name: budget
                    key: {env: KEY_BUDGET}
                    limits: {budget: {amount: %5$d, per: %6$s}, models: {"gpt-5*": {concurrent: %2$d}}}
                  - {name: team, key: {env: KEY_TEAM}, group: team}
                """.formatted(
                        4 + random.nextInt(8),
                        1 + random.nextInt(4),
                        300 + random.nextInt(2_000),
                        100 + random.nextInt(500),
                        1 + random.nextInt(50),
                        random.nextBoolean() ? "day" : "hour");
    }

    private String providers(Random random) {
        String third = random.nextBoolean()
                ? "\n      - {name: openai-c, base-url: \"" + base(1) + "/v1\", api-key: {env: KEY_PROVIDER}, weight: "
                        + (1 + random.nextInt(9)) + "}"
                : "";
        return """
                providers:
                  openai:
                    type: openai
                    models: [gpt-5-mini]%1$s
                    instances:
                      - {name: openai-a, base-url: "%2$s/v1", api-key: {env: KEY_PROVIDER}, weight: %3$d}
                      - {name: openai-b, base-url: "%4$s/v1", api-key: {env: KEY_PROVIDER}, priority: %5$d}%6$s
                  anthropic:
                    type: anthropic%1$s
                    instances:
                      - {name: anthropic-a, base-url: "%7$s", api-key: {env: KEY_PROVIDER}}
                      - {name: anthropic-b, base-url: "%8$s", api-key: {env: KEY_PROVIDER}, max-concurrent: %9$d}
                  gemini:
                    type: gemini%1$s
                    instances: [{name: gemini-a, base-url: "%10$s", api-key: {env: KEY_PROVIDER}}]
                  narrow:
                    type: openai
                    balancing: {max-waiting: 6, max-wait: 700ms, when-all-unhealthy: wait}
                    circuit-breaker: {enabled: false}
                    instances: [{name: narrow-a, base-url: "%2$s/v1", api-key: {env: KEY_PROVIDER}, max-concurrent: 2}]
                  dead:
                    type: openai
                    instances:
                      - {name: dead-a, base-url: "http://127.0.0.1:1/v1"}
                      - {name: dead-b, base-url: "%4$s/v1", api-key: {env: KEY_PROVIDER}, priority: 2}
                """.formatted(
                        policies(random),
                        base(0),
                        1 + random.nextInt(100),
                        base(1),
                        1 + random.nextInt(2),
                        third,
                        base(2),
                        base(3),
                        1 + random.nextInt(5),
                        base(4));
    }

    private static String policies(Random random) {
        List<String> policies = List.of("weighted", "round-robin", "least-requests", "peak-ewma");
        List<String> out = List.of("try", "refuse", "wait");
        return """

                    retries: {max-attempts: %d, budget-percent: 50, budget-minimum: 100}
                    balancing: {policy: %s, when-all-unhealthy: %s, max-waiting: 20, max-wait: 500ms}
                    circuit-breaker: {consecutive-failures: 4, open-duration: 100ms, max-open-duration: 500ms,
                      cooldown: 50ms,
                              max-cooldown: 300ms, auth-failure-cooldown: 300ms, window: 5s}
                    sticky: {enabled: %b, idle: 5s, max-sessions: %d}
                    health-check: {mode: %s, interval: 1s}""".formatted(
                        1 + random.nextInt(3),
                        policies.get(random.nextInt(policies.size())),
                        out.get(random.nextInt(out.size())),
                        random.nextBoolean(),
                        8 + random.nextInt(20),
                        random.nextBoolean() ? "when-open" : "always")
                .replace("\n", "\n    ");
    }

    private static String routing(Random random) {
        return """
                routing:
                  rules: {"gpt-": openai, "claude-": anthropic, "gemini-": gemini}
                  models:
                    m-openai: {targets: [{provider: openai, model: gpt-5-mini}]}
                    m-anthropic: {targets: [{provider: anthropic, model: claude-haiku-4-5}], fallbacks: [m-openai]}
                    m-gemini: {targets: [{provider: gemini, model: gemini-2.5-flash}]}
                    m-narrow: {targets: [{provider: narrow, model: gpt-5-nano}]}
                    m-mixed:
                      targets:
                        - {provider: openai, model: gpt-5-mini, weight: %d}
                        - {provider: anthropic, model: claude-haiku-4-5, weight: %d}
                        - {provider: gemini, model: gemini-2.5-flash, weight: %d}
                      fallbacks: [m-narrow]
                    m-fall:
                      targets: [{provider: dead, model: gpt-5-mini}]
                      fallbacks: [m-gemini, m-anthropic]
                      fallback-on: [model-not-found, bad-request]
                """.formatted(random.nextInt(100), 1 + random.nextInt(100), random.nextInt(100));
    }
}
