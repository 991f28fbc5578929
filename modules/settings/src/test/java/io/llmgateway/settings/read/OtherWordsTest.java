package io.llmgateway.settings.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.settings.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OtherWordsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "breaker: {enabled: false} | did you mean 'circuit-breaker'",
                "probe: {mode: off} | did you mean 'health-check'",
                "statuses: {418: overloaded} | did you mean 'status-overrides'",
                "retries: {percent: 20} | did you mean 'budget-percent'",
                "circuit-breaker: {open-for: 10s} | did you mean 'open-duration'",
                "circuit-breaker: {credential-bench: 10s} | did you mean 'auth-failure-cooldown'",
                "tls: {trust: ca.pem} | did you mean 'ca-certificates'",
            })
    void wordOfAnotherGatewayOrOfBefore_isAnsweredWithOurs(String line, String hint) {
        LoadResult result = SettingsLoader.load("test", """
                keys: [{name: k, key: a-key-of-a-test-0123}]
                providers:
                  p:
                    type: openai
                    %s
                    instances: [{name: i, base-url: "https://a.example"}]
                """.formatted(line), Path.of(""), Sources.of(Map.of()));

        assertThat(result).isInstanceOfSatisfying(LoadResult.Invalid.class, invalid -> {
            List<String> messages =
                    invalid.problems().stream().map(Problem::message).toList();
            assertThat(messages).anyMatch(message -> message.contains(hint));
        });
    }
}
