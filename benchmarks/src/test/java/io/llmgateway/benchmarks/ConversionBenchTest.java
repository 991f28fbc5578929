package io.llmgateway.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.converters.AnswerTranslator.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls every benchmark once, so that none can rot. */
class ConversionBenchTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "OPENAI_CHAT-OPENAI_CHAT",
                "OPENAI_CHAT-ANTHROPIC_MESSAGES",
                "OPENAI_CHAT-GEMINI",
                "ANTHROPIC_MESSAGES-ANTHROPIC_MESSAGES",
                "ANTHROPIC_MESSAGES-OPENAI_CHAT",
                "ANTHROPIC_MESSAGES-GEMINI"
            })
    void everyBenchmark_runsOnce(String pair) {
        ConversionBench bench = new ConversionBench();
        bench.pair = pair;
        bench.size = 1024;
        bench.make();

        assertThat(bench.request().body()).isNotEmpty();
        assertThat(bench.answer()).isEqualTo(Verdict.COMPLETE);
        assertThat(bench.event()).isPositive();
        assertThat(bench.event()).isPositive();
    }
}
