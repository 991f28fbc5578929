package io.llmgateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.common.buffers.BufferData;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentHeaderTest {
    private static SentHeader header(String value) {
        return new SentHeader(KnownNames.of("x-test"), value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb: c", "a\nb", "a\rb", "\u0000", "caf\u00e9", " leading", "\u007f", "\u2028"})
    void valueThatCouldBreakTheHead_isRefused(String value) {
        assertThatThrownBy(() -> header(value).validate()).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a b\tc", "~!\"#"})
    void printableValue_isTaken(String value) {
        assertThatCode(() -> header(value).validate()).doesNotThrowAnyException();
    }

    @Test
    void field_isWrittenInOneLine() {
        BufferData out = BufferData.growing(64);

        header("a b").writeHttp1Header(out);

        assertThat(out.readString(out.available(), StandardCharsets.US_ASCII).toLowerCase(java.util.Locale.ROOT))
                .isEqualTo("x-test: a b\r\n");
        assertThat(header("a b").get()).isEqualTo("a b");
    }
}
