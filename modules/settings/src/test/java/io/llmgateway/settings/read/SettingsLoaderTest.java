package io.llmgateway.settings.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.llmgateway.model.InstanceName;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.Secret;
import io.llmgateway.settings.AdminSettings;
import io.llmgateway.settings.BaseUrl;
import io.llmgateway.settings.ByteSize;
import io.llmgateway.settings.Conversion;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.InstanceSettings.StaticHeader;
import io.llmgateway.settings.KeyDigest;
import io.llmgateway.settings.KeyMaterial;
import io.llmgateway.settings.KeySettings;
import io.llmgateway.settings.MemorySettings;
import io.llmgateway.settings.ModelGlob;
import io.llmgateway.settings.Network;
import io.llmgateway.settings.PoolSettings;
import io.llmgateway.settings.Problem;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.settings.ProviderType;
import io.llmgateway.settings.RetrySettings;
import io.llmgateway.settings.RouteOptions;
import io.llmgateway.settings.RoutingSettings;
import io.llmgateway.settings.RoutingSettings.Alias;
import io.llmgateway.settings.RoutingSettings.Rule;
import io.llmgateway.settings.RoutingSettings.Target;
import io.llmgateway.settings.SelectionSettings;
import io.llmgateway.settings.ServerSettings;
import io.llmgateway.settings.ServerSettings.Access;
import io.llmgateway.settings.ServerSettings.ClientTimeouts;
import io.llmgateway.settings.ServerSettings.ShutdownTimes;
import io.llmgateway.settings.TlsTrust;
import io.llmgateway.settings.UpstreamTimeouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsLoaderTest {
    private static final String CLIENT_KEY = "canary-secret-client-key";
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "CLIENT_KEY", CLIENT_KEY,
            "ADMIN", "canary-secret-admin-key-of-24",
            "UPSTREAM_KEY", "canary-secret-upstream-key");
    private static final String MINIMAL = """
            keys:
              - {name: me, key: {env: CLIENT_KEY}}
            providers:
              openai:
                type: openai
                instances:
                  - {name: a, base-url: "https://api.openai.com/v1"}
            """;

    @TempDir
    Path folder;

    private LoadResult load(String text, Sources sources) {
        return SettingsLoader.load("gateway.yaml", text, folder, sources);
    }

    private LoadResult.Loaded loaded(String text, Sources sources) {
        LoadResult result = load(text, sources);
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return (LoadResult.Loaded) result;
    }

    private GatewaySettings settings(String text) {
        return loaded(text, Sources.of(ENVIRONMENT)).settings();
    }

    private List<String> problems(String text, Sources sources) {
        LoadResult result = load(text, sources);
        assertThat(result).isInstanceOf(LoadResult.Invalid.class);
        return ((LoadResult.Invalid) result)
                .problems().stream().map(Problem::toString).toList();
    }

    @Nested
    class Load {
        @Test
        void minimalFile_usesDefaultsEverywhere() {
            GatewaySettings settings = settings(MINIMAL);

            assertThat(settings.server())
                    .isEqualTo(new ServerSettings(
                            "127.0.0.1",
                            8080,
                            ByteSize.ofMiB(32),
                            100,
                            20_000,
                            new Access(5_000, List.of(), List.of(), false),
                            new ClientTimeouts(
                                    Duration.ofSeconds(10),
                                    Duration.ofSeconds(60),
                                    Duration.ofSeconds(60),
                                    Duration.ofSeconds(60)),
                            Duration.ofSeconds(15),
                            new MemorySettings(new MemorySettings.Budget(0, 50), Duration.ofSeconds(5)),
                            true,
                            false,
                            Optional.empty(),
                            new ShutdownTimes(Duration.ZERO, Duration.ofMinutes(10)),
                            Duration.ofSeconds(2)));
            assertThat(settings.admin()).isEqualTo(new AdminSettings(true, "127.0.0.1", 9090, Secret.of("")));
            assertThat(settings.keys())
                    .containsExactly(new KeySettings(
                            new KeyName("me"),
                            KeyDigest.of(CLIENT_KEY),
                            true,
                            KeySettings.NEVER,
                            List.of(ModelGlob.ANY)));
            assertThat(settings.providers())
                    .containsExactly(new ProviderSettings(
                            new ProviderName("openai"),
                            ProviderType.OPENAI,
                            "v1",
                            Conversion.LENIENT,
                            List.of(),
                            new PoolSettings(1024, 256, Duration.ofSeconds(60), Duration.ofMinutes(10)),
                            TlsTrust.of(Optional.empty(), Optional.empty(), false),
                            List.of(new InstanceSettings(
                                    new InstanceName("a"),
                                    new BaseUrl("https", "api.openai.com", 443, "/v1"),
                                    Secret.of(""),
                                    1,
                                    100,
                                    true,
                                    InstanceSettings.UNLIMITED,
                                    new UpstreamTimeouts(
                                            Duration.ofSeconds(3),
                                            Duration.ofSeconds(60),
                                            Duration.ofSeconds(60),
                                            Duration.ofMinutes(10)),
                                    List.of()))));
            assertThat(settings.routing().defaultProvider()).contains(new ProviderName("openai"));
            assertThat(settings.routing().rules().stream().map(Rule::pattern))
                    .containsExactly("gpt-", "o1*", "o3*", "o4*", "chatgpt-");
            assertThat(settings.routing().aliases()).isEmpty();
        }

        @Test
        void fullFile_mapsEverySetting() throws IOException {
            Path ca = Files.writeString(folder.resolve("ca.pem"), "pem");

            GatewaySettings settings = settings(FULL);

            assertThat(settings.server())
                    .isEqualTo(new ServerSettings(
                            "::",
                            1,
                            new ByteSize(2_000_000),
                            30,
                            4_000,
                            new Access(
                                    77,
                                    List.of("https://app.example.com", "*"),
                                    List.of(Network.parse("10.0.0.0/8")),
                                    true),
                            new ClientTimeouts(
                                    Duration.ofSeconds(5),
                                    Duration.ofSeconds(6),
                                    Duration.ofMillis(700),
                                    Duration.ofMinutes(8)),
                            Duration.ZERO,
                            new MemorySettings(new MemorySettings.Budget(1L << 28, 0), Duration.ofSeconds(7)),
                            false,
                            true,
                            Optional.empty(),
                            new ShutdownTimes(Duration.ofSeconds(9), Duration.ofMinutes(11)),
                            Duration.ofMillis(300)));
            assertThat(settings.admin())
                    .isEqualTo(new AdminSettings(false, "localhost", 12, Secret.of(ENVIRONMENT.get("ADMIN"))));
            assertThat(settings.keys())
                    .containsExactly(new KeySettings(
                            new KeyName("search"),
                            KeyDigest.of("x"),
                            true,
                            Instant.parse("2027-01-01T00:00:00Z"),
                            List.of(new ModelGlob("gpt-*"), new ModelGlob("fast"))));
            UpstreamTimeouts provider = new UpstreamTimeouts(
                    Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofHours(1));
            assertThat(settings.provider(new ProviderName("claude")))
                    .contains(new ProviderSettings(
                            new ProviderName("claude"),
                            ProviderType.ANTHROPIC,
                            "2026-10-21",
                            Conversion.LENIENT,
                            ProviderSettings.DEFAULT_CHOICES,
                            List.of(new ModelName("claude-x.1")),
                            true,
                            new PoolSettings(10, 2, Duration.ofSeconds(3), Duration.ofMinutes(4)),
                            TlsTrust.of(Optional.of(ca), Optional.empty(), true),
                            Optional.empty(),
                            new SelectionSettings(
                                    SelectionSettings.Policy.PEAK_EWMA,
                                    SelectionSettings.WhenAllUnhealthy.REFUSE,
                                    new SelectionSettings.Queue(7, Duration.ofSeconds(3)),
                                    new SelectionSettings.Breaker(
                                            false,
                                            1,
                                            2,
                                            3,
                                            Duration.ofSeconds(4),
                                            Duration.ofSeconds(5),
                                            Duration.ofSeconds(6),
                                            Duration.ofSeconds(7),
                                            Duration.ofSeconds(8),
                                            Duration.ofSeconds(9)),
                                    new SelectionSettings.Sticky(false, Duration.ofMinutes(10), 11_000, true),
                                    new SelectionSettings.Probe(
                                            SelectionSettings.Probe.Mode.WHEN_OPEN, Duration.ofSeconds(12))),
                            new RetrySettings(5, 30, 40),
                            List.of(new InstanceSettings(
                                    new InstanceName("c1"),
                                    new BaseUrl("http", "[::1]", 8000, ""),
                                    Secret.of(ENVIRONMENT.get("UPSTREAM_KEY")),
                                    7,
                                    0,
                                    false,
                                    16,
                                    new UpstreamTimeouts(
                                            provider.connect(),
                                            provider.firstToken(),
                                            provider.idle(),
                                            Duration.ofMillis(500)),
                                    List.of(
                                            new StaticHeader("X-Team", Secret.of("search team")),
                                            new StaticHeader(
                                                    "X-Secret", Secret.of(ENVIRONMENT.get("UPSTREAM_KEY"))))))));
            assertThat(settings.provider(new ProviderName("other"))
                            .orElseThrow()
                            .conversion())
                    .isEqualTo(Conversion.STRICT);
            assertThat(settings.routing())
                    .isEqualTo(new RoutingSettings(
                            List.of(
                                    new Rule("claude-", true, new ProviderName("claude")),
                                    new Rule("gpt-5.1", false, new ProviderName("other")),
                                    new Rule("", true, new ProviderName("other"))),
                            Optional.of(new ProviderName("other")),
                            List.of(new Alias(
                                    new ModelName("fast"),
                                    List.of(
                                            new Target(new ProviderName("claude"), new ModelName("claude-x.1"), 90),
                                            new Target(new ProviderName("other"), new ModelName("m"), 100)),
                                    List.of(new ModelName("gpt-5.1")),
                                    new RouteOptions(
                                            Optional.empty(),
                                            Optional.empty(),
                                            Optional.empty(),
                                            Optional.of(4),
                                            Set.of())))));
        }

        @Test
        void breaker_longFirstTimeOut_liftsTheLongestByDefault() {
            SelectionSettings selection = settings(MINIMAL + "    circuit-breaker: {open-duration: 1h}\n")
                    .providers()
                    .getFirst()
                    .selection();

            assertThat(selection.circuitBreaker().maxOpenDuration()).isEqualTo(Duration.ofHours(1));
        }

        @Test
        void severalProviders_withoutRouting_serveTheirOwnModelsAndNothingElse() {
            GatewaySettings settings = settings(MINIMAL + """
                      claude:
                        type: anthropic
                        instances: [{name: b, base-url: "https://api.anthropic.com"}]
                    """.indent(0));

            assertThat(settings.routing().defaultProvider()).isEmpty();
            assertThat(settings.routing().rules().stream().map(Rule::pattern)).contains("gpt-", "claude-");
        }

        @Test
        void missingFile_saysSo() {
            LoadResult result = SettingsLoader.load(folder.resolve("none.yaml"), Sources.of(Map.of()));

            assertThat(((LoadResult.Invalid) result).problems().getFirst().message())
                    .isEqualTo("the file does not exist");
        }

        @Test
        void fileThatIsNotText_saysSo() throws IOException {
            Path file = Files.write(folder.resolve("bytes.yaml"), new byte[] {(byte) 0xc3, (byte) 0x28});

            LoadResult result = SettingsLoader.load(file, Sources.of(Map.of()));

            assertThat(((LoadResult.Invalid) result).problems().getFirst().message())
                    .isEqualTo("the file is not UTF-8 text");
        }

        @Test
        void file_problemsNameItAsItWasGiven() throws IOException {
            Path file = Files.writeString(folder.resolve("g.yaml"), MINIMAL + "serve: {}\n");

            LoadResult result = SettingsLoader.load(file, Sources.of(ENVIRONMENT));

            assertThat(((LoadResult.Invalid) result).problems().getFirst())
                    .hasToString(file + ":8:1: serve: unknown key, did you mean 'server'");
        }

        @Test
        void manyKeys_loadInTime() {
            StringBuilder keys = new StringBuilder("keys:\n");
            for (int i = 0; i < 10_000; i++) {
                keys.append("  - {name: key-").append(i).append(", hash: \"");
                keys.append(KeyDigest.of("key " + i).text()).append("\", models: [\"gpt-*\", fast]}\n");
            }
            String providers = MINIMAL.substring(MINIMAL.indexOf("providers:"));

            GatewaySettings settings = assertTimeout(Duration.ofSeconds(10), () -> settings(keys + providers));

            assertThat(settings.keys()).hasSize(10_000);
        }

        @Test
        void manyAliases_areRefusedQuickly() {
            StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
            for (int i = 1; i < 12; i++) {
                String elements = ("*a" + (i - 1) + ", ").repeat(10);
                bomb.append("a" + i + ": &a" + i + " [" + elements + "]\n");
            }

            assertThat(problems(bomb.toString(), Sources.of(ENVIRONMENT))).isNotEmpty();
        }
    }

    @Nested
    class Overriding {
        @Test
        void variable_overridesFile() {
            Map<String, String> environment = new HashMap<>(ENVIRONMENT);
            environment.put("GATEWAY_SERVER_PORT", "8081");
            environment.put("GATEWAY_SERVER_MAX_BODY", "1MiB");
            environment.put("GATEWAY_SERVER_SHUTDOWN_ACCEPT_PERIOD", "3s");
            environment.put("GATEWAY_ADMIN_KEY", "canary-secret-admin-key-from-env");
            environment.put("GATEWAY_CONVERSION", "strict");

            LoadResult.Loaded loaded = loaded("server: {port: 1}\n" + MINIMAL, Sources.of(environment));

            GatewaySettings settings = loaded.settings();
            assertThat(settings.server().port()).isEqualTo(8081);
            assertThat(settings.server().maxBody()).isEqualTo(ByteSize.ofMiB(1));
            assertThat(settings.server().shutdown().acceptPeriod()).isEqualTo(Duration.ofSeconds(3));
            assertThat(settings.admin().key().reveal()).isEqualTo("canary-secret-admin-key-from-env");
            assertThat(settings.providers().getFirst().conversion()).isEqualTo(Conversion.STRICT);
            assertThat(loaded.warnings()).isEmpty();
        }

        @Test
        void commandLine_overridesVariableAndReachesLists() {
            Map<String, String> environment = new HashMap<>(ENVIRONMENT);
            environment.put("GATEWAY_SERVER_PORT", "8081");
            Map<String, String> overrides = Map.of("server.port", "8082", "providers.openai.instances[0].weight", "7");

            GatewaySettings settings =
                    loaded(MINIMAL, new Sources(environment, overrides)).settings();

            assertThat(settings.server().port()).isEqualTo(8082);
            assertThat(settings.providers().getFirst().instances().getFirst().weight())
                    .isEqualTo(7);
        }

        @Test
        void wrongOverride_isReportedWithItsSource() {
            Map<String, String> environment = new HashMap<>(ENVIRONMENT);
            environment.put("GATEWAY_SERVER_PORT", "http");
            Map<String, String> overrides = Map.of("server.prot", "1", "keys[7].name", "x");

            assertThat(problems(MINIMAL, new Sources(environment, overrides)))
                    .containsExactly(
                            "command line: keys[7].name: leads to nothing that can be set",
                            "environment variable GATEWAY_SERVER_PORT: server.port: must be a whole number such as 500,"
                                    + " 200k or 1m, was 'http'",
                            "command line: server.prot: unknown key, did you mean 'port'");
        }

        @Test
        void variableWithASlip_isWarnedOf() {
            Map<String, String> environment = new HashMap<>(ENVIRONMENT);
            environment.put("GATEWAY_SERVR_PORT", "1");
            environment.put("GATEWAY_UNRELATED_SERVICE_THING", "1");

            assertThat(loaded(MINIMAL, Sources.of(environment)).warnings().stream()
                            .map(Problem::toString))
                    .containsExactly("environment variable GATEWAY_SERVR_PORT: no setting is named so, did you mean"
                            + " GATEWAY_SERVER_PORT");
        }
    }

    @Nested
    class Secrets {
        @Test
        void secretFile_isReadWithoutItsLineEnd() throws IOException {
            Path file = Files.writeString(folder.resolve("key.txt"), "canary-secret-in-a-file\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

            LoadResult.Loaded loaded =
                    loaded(MINIMAL.replace("v1\"", "v1\", api-key: {file: key.txt}"), Sources.of(ENVIRONMENT));

            assertThat(loaded.settings()
                            .providers()
                            .getFirst()
                            .instances()
                            .getFirst()
                            .apiKey())
                    .isEqualTo(Secret.of("canary-secret-in-a-file"));
            assertThat(loaded.warnings()).isEmpty();
        }

        @Test
        void secretFileForAll_isWarnedOf() throws IOException {
            Path file = Files.writeString(folder.resolve("key.txt"), "canary-secret-in-a-file\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

            LoadResult.Loaded loaded =
                    loaded(MINIMAL.replace("v1\"", "v1\", api-key: {file: key.txt}"), Sources.of(ENVIRONMENT));

            assertThat(loaded.warnings().stream().map(Problem::toString))
                    .containsExactly("gateway.yaml:7:67: providers.openai.instances[0].api-key: secret file 'key.txt'"
                            + " can be read by every user, its mode should be 0600");
        }

        @Test
        void inlineSecret_isWarnedOfWithoutShowingIt() {
            LoadResult.Loaded loaded =
                    loaded(MINIMAL.replace("{env: CLIENT_KEY}", CLIENT_KEY), Sources.of(ENVIRONMENT));

            assertThat(loaded.warnings().stream().map(Problem::toString))
                    .containsExactly("gateway.yaml:2:21: keys[0].key: a secret stands in the configuration itself,"
                            + " better {env: NAME} or {file: PATH}");
            assertThat(loaded.settings().keys().getFirst().digest()).isEqualTo(KeyDigest.of(CLIENT_KEY));
        }

        @Test
        void settings_asText_showNoSecret() throws IOException {
            Files.writeString(folder.resolve("ca.pem"), "pem");
            String full = FULL.replace("{env: UPSTREAM_KEY}", "canary-secret-upstream-key");

            LoadResult result = load(full, Sources.of(ENVIRONMENT));

            assertThat(result.toString()).contains("claude").doesNotContain("canary");
            assertThat(Sources.of(ENVIRONMENT).toString()).doesNotContain("canary");
        }
    }

    @Nested
    class FromEnvironment {
        private final KeyMaterial.GeneratedKey key = KeyMaterial.generate(new Random(7));

        @Test
        void noVariable_saysWhichThereAre() {
            LoadResult result = SettingsLoader.fromEnvironment(Sources.of(Map.of("OPENAI_API_KEY", "")), key);

            assertThat(((LoadResult.Invalid) result).problems())
                    .extracting(Problem::toString)
                    .containsExactly("environment: no provider: set one of OPENAI_API_KEY, ANTHROPIC_API_KEY,"
                            + " GEMINI_API_KEY, or name a configuration with -c FILE");
        }

        @Test
        void threeVariables_switchOnThreeProviders() {
            Map<String, String> environment = Map.of(
                    "OPENAI_API_KEY", "canary-1",
                    "ANTHROPIC_API_KEY", "canary-2",
                    "GEMINI_API_KEY", "canary-3",
                    "GATEWAY_SERVER_PORT", "0");

            LoadResult.Loaded loaded = (LoadResult.Loaded) SettingsLoader.fromEnvironment(Sources.of(environment), key);

            GatewaySettings settings = loaded.settings();
            assertThat(loaded.warnings()).isEmpty();
            assertThat(settings.providers())
                    .extracting(provider ->
                            provider.instances().getFirst().baseUrl().toString())
                    .containsExactly(
                            "https://api.openai.com/v1",
                            "https://api.anthropic.com",
                            "https://generativelanguage.googleapis.com");
            assertThat(settings.routing().defaultProvider()).contains(new ProviderName("openai"));
            assertThat(settings.routing().rules())
                    .extracting(rule -> rule.pattern() + ">" + rule.provider())
                    .containsExactly(
                            "gpt->openai",
                            "o1*>openai",
                            "o3*>openai",
                            "o4*>openai",
                            "chatgpt->openai",
                            "claude->anthropic",
                            "gemini->gemini");
            assertThat(settings.keys()).extracting(KeySettings::digest).containsExactly(key.digest());
            assertThat(settings.server().port()).isZero();
            assertThat(loaded.toString()).doesNotContain("canary");
        }

        @Test
        void oneVariable_isTheDefault() {
            LoadResult.Loaded loaded = (LoadResult.Loaded)
                    SettingsLoader.fromEnvironment(Sources.of(Map.of("GEMINI_API_KEY", "canary-3")), key);

            assertThat(loaded.settings().routing().defaultProvider()).contains(new ProviderName("gemini"));
        }
    }

    private static final String FULL = """
            server:
              host: "::"
              port: 1
              max-body: 2MB
              max-headers: 30
              max-connections: 4k
              max-connections-per-address: 77
              cors-origins: [https://APP.example.com, "*"]
              trusted-proxies: [10.0.0.0/8]
              proxy-protocol: true
              header-timeout: 5s
              body-timeout: 6s
              write-timeout: 700ms
              idle-timeout: 8m
              stream-keep-alive: 0s
              memory: {budget: 256MiB, max-wait: 7s}
              debug-headers: false
              allow-insecure-http: true
              shutdown: {accept-period: 9s, grace-period: 11m}
              warm-up: 300ms
            admin: {host: localhost, port: 12, key: {env: ADMIN}, enabled: false}
            keys:
              - name: search
                hash: "%s"
                enabled: true
                expires: 2027-01-01
                models: ["gpt-*", fast]
            conversion: strict
            upstream:
              timeouts: {connect: 1s, first-token: 20s, idle: 30s, total: 1h}
              pool: {max-active: 10, max-idle: 20, idle-timeout: 3s, max-age: 4m}
            providers:
              claude:
                type: anthropic
                api-version: 2026-10-21
                conversion: lenient
                models: [claude-x.1]
                timeouts: {first-token: 2s}
                pool: {max-idle: 2}
                tls: {ca-certificates: ca.pem, insecure-skip-verify: true}
                balancing: {policy: peak-ewma, when-all-unhealthy: refuse, max-waiting: 7, max-wait: 3s}
                circuit-breaker:
                  enabled: false
                  consecutive-failures: 1
                  failure-rate: 2
                  min-requests: 3
                  window: 4s
                  open-duration: 5s
                  max-open-duration: 6s
                  cooldown: 7s
                  max-cooldown: 8s
                  auth-failure-cooldown: 9s
                sticky: {enabled: false, idle: 10m, max-sessions: 11k, failback: true}
                health-check: {mode: when-open, interval: 12s}
                retries: {max-attempts: 5, budget-percent: 30, budget-minimum: 40}
                discover: true
                instances:
                  - name: c1
                    base-url: "http://[::1]:8000/"
                    api-key: {env: UPSTREAM_KEY}
                    priority: 7
                    weight: 0
                    enabled: false
                    max-concurrent: 16
                    timeouts: {total: 500ms}
                    headers: {X-Team: search team, X-Secret: {env: UPSTREAM_KEY}}
              other:
                type: openai
                instances: [{name: o1, base-url: "https://example.com/a/b/"}]
            routing:
              rules: {"claude-": claude, "gpt-5.1": other, "*": other}
              default-provider: other
              models:
                fast:
                  targets:
                    - {provider: claude, model: claude-x.1, weight: 90}
                    - {provider: other, model: m}
                  fallbacks: [gpt-5.1]
                  max-attempts: 4
            """.formatted(KeyDigest.of("x").text());
}
