package io.llmgateway.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.wire.RequestFacts.Range;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpliceTest {
    private static String text(List<Slice> slices) {
        StringBuilder all = new StringBuilder();
        slices.forEach(s -> all.append(new String(s.bytes(), s.offset(), s.length(), StandardCharsets.UTF_8)));
        return all.toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void slices_noEdit_areTheBodyItself() {
        byte[] body = bytes("abc");

        List<Slice> slices = new Splice(body, 3).slices();

        assertThat(slices).hasSize(1);
        assertThat(slices.getFirst().bytes()).isSameAs(body);
    }

    @Test
    void replace_severalRanges_keepsEveryOtherByte() {
        byte[] body = bytes("0123456789");

        var splice = new Splice(body, 10)
                .replace(new Range(0, 1), bytes("A"))
                .replace(new Range(4, 4), bytes("B"))
                .replace(new Range(8, 10), bytes(""));

        assertThat(text(splice.slices())).isEqualTo("A123B4567");
    }

    @Test
    void replace_descendingRange_isRefused() {
        var splice = new Splice(bytes("0123"), 4).replace(new Range(2, 3), bytes("x"));

        assertThatThrownBy(() -> splice.replace(new Range(1, 2), bytes("y")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
