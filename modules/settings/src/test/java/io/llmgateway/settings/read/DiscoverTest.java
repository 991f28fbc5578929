package io.llmgateway.settings.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.settings.ProviderSettings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiscoverTest {
    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8000, '', true",
        "http://localhost:11434, '', true",
        "http://10.1.2.3, '', true",
        "http://172.20.0.2, '', true",
        "http://192.168.1.5, '', true",
        "http://100.64.3.4, '', true",
        "http://[::1]:8000, '', true",
        "http://[fd00::5], '', true",
        "http://vllm_server:8000, '', true",
        "http://ollama.local, '', true",
        "http://llm.team.svc, '', true",
        "http://vllm.ml.svc.cluster.local, '', true",
        "http://host.docker.internal:1234, '', true",
        "https://api.openai.com/v1, '', false",
        "https://api.groq.com, '', false",
        "https://llm.example.com, '', false",
        "http://8.8.8.8, '', false",
        "http://100.128.0.1, '', false",
        "http://[2001:db8::1], '', false",
        "https://api.openai.com/v1, 'discover: true,', true",
        "http://127.0.0.1:8000, 'discover: false,', false"
    })
    void discover_isOnByDefaultForInstancesNearBy(String url, String more, boolean on) {
        String text = """
                keys: [{name: k, key: {env: K}}]
                providers: {p: {type: openai, %s instances: [{name: i, base-url: "%s"}]}}
                """.formatted(more, url);
        Sources sources = new Sources(Map.of("K", "0123456789abcdef-0123"), Map.of());
        LoadResult result = SettingsLoader.load("test.yaml", text, Path.of(""), sources);

        assertThat(((LoadResult.Loaded) result).settings().providers())
                .singleElement()
                .extracting(ProviderSettings::discover)
                .isEqualTo(on);
    }
}
