package io.llmgateway.settings.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BasePathTest {
    @ParameterizedTest
    @CsvSource({
        "openai, https://api.openai.com, https://api.openai.com/v1",
        "openai, https://api.openai.com/, https://api.openai.com/v1",
        "openai, https://api.openai.com/v1, https://api.openai.com/v1",
        "openai, https://api.openai.com/v1/, https://api.openai.com/v1",
        "openai, https://api.openai.com/v1/chat/completions, https://api.openai.com/v1",
        "openai, https://api.openai.com/v1/chat/completions/, https://api.openai.com/v1",
        "openai, https://api.openai.com/v1/models, https://api.openai.com/v1",
        "openai, https://api.openai.com/v1/responses, https://api.openai.com/v1",
        "openai, http://vllm_server:8000, http://vllm_server:8000/v1",
        "openai, http://10.0.0.5:11434/, http://10.0.0.5:11434/v1",
        "openai, http://10.0.0.5:11434/api/chat, http://10.0.0.5:11434/v1",
        "openai, http://10.0.0.5:11434/api/generate, http://10.0.0.5:11434/v1",
        "openai, http://10.0.0.5:11434/api, http://10.0.0.5:11434/v1",
        "openai, http://h/team/api/chat, http://h/team/api/chat",
        "openai, http://vllm:8000/v1/messages, http://vllm:8000/v1",
        "openai, https://api.groq.com, https://api.groq.com/openai/v1",
        "openai, https://api.groq.com/openai, https://api.groq.com/openai/v1",
        "openai, https://api.groq.com/openai/v1/chat/completions, https://api.groq.com/openai/v1",
        "openai, https://openrouter.ai/api, https://openrouter.ai/api/v1",
        "openai, https://openrouter.ai/other, https://openrouter.ai/other",
        "openai, https://api.perplexity.ai, https://api.perplexity.ai",
        "openai, https://api.perplexity.ai/chat/completions, https://api.perplexity.ai",
        "openai, https://generativelanguage.googleapis.com/v1beta, "
                + "https://generativelanguage.googleapis.com/v1beta/openai",
        "openai, https://api.z.ai/api/paas/v4/chat/completions, https://api.z.ai/api/paas/v4",
        "openai, http://h/proxy/team, http://h/proxy/team",
        "openai, http://h/chat/completions, http://h",
        "anthropic, https://api.anthropic.com, https://api.anthropic.com",
        "anthropic, https://api.anthropic.com/v1, https://api.anthropic.com",
        "anthropic, https://api.anthropic.com/v1/, https://api.anthropic.com",
        "anthropic, https://api.anthropic.com/v1/messages, https://api.anthropic.com",
        "anthropic, https://api.anthropic.com/v1/messages/count_tokens, https://api.anthropic.com",
        "anthropic, https://api.z.ai/api/anthropic/v1/messages, https://api.z.ai/api/anthropic",
        "anthropic, https://api.deepseek.com/anthropic, https://api.deepseek.com/anthropic",
        "gemini, https://generativelanguage.googleapis.com, https://generativelanguage.googleapis.com",
        "gemini, https://generativelanguage.googleapis.com/v1beta/, https://generativelanguage.googleapis.com",
        "gemini, https://generativelanguage.googleapis.com/v1beta/models, https://generativelanguage.googleapis.com",
        "gemini, https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent, "
                + "https://generativelanguage.googleapis.com",
        "gemini, https://generativelanguage.googleapis.com/v1beta/openai/, https://generativelanguage.googleapis.com",
        "gemini, http://h/google/v1alpha, http://h/google",
        "gemini, http://h/v1/google, http://h/v1/google",
        "gemini, http://h/google, http://h/google"
    })
    void baseUrl_asPeopleCopyIt_isUnderstood(String type, String written, String meant) {
        assertThat(loaded(type, written, "").settings().providers())
                .first()
                .extracting(
                        provider -> provider.instances().getFirst().baseUrl().toString())
                .isEqualTo(meant);
    }

    @Test
    void versionInGeminisUrl_isTheOneThatIsCalled() {
        assertThat(version(loaded("gemini", "http://h/v1", ""))).isEqualTo("v1");
        assertThat(version(loaded("gemini", "http://h/v1beta", ""))).isEqualTo("v1beta");
        assertThat(version(loaded("gemini", "http://h", ""))).isEqualTo("v1beta");
        assertThat(loaded("gemini", "http://h/v1", "").warnings()).isEmpty();
    }

    @Test
    void versionInGeminisUrl_thatIsNotTheConfiguredOne_isWarnedOf() {
        LoadResult.Loaded loaded = loaded("gemini", "http://h/v1/models", "api-version: v1beta, ");

        assertThat(version(loaded)).isEqualTo("v1beta");
        assertThat(loaded.warnings())
                .singleElement()
                .asString()
                .contains("providers.p.instances: a base-url names version v1, but v1beta is called");
    }

    @Test
    void versionInGeminisUrl_thatIsNotSpoken_isWarnedOf() {
        LoadResult.Loaded loaded = loaded("gemini", "http://h/v1alpha", "");

        assertThat(version(loaded)).isEqualTo("v1beta");
        assertThat(loaded.warnings()).singleElement().asString().contains("names version v1alpha, but v1beta");
    }

    @Test
    void hostWithAnUnderscore_behindTls_isWarnedOf() {
        assertThat(loaded("openai", "https://vllm_server/v1", "").warnings())
                .singleElement()
                .asString()
                .contains("instances[0].base-url: TLS cannot check a certificate for a host with an underscore");
        assertThat(loaded("openai", "http://vllm_server/v1", "").warnings()).isEmpty();
    }

    private static String version(LoadResult.Loaded loaded) {
        return loaded.settings().providers().getFirst().apiVersion();
    }

    private static LoadResult.Loaded loaded(String type, String url, String more) {
        String text = """
                keys: [{name: k, key: {env: K}}]
                providers: {p: {type: %s, %sinstances: [{name: i, base-url: "%s"}]}}
                """.formatted(type, more, url);
        Sources sources = new Sources(Map.of("K", "0123456789abcdef-0123"), Map.of());
        return (LoadResult.Loaded) SettingsLoader.load("test.yaml", text, Path.of(""), sources);
    }
}
