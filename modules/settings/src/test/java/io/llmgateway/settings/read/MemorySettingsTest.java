package io.llmgateway.settings.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.settings.MemorySettings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How much memory and how many attempts may be configured. */
class MemorySettingsTest {
    private static LoadResult load(String server, String provider) {
        String text = """
                server: {SERVER}
                keys: [{name: me, key: a-key-for-this-test}]
                providers:
                  p: {type: openai, PROVIDER instances: [{name: a, base-url: "https://example.com"}]}
                """;
        return SettingsLoader.load(
                "test",
                text.replace("SERVER", server).replace("PROVIDER", provider),
                Path.of(""),
                Sources.of(Map.of()));
    }

    private static MemorySettings memory(String server) {
        return ((LoadResult.Loaded) load(server, "")).settings().server().memory();
    }

    @ParameterizedTest
    @CsvSource({"50%,500", "5%,50", "80%,800", "1MiB,1048576", "256MiB,268435456", "1024GiB,1099511627776"})
    void budget_isAShareOfTheHeapOrAnAmount(String written, long bytes) {
        MemorySettings memory = memory("memory: {budget: " + written + "}");

        assertThat(memory.budget().of(1_000)).isEqualTo(bytes);
        assertThat(memory.budget()).hasToString(written);
    }

    @Test
    void budget_isHalfTheHeapByDefault() {
        assertThat(memory("").budget().of(1L << 30)).isBetween((1L << 29) - 100, 1L << 29);
        assertThat(memory("").budget().of(Long.MAX_VALUE)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "memory: {budget: 4%}",
                "memory: {budget: 81%}",
                "memory: {budget: 999999999999999%}",
                "memory: {budget: -1%}",
                "memory: {budget: '%'}",
                "memory: {budget: 1KiB}",
                "memory: {budget: 99999999GiB}",
                "memory: {max-wait: 61s}",
                "stream-keep-alive: 500ms",
                "stream-keep-alive: 11m"
            })
    void valuesOutOfRange_areRefused(String server) {
        assertThat(load(server, "")).isInstanceOf(LoadResult.Invalid.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-attempts: 0", "max-attempts: 11", "percent: 101", "percent: -1", "budget-minimum: -1"})
    void attemptsOutOfRange_areRefused(String retries) {
        assertThat(load("", "retries: {" + retries + "},")).isInstanceOf(LoadResult.Invalid.class);
    }
}
