package io.llmgateway.imports;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.imports.LiteLlmImport.Imported;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.Problem;
import io.llmgateway.settings.RoutingSettings;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.testing.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiteLlmImportTest {
    private static final Path FOLDER = Path.of("src/test/resources/litellm");

    private static LoadResult load(Imported imported) {
        Map<String, String> environment = new HashMap<>();
        imported.variables().forEach(variable -> environment.put(variable, "a-value-of-the-environment"));
        return SettingsLoader.load("imported.yaml", imported.yaml(), FOLDER, Sources.of(environment));
    }

    @Test
    void everything_isImportedOrTold_andNoSecretIsCopied() throws IOException {
        Imported imported = LiteLlmImport.of(
                "full.yaml",
                Files.readString(FOLDER.resolve("full.yaml")),
                Map.of("VLLM_URL", "http://10.0.0.6:8000/v1", "OPENAI_KEY_A", "canary-of-the-environment"));
        String notes = imported.notes().stream().map(Problem::toString).collect(Collectors.joining("\n", "", "\n"));

        GoldenFiles.check(FOLDER.resolve("full.imported.yaml"), imported.yaml());
        GoldenFiles.check(FOLDER.resolve("full.notes.txt"), notes);
        assertThat(imported.yaml() + notes).doesNotContain("canary");
        LoadResult result = load(imported);
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        assertThat(((LoadResult.Loaded) result).warnings())
                .extracting(Problem::path)
                .containsExactly("usage", "usage");
    }

    @ParameterizedTest
    @CsvSource({"least-busy, least-requests", "latency-based-routing, peak-ewma", "simple-shuffle, weighted"})
    void routingStrategy_becomesThePolicyThatDoesTheSame(String strategy, String policy) {
        Imported imported = LiteLlmImport.of("c", """
                model_list:
                  - {model_name: m, litellm_params: {model: openai/m, api_base: "http://h/v1"}}
                  - {model_name: m, litellm_params: {model: openai/m, api_base: "http://i/v1"}}
                router_settings: {routing_strategy: %s}
                general_settings: {master_key: os.environ/KEY}
                """.formatted(strategy), Map.of());
        GatewaySettings settings = ((LoadResult.Loaded) load(imported)).settings();

        assertThat(settings.providers().getFirst().selection().policy().wire()).isEqualTo(policy);
        assertThat(imported.notes()).extracting(Problem::toString).noneMatch(note -> note.contains("routing_strategy"));
    }

    @Test
    void modelThatIsAPath_isImported() {
        Imported imported = LiteLlmImport.of("c", """
                model_list:
                  - model_name: qwen
                    litellm_params: {model: openai//models/Qwen3-32B, api_base: "http://vllm_server:8000"}
                  - model_name: mine
                    litellm_params: {model: hosted_vllm/my model, api_base: "http://h/v1/chat/completions"}
                general_settings: {master_key: os.environ/KEY}
                """, Map.of());
        GatewaySettings settings = ((LoadResult.Loaded) load(imported)).settings();

        assertThat(settings.routing().aliases())
                .extracting(alias -> alias.targets().getFirst().model().value())
                .containsExactlyInAnyOrder("/models/Qwen3-32B", "my model");
        assertThat(settings.providers())
                .extracting(
                        provider -> provider.instances().getFirst().baseUrl().toString())
                .containsExactlyInAnyOrder("http://vllm_server:8000/v1", "http://h/v1");
    }

    @Test
    void masterKeyOfTheEnvironment_isTheOneOfTheClients() {
        String text = "model_list: [{model_name: m, litellm_params: {model: gpt-4o}}]";

        assertThat(LiteLlmImport.of("c", text, Map.of("LITELLM_MASTER_KEY", "sk-0123456789abcdef"))
                        .variables())
                .containsExactlyInAnyOrder("LITELLM_MASTER_KEY", "OPENAI_API_KEY");
        assertThat(LiteLlmImport.of("c", text, Map.of()).variables())
                .containsExactlyInAnyOrder("GATEWAY_CLIENT_KEY", "OPENAI_API_KEY");
    }

    @Test
    void deploymentsOfOneModel_areInstances_withTheirWeights() {
        Imported imported = LiteLlmImport.of("c", """
                model_list:
                  - {model_name: m, litellm_params: {model: openai/x, api_base: "http://a/v1", weight: 3}}
                  - {model_name: m, litellm_params: {model: openai/x, api_base: "http://b/v1", weight: 1}}
                  - {model_name: m, litellm_params: {model: openai/y, api_base: "http://a/v1", weight: 4}}
                general_settings: {master_key: os.environ/KEY}
                """, Map.of());
        GatewaySettings settings = ((LoadResult.Loaded) load(imported)).settings();

        RoutingSettings.Alias alias = settings.routing().aliases().getFirst();
        assertThat(alias.targets()).extracting(target -> target.model().value()).containsExactly("x", "y");
        assertThat(alias.targets().getFirst().weight())
                .isEqualTo(alias.targets().get(1).weight());
        assertThat(settings.provider(alias.targets().getFirst().provider())
                        .orElseThrow()
                        .instances())
                .extracting(InstanceSettings::weight)
                .containsExactly(3, 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "model_list: []", "model_list: {a: 1}", "a: b: c", "model_list: [{model_name: x}]"})
    void nothingUsable_isTold(String text) {
        Imported imported = LiteLlmImport.of("c", text, Map.of());

        assertThat(imported.yaml()).isEmpty();
        assertThat(imported.notes()).isNotEmpty();
    }
}
