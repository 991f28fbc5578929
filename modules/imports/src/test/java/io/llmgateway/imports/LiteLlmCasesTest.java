package io.llmgateway.imports;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.imports.LiteLlmImport.Imported;
import io.llmgateway.model.ModelName;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.PriceList;
import io.llmgateway.settings.Problem;
import io.llmgateway.settings.ProviderType;
import io.llmgateway.settings.RetrySettings;
import io.llmgateway.settings.RoutingSettings;
import io.llmgateway.settings.UpstreamTimeouts;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.testing.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Configurations of LiteLLM as people have them, one symptom each. */
class LiteLlmCasesTest {
    private static final Path FOLDER = Path.of("src/test/resources/litellm");
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "SET_URL", "https://models.internal/v1",
            "PUBLIC_NAME", "assistant",
            "REAL_MODEL", "anthropic/claude-sonnet-4-5",
            "RPM", "60",
            "TIMEOUT", "30",
            "DROP", "true",
            "REQUEST_TIMEOUT", "90",
            "SHORT_KEY", "sk-canary");

    static List<String> cases() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml") && !name.contains(".imported") && !name.contains(".prices"))
                    .map(name -> name.substring(0, name.length() - ".yaml".length()))
                    .filter(name -> !name.equals("full"))
                    .sorted()
                    .toList();
        }
    }

    private static Imported imported(String name) throws IOException {
        String text = Files.readString(FOLDER.resolve(name + ".yaml"));
        return LiteLlmImport.of(name + ".yaml", text, ENVIRONMENT, name + ".prices.yaml");
    }

    private static LoadResult load(Imported imported) {
        Map<String, String> environment = new HashMap<>();
        imported.variables().forEach(variable -> environment.put(variable, "a-value-of-the-environment"));
        return SettingsLoader.load("imported.yaml", imported.yaml(), FOLDER, Sources.of(environment));
    }

    private static GatewaySettings settings(String name) throws IOException {
        LoadResult result = load(imported(name));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return ((LoadResult.Loaded) result).settings();
    }

    private static String notes(Imported imported) {
        return imported.notes().stream().map(Problem::toString).collect(Collectors.joining("\n", "", "\n"));
    }

    private static List<String> aliases(GatewaySettings settings) {
        return settings.routing().aliases().stream()
                .map(alias -> alias.name().value())
                .toList();
    }

    private static RoutingSettings.Alias alias(GatewaySettings settings, String name) {
        return settings.routing().aliases().stream()
                .filter(alias -> alias.name().value().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static InstanceSettings instanceOf(GatewaySettings settings, String alias) {
        RoutingSettings.Alias found = alias(settings, alias);
        return settings.provider(found.targets().getFirst().provider())
                .orElseThrow()
                .instances()
                .getFirst();
    }

    private static List<String> fallbacks(GatewaySettings settings, String alias) {
        return alias(settings, alias).fallbacks().stream().map(ModelName::value).toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everything_isImportedOrTold_andNoSecretIsCopied(String name) throws IOException {
        Imported imported = imported(name);

        GoldenFiles.check(FOLDER.resolve(name + ".imported.yaml"), imported.yaml());
        GoldenFiles.check(FOLDER.resolve(name + ".notes.txt"), notes(imported));
        if (!imported.prices().isEmpty()) {
            GoldenFiles.check(FOLDER.resolve(name + ".prices.yaml"), imported.prices());
        }
        assertThat(imported.yaml() + notes(imported)).doesNotContain("canary");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everySettingThatIsWritten_isUsedOrNamed(String name) throws IOException {
        String text = Files.readString(FOLDER.resolve(name + ".yaml"));
        // a setting that nobody knows stands for all that LiteLLM will ever have
        List<String> places = List.of("litellm_settings: {", "general_settings: {", "router_settings: {");
        List<String> silent = new ArrayList<>();
        for (String place : places) {
            if (text.contains(place)) {
                String more = text.replace(place, place + "never_heard_of: 1, ");
                if (!notes(LiteLlmImport.of("c", more, ENVIRONMENT)).contains("never_heard_of")) {
                    silent.add(place);
                }
            }
        }

        assertThat(silent).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyVariableThatIsListed_isRead_andNoOther(String name) throws IOException {
        Imported imported = imported(name);

        for (String variable : imported.variables()) {
            assertThat(imported.yaml()).contains("{env: " + variable + "}");
        }
        assertThat(imported.yaml()
                        .lines()
                        .filter(line -> line.contains("{env: "))
                        .count())
                .isGreaterThanOrEqualTo(imported.variables().size());
    }

    @Test
    void addressThatNobodyKnows_staysOpen_andNoKeyGoesElsewhere() throws IOException {
        Imported imported = imported("unset-address");

        assertThat(load(imported))
                .isInstanceOfSatisfying(
                        LoadResult.Invalid.class,
                        invalid -> assertThat(invalid.problems())
                                .hasSize(2)
                                .allMatch(problem -> problem.path().endsWith("base-url")));
        String answered =
                imported.yaml().replaceAll("base-url: os.environ/[A-Z_]*", "base-url: \"https://answered.internal\"");
        GatewaySettings settings =
                ((LoadResult.Loaded) load(new Imported(answered, "", List.of(), imported.variables()))).settings();
        assertThat(instanceOf(settings, "assistant").baseUrl().host()).isEqualTo("answered.internal");
        assertThat(instanceOf(settings, "claude").baseUrl().host()).isEqualTo("answered.internal");
        assertThat(instanceOf(settings, "public").baseUrl().host()).isEqualTo("api.openai.com");
        assertThat(instanceOf(settings, "written").baseUrl().host()).isEqualTo("models.internal");
    }

    @Test
    void addressOfTheEnvironmentOrOfGeneralSettings_isTheOneThatTheKeyGoesTo() throws IOException {
        GatewaySettings settings = settings("base-from-environment");

        assertThat(instanceOf(settings, "gpt").baseUrl().host()).isEqualTo("proxy.internal");
        assertThat(instanceOf(settings, "vllm").baseUrl().host()).isEqualTo("10.0.0.7");
        assertThat(instanceOf(settings, "claude").baseUrl().host()).isEqualTo("api.anthropic.com");
        assertThat(imported("general-address").yaml())
                .contains("os.environ/NOT_SET_EITHER")
                .doesNotContain("api.openai.com");
        assertThat(imported("credentials").yaml())
                .contains("models.internal")
                .doesNotContain("api.openai.com")
                .contains("INTERNAL_KEY");
    }

    @Test
    void modelsThatDoNotChat_areNoNames() throws IOException {
        assertThat(aliases(settings("modes"))).containsExactlyInAnyOrder("chat", "think", "embedded-chat");
        assertThat(imported("modes").variables()).doesNotContain("EMBEDDING_ONLY_KEY");
        assertThat(notes(imported("modes"))).contains("embedding", "dall-e-3", "tts-1", "audio_transcription");
    }

    @Test
    void defaultFallbacks_holdForEveryNameWithoutItsOwn() throws IOException {
        GatewaySettings settings = settings("fallbacks");

        assertThat(fallbacks(settings, "a")).containsExactly("b");
        assertThat(fallbacks(settings, "b")).containsExactly("c", "rescue");
        assertThat(fallbacks(settings, "c")).containsExactly("o3-mini");
        assertThat(fallbacks(settings, "o3-pro")).containsExactly("c");
        assertThat(fallbacks(settings, "rescue")).isEmpty();
        assertThat(fallbacks(settings("fallbacks-star"), "a")).containsExactly("b");
    }

    @Test
    void retriesAndTimes_keepTheirMeaning() throws IOException {
        GatewaySettings settings = settings("fallbacks-star");
        InstanceSettings instance = instanceOf(settings, "a");

        assertThat(settings.providers()).allMatch(provider -> provider.retries().maxAttempts() == 1);
        assertThat(instance.timeouts().total()).hasSeconds(45);
        assertThat(instance.timeouts().idle()).hasSeconds(45);
        assertThat(instance.timeouts().firstToken()).hasSeconds(10);
        assertThat(settings("fallbacks").providers())
                .allMatch(provider -> provider.retries().maxAttempts() == RetrySettings.MOST_ATTEMPTS);
        UpstreamTimeouts patient = instanceOf(settings("modes"), "chat").timeouts();
        assertThat(patient.total()).hasMinutes(10);
        assertThat(patient.firstToken()).hasMinutes(10);
        assertThat(instanceOf(settings("variables-in-names"), "numbers")
                        .timeouts()
                        .total())
                .hasSeconds(30);
    }

    @Test
    void prices_areThoseOfTheFile() throws IOException {
        PriceList prices = settings("prices").usage().prices();

        assertThat(prices.of("qwen3-32b")).hasValueSatisfying(price -> {
            assertThat(price.input()).isEqualTo(200);
            assertThat(price.output()).isEqualTo(600);
            assertThat(price.cacheRead()).isEqualTo(50);
        });
        assertThat(prices.of("gpt-4o"))
                .hasValueSatisfying(price -> assertThat(price.output()).isEqualTo(8_000));
        String without = LiteLlmImport.of("prices.yaml", Files.readString(FOLDER.resolve("prices.yaml")), Map.of())
                .notes()
                .toString();
        assertThat(without).contains("qwen3-32b, gpt-4o").contains("--output");
    }

    @Test
    void aliases_ofEveryForm_leadToTheSameModels() throws IOException {
        GatewaySettings settings = settings("aliases");

        assertThat(aliases(settings)).contains("gpt-4", "gpt-3.5-turbo", "either", "small", "sonnet");
        assertThat(fallbacks(settings, "either")).containsExactly("small");
        assertThat(alias(settings, "sonnet").targets().getFirst().model().value())
                .isEqualTo("claude-sonnet-4-5");
        assertThat(aliases(settings("alias-lists"))).contains("gpt-4", "gpt-4-turbo");
    }

    @Test
    void placeholders_areNoKeys_andTwoSecretsNeverShareAVariable() throws IOException {
        GatewaySettings settings = settings("placeholders");

        for (String name : List.of("a", "b", "c", "d", "e")) {
            assertThat(instanceOf(settings, name).apiKey().isEmpty()).as(name).isTrue();
        }
        String yaml = imported("placeholders").yaml();
        assertThat(yaml).contains("{env: OPENAI_API_KEY_1}", "{env: OPENAI_API_KEY_2}");
    }

    @Test
    void trustInCertificates_isThatOfTheDeployment() throws IOException {
        String yaml = imported("tls").yaml();

        assertThat(yaml)
                .containsOnlyOnce("tls: {insecure-skip-verify: true}")
                .contains("tls: {ca-certificates: full.yaml}");
        assertThat(notes(imported("tls"))).contains("ssl_certificate");
    }

    @Test
    void names_withAStar_areRulesOnlyWhereTheNameIsPassedOn() throws IOException {
        GatewaySettings settings = settings("wildcards");

        assertThat(settings.routing().rules())
                .extracting(RoutingSettings.Rule::pattern)
                .containsExactlyInAnyOrder("*", "claude-", "gem*");
        assertThat(settings.providers())
                .filteredOn(provider -> provider.type() == ProviderType.ANTHROPIC)
                .singleElement()
                .satisfies(provider -> assertThat(provider.instances()).hasSize(2));
        assertThat(imported("wildcards").variables()).doesNotContain("ONLY_HERE_KEY");
    }
}
