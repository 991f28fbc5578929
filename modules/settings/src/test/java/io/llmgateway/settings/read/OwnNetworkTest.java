package io.llmgateway.settings.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.settings.BaseUrl;
import io.llmgateway.settings.SelectionSettings.Probe;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which servers are one's own, and what that means for probes. */
class OwnNetworkTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:8000",
                "http://vllm:8000/v1",
                "http://llm.default.svc",
                "https://gpu.internal",
                "http://box.local:11434",
                "http://127.0.0.1:1",
                "http://10.1.2.3",
                "http://192.168.1.2",
                "http://172.31.0.1",
                "http://100.64.0.1",
                "http://[::1]:1",
                "http://[fd00::1]"
            })
    void ownServers(String url) {
        assertThat(OwnNetwork.holds(BaseUrl.parse(url))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://api.openai.com/v1",
                "http://172.32.0.1",
                "http://192.169.1.2",
                "http://11.1.2.3",
                "https://10.example",
                "https://internal.example",
                "http://[2001:db8::1]"
            })
    void othersServers(String url) {
        assertThat(OwnNetwork.holds(BaseUrl.parse(url))).isFalse();
    }

    private static Probe probe(String settings) {
        LoadResult result = SettingsLoader.load("test", """
                keys: [{name: k, key: a-key-for-this-test}]
                providers: {p: {type: openai, %s}}
                routing: {default-provider: p}
                """.formatted(settings), Path.of(""), Sources.of(Map.of()));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return ((LoadResult.Loaded) result)
                .settings()
                .providers()
                .getFirst()
                .selection()
                .healthCheck();
    }

    @Test
    void ownServersAreProbedWhileTheyAreOut_othersAreNot() {
        String own = "instances: [{name: a, base-url: 'http://vllm:8000/v1'}]";

        assertThat(probe(own)).isEqualTo(Probe.OWN);
        assertThat(probe("health-check: {mode: off}, " + own).mode()).isEqualTo(Probe.Mode.OFF);
        assertThat(probe("instances: [{name: a, base-url: 'http://vllm'}, {name: b, base-url: 'https://x.example'}]"))
                .isEqualTo(Probe.DEFAULT);
    }
}
