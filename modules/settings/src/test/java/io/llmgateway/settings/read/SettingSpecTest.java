package io.llmgateway.settings.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.settings.reference.SettingDescriptions;
import io.llmgateway.settings.reference.SettingSpec;
import io.llmgateway.settings.reference.SettingSpec.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SettingSpecTest {
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "CLIENT_KEY", "canary-client-key-0123456789",
            "PROVIDER_KEY", "canary-provider-key",
            "GATEWAY_SERVER_PORT", "8088",
            "GATEWAY_ADMIN_KEY", "canary-admin-key-0123456789");

    @TempDir
    private Path folder;

    private static void each(SettingSpec described, Consumer<SettingSpec> visitor) {
        visitor.accept(described);
        switch (described.kind()) {
            case Kind.Part(var settings) -> settings.forEach(setting -> each(setting, visitor));
            case Kind.Named(SettingSpec any) -> each(any, visitor);
            case Kind.Listed(SettingSpec any) -> each(any, visitor);
            case Kind.Text _, Kind.Decimal _, Kind.Flag _, Kind.Count _, Kind.Span _, Kind.Size _ -> {}
            case Kind.Choice _, Kind.Hidden _ -> {}
        }
    }

    @Test
    void everySetting_hasAMeaning_andNoMeaningIsLeftOver() {
        SettingDescriptions meanings = SettingDescriptions.load();
        SettingsLoader.described(meanings);

        assertThat(meanings.missing()).as("add them to settings.properties").isEmpty();
        assertThat(meanings.unused()).as("no such setting").isEmpty();
    }

    @Test
    void reference_knowsKindsRangesAndDefaults() {
        Map<String, SettingSpec> byPath = new HashMap<>();
        each(SettingsLoader.reference(), described -> byPath.put(described.path(), described));

        assertThat(byPath.get("server.port").kind()).isEqualTo(new Kind.Count(0, 65_535));
        assertThat(byPath.get("server.port").fallback()).contains("8080");
        assertThat(byPath.get("providers.*.circuit-breaker.max-open-duration").fallback())
                .contains("5m");
        assertThat(byPath.get("providers.*.type").required()).isTrue();
        assertThat(byPath.get("providers.*.balancing.policy").fallback()).contains("weighted");
        assertThat(byPath.get("providers.*.instances[].api-key").kind()).isEqualTo(new Kind.Hidden());
        assertThat(byPath.get("providers.*.instances[].max-concurrent").fallback())
                .isEmpty();
        assertThat(byPath.get("keys[].limits.models.*.budget.per").fallback()).contains("month");
        assertThat(byPath.get("keys[].hash").kind()).isEqualTo(new Kind.Text("hash of a key"));
        assertThat(byPath.get("usage.time-zone").fallback()).contains("UTC");
        assertThat(byPath.get("routing.models.*.targets[].weight").kind()).isEqualTo(new Kind.Count(0, 1_000));
    }

    @Test
    void effective_showsDefaultsAndSources_neverASecret() throws IOException {
        Path file = Files.writeString(folder.resolve("gateway.yaml"), """
                server: {max-body: 1MiB}
                keys:
                  - {name: one, key: {env: CLIENT_KEY}}
                  - {name: two, key: canary-inline-key-0123456789}
                providers:
                  openai:
                    type: openai
                    instances:
                      - name: a
                        base-url: "https://api.openai.com/v1"
                        api-key: {env: PROVIDER_KEY}
                        headers: {X-Org: canary}
                """);
        SettingsLoader.Effective effective =
                SettingsLoader.effective(file, new Sources(ENVIRONMENT, Map.of("admin.port", "9099")));

        assertThat(effective.yaml())
                .doesNotContain("canary")
                .containsPattern("port: 8088 +# environment variable GATEWAY_SERVER_PORT")
                .containsPattern("port: 9099 +# command line")
                .containsPattern("max-body: 1MiB\\n")
                .containsPattern("first-token: 60s|first-token: 1m +# default")
                .contains("key: {env: CLIENT_KEY}", "key: {env: GATEWAY_ADMIN_KEY}", "key: \"***\"")
                .containsPattern("gpt-: openai +# default")
                .containsPattern("default-provider: openai +# default");
    }

    @ParameterizedTest
    @MethodSource("io.llmgateway.settings.read.ShippedFilesTest#files")
    void effective_loadedAgain_isTheSame(Path file) throws IOException {
        Map<String, String> environment = new HashMap<>(ENVIRONMENT);
        environment.putAll(ShippedFilesTest.ENVIRONMENT);
        Sources sources = Sources.of(environment);
        SettingsLoader.Effective first = SettingsLoader.effective(file, sources);
        String again = "again.yaml";
        LoadResult second =
                SettingsLoader.load(again, first.yaml(), file.toAbsolutePath().getParent(), sources);

        assertThat(second).as(first.yaml()).isInstanceOf(LoadResult.Loaded.class);
        // as texts, which leave secrets out: what stood in the file itself is stars now
        assertThat(((LoadResult.Loaded) second).settings())
                .hasToString(((LoadResult.Loaded) first.result()).settings().toString());
    }
}
