package io.llmgateway.logs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What of a request waits in memory until it is written. */
class LineTest {
    @Test
    void hugeNames_areShortenedWhereTheLineIsMade() {
        Line.Request line = Line.Request.of(Events.served("m".repeat(1_000_000), "s".repeat(16_000)));

        assertThat(line.event().asked().model()).hasSizeLessThan(300).startsWith("mmm");
        assertThat(line.event().caller().session()).hasSizeLessThan(300).startsWith("sss");
        assertThat(line.weight()).isLessThan(1_000);
    }

    @Test
    void usualNames_areKept() {
        Line.Request line = Line.Request.of(Events.served("gpt-5", "chat-7"));

        assertThat(line.event().asked().model()).isEqualTo("gpt-5");
        assertThat(line.event().caller().session()).isEqualTo("chat-7");
        assertThat(line.weight()).isPositive();
    }
}
