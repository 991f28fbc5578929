package io.llmgateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsDiff;
import io.llmgateway.settings.read.SettingsDiff.Difference;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.settings.reference.SettingSpec;
import io.llmgateway.settings.reference.SettingSpec.Kind;
import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every setting there is, changed alone: a reload names it as it is called, and says whether it needs a start. */
class StartedWithTest {
    /** The settings that take effect with the next start only; all others are active at once. */
    private static final Set<String> NEED_A_START = Set.of(
            "server.host",
            "server.port",
            "server.max-body",
            "server.max-headers",
            "server.max-connections",
            "server.max-connections-per-address",
            "server.cors-origins[]",
            "server.trusted-proxies[]",
            "server.proxy-protocol",
            "server.header-timeout",
            "server.body-timeout",
            "server.write-timeout",
            "server.idle-timeout",
            "server.stream-keep-alive",
            "server.warm-up",
            "server.tls.client-auth",
            "admin.enabled",
            "admin.host",
            "admin.port",
            "admin.tls.client-auth",
            "usage.database",
            "usage.retention",
            "usage.time-zone",
            "gen-ai-conventions",
            "reload.watch",
            "reload.interval");

    /** Settings that say nothing by themselves: they check another one, name the entry, or are defaults of others. */
    private static final Set<String> NOT_ALONE = Set.of(
            "server.allow-insecure-http",
            "admin.allow-insecure-http",
            "keys[].name",
            "keys[].hash",
            "groups[].name",
            "logging.output",
            "providers.*.type",
            "providers.*.instances[].name",
            "routing.models.*.targets[].provider");

    /** Values for settings whose kind does not say what another value would be; OTHER- begins files. */
    private static final Map<String, String> VALUES = Map.ofEntries(
            // not the port of the server
            Map.entry("admin.port", "7"),
            Map.entry("server.host", "localhost"),
            Map.entry("server.trusted-proxies[]", "127.0.0.3"),
            Map.entry("server.cors-origins[]", "https://b"),
            Map.entry("server.memory.budget", "30%"),
            Map.entry("server.tls.certificate", "OTHER-certificate.pem"),
            Map.entry("server.tls.key", "OTHER-key.pem"),
            Map.entry("server.tls.client-ca-certificates", "OTHER-certificate.pem"),
            Map.entry("admin.host", "localhost"),
            Map.entry("admin.tls.certificate", "OTHER-certificate.pem"),
            Map.entry("admin.tls.key", "OTHER-key.pem"),
            Map.entry("admin.tls.client-ca-certificates", "OTHER-certificate.pem"),
            Map.entry("usage.database", "other.db"),
            Map.entry("usage.time-zone", "Europe/Berlin"),
            Map.entry("keys[].expires", "2098-01-01"),
            Map.entry("keys[].group", "org"),
            Map.entry("keys[].networks[]", "127.0.0.3"),
            Map.entry("groups[].parent", "other"),
            Map.entry("providers.*.api-version", "2023-06-01"),
            Map.entry("providers.*.tls.ca-certificates", "OTHER-certificate.pem"),
            Map.entry("providers.*.tls.client-certificate", "OTHER-certificate.pem"),
            Map.entry("providers.*.tls.client-key", "OTHER-key.pem"),
            Map.entry("providers.*.proxy.url", "http://other:1"),
            Map.entry("providers.*.instances[].base-url", "http://other"),
            Map.entry("routing.rules.*", "q"),
            Map.entry("routing.default-provider", "q"),
            Map.entry("routing.models.*.fallbacks[]", "gpt-other"),
            Map.entry("server.port", "7"),
            Map.entry("usage.prices", "prices.yaml"),
            Map.entry("logging.rotation.size", "2MiB"),
            Map.entry("logging.file", "other.log"),
            Map.entry("logging.level", "debug"),
            Map.entry("tracing.endpoint", "http://other:1"));

    private static final String BASE = """
            server: {port: 1, trusted-proxies: [10.9.0.0/16], cors-origins: ["https://a"]
              , tls: {certificate: OWN.crt, key: OWN.key, client-ca-certificates: OWN.crt}}
            admin: {port: 2, key: an-admin-key-for-this-test
              , tls: {certificate: OWN.crt, key: OWN.key, client-ca-certificates: OWN.crt}}
            auth: {pepper: a-pepper-for-this-test}
            keys:
              - name: k
                key: a-key-for-this-test
                models: [m]
                group: team
                networks: [127.0.0.2]
                limits: {budget: {amount: 3, per: month}, models: {m: {budget: {amount: 3, per: month}}}}
              - {name: spare, key: a-spare-key-for-this-test}
            groups:
              - name: team
                parent: org
                limits: {budget: {amount: 3, per: month}, models: {m: {budget: {amount: 3, per: month}}}}
              - {name: org}
              - {name: other}
            limits: {budget: {amount: 3, per: month}, models: {m: {budget: {amount: 3, per: month}}}}
            usage: {database: usage.db}
            providers:
              p:
                type: anthropic
                api-version: 2026-10-21
                models: [m]
                discover: false
                tls: {ca-certificates: OWN.crt, client-certificate: OWN.crt, client-key: OWN.key}
                proxy: {url: "http://proxy:1", authorization: x}
                errors: [{status: 500, message: x, treat-as: server}]
                instances:
                  - {name: i, base-url: "http://h", errors: [{status: 501, message: y, treat-as: server}]}
              q: {type: openai, instances: [{name: j, base-url: "http://h"}]}
            routing:
              default-provider: p
              rules: {gpt-: p}
              models:
                fast: {targets: [{provider: p, model: m}], fallbacks: [gpt-x], fallback-on: [too-large]}
            logging: {file: own.log}
            tracing: {endpoint: "http://h", headers: {x-a: b}}
            metrics: {model-families: {m: n}}
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void certificates() throws IOException, InterruptedException {
        TestCertificate own = TestCertificate.create(folder, "own-", "san=dns:localhost", "-1d", 2);
        // the same pair under another name: certificate and key can be exchanged one at a time
        Files.copy(own.certificate(), folder.resolve("other-certificate.pem"));
        Files.copy(own.key(), folder.resolve("other-key.pem"));
        Files.writeString(folder.resolve("prices.yaml"), "version: own\nprices: {m: {input: 1, output: 2}}\n");
    }

    private LoadResult result(String text, Map<String, String> overrides) {
        return SettingsLoader.load(
                "test",
                text.replace("OWN.crt", "own-certificate.pem").replace("OWN.key", "own-key.pem"),
                folder,
                new Sources(Map.of(), overrides));
    }

    private GatewaySettings load(String text) {
        LoadResult result = result(text, Map.of());
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return ((LoadResult.Loaded) result).settings();
    }

    private static Stream<SettingSpec> leaves(SettingSpec setting) {
        return switch (setting.kind()) {
            case Kind.Part(List<SettingSpec> settings) -> settings.stream().flatMap(StartedWithTest::leaves);
            case Kind.Named(SettingSpec each) -> leaves(each);
            case Kind.Listed(SettingSpec each) -> leaves(each);
            default -> Stream.of(setting);
        };
    }

    private String other(SettingSpec setting) {
        String known = VALUES.get(setting.path());
        if (known != null) {
            return known.replace("OTHER-", "other-");
        }
        String now = setting.fallback().orElse("");
        return switch (setting.kind()) {
            case Kind.Flag _ -> "true".equals(now) ? "false" : "true";
            case Kind.Count(long min, long _) -> Long.toString(now.equals(Long.toString(min + 1)) ? min + 2 : min + 1);
            case Kind.Span span -> "61s".equals(now) ? "62s" : span.min().toSeconds() > 61 ? "2d" : within(span);
            case Kind.Size _ -> "70000";
            case Kind.Choice(List<String> words) ->
                words.stream().filter(word -> !word.equals(now)).toList().getLast();
            case Kind.Hidden _ -> "another-secret-for-this-test";
            case Kind.Decimal _ -> "7";
            default -> "other";
        };
    }

    private static String within(Kind.Span span) {
        return span.max().toSeconds() < 61 ? "17s" : "61s";
    }

    private static String written(String path) {
        return path.replace("[]", "[0]")
                .replace("providers.*", "providers.p")
                .replace("routing.models.*", "routing.models.fast")
                .replace("rules.*", "rules.gpt-")
                .replace("status-overrides.*", "status-overrides.418")
                .replace("tracing.headers.*", "tracing.headers.x-a")
                .replace("*", "m");
    }

    /** True when the steps of a setting's path stand in this order in the path that was reported. */
    private static boolean names(String reported, String setting) {
        int at = 0;
        // a budget, a target with its weight, and a rule about errors are one value to whoever reads what changed
        String whole = setting.replaceAll("budget\\.(amount|per)$", "budget").replaceAll("(targets|errors).*$", "$1");
        for (String step : whole.replace("[]", "").split("\\.")) {
            if (!"*".equals(step)) {
                int found = ("." + reported + ".").indexOf("." + step + ".", at);
                if (found < 0) {
                    return false;
                }
                at = found + step.length();
            }
        }
        return true;
    }

    @Test
    void everySetting_isNamedAsItIsCalled_andNeedsAStartOrDoesNot() {
        GatewaySettings before = load(BASE);
        StartedWith started = new StartedWith(before);
        List<String> wrong = new ArrayList<>();
        Set<String> needStart = new TreeSet<>();
        for (SettingSpec setting : leaves(SettingsLoader.reference())
                .filter(each -> !NOT_ALONE.contains(each.path()) && !"currency".equals(each.name()))
                .toList()) {
            String path = setting.path();
            Map<String, String> change = Map.of(written(path), other(setting));
            if (!(result(BASE, change) instanceof LoadResult.Loaded(GatewaySettings after, var _))) {
                wrong.add(result(BASE, change).toString());
                continue;
            }
            List<Difference> differences = SettingsDiff.between(before, after);
            List<Difference> waiting = SettingsDiff.between(started.holds(after), after);
            boolean inherited = path.startsWith("upstream.") || "conversion".equals(path);
            if (differences.isEmpty()) {
                wrong.add(path + ": no difference");
            } else if (!inherited && differences.stream().noneMatch(each -> names(each.path(), path))) {
                wrong.add(path + ": called " + differences);
            }
            if (!waiting.isEmpty()) {
                needStart.add(path);
                assertThat(differences).as(path).containsAll(waiting);
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(needStart).containsExactlyInAnyOrderElementsOf(NEED_A_START);
    }

    @Test
    void whatIsAdded_needsAStart() {
        String tls = ", tls: {certificate: OWN.crt, key: OWN.key, client-ca-certificates: OWN.crt}";
        String authorities = ", client-ca-certificates: OWN.crt";
        for (String each : List.of(tls, authorities)) {
            String without = BASE.replace(each, "");
            StartedWith started = new StartedWith(load(without));
            GatewaySettings next = load(BASE);

            List<Difference> waiting = SettingsDiff.between(started.holds(next), next);

            String what = each.equals(tls) ? "tls added" : "tls.client-ca-certificates added";
            assertThat(waiting).extracting(Difference::toString).containsExactly("server." + what, "admin." + what);
        }
    }
}
