package io.llmgateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a parser holds while it builds a large text is charged before it does. */
class TextRoomTest {
    private static final int MIB = 1024 * 1024;

    /** Knows what is held, and what it was told first. */
    private static final class Meter implements MemoryMeter {
        private final List<Long> charged = new ArrayList<>();
        private long held;

        @Override
        public void charge(long bytes) {
            charged.add(bytes);
            held += bytes;
        }

        @Override
        public void release(long bytes) {
            held -= bytes;
        }
    }

    private static byte[] document(String text) {
        return ("{\"small\":\"x\",\"text\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({"y,1,3", "é,1,3", "\\n,2,3", "€,3,5", "😀,4,5", "\\u20ac,6,5"})
    void largeText_isChargedBeforeItIsBuilt_andOnlyTheTreeIsHeldAfterwards(String one, int bytes, int times)
            throws IOException {
        byte[] json = document(one.repeat(MIB / bytes));
        Meter meter = new Meter();

        JsonTrees.read(json, 0, json.length, meter, WorkBudget.withoutDeadline());

        assertThat(meter.charged.getFirst()).isBetween((times - 1L) * MIB, times * 2L * MIB);
        assertThat(meter.held).isBetween(MIB / 8L, 2L * MIB + 10_000);
    }

    @Test
    void brokenDocument_givesTheRoomBack() {
        byte[] json = document("y".repeat(MIB));
        Meter meter = new Meter();

        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> JsonTrees.read(json, 0, json.length - 2, meter, WorkBudget.withoutDeadline()))
                .isInstanceOf(IOException.class);

        assertThat(meter.charged.getFirst()).isGreaterThan(2L * MIB);
        assertThat(meter.held).isLessThan(10_000);
    }

    @Test
    void manySmallTexts_needNoRoom() {
        byte[] json = ("[" + "\"some text\",".repeat(100_000) + "1]").getBytes(StandardCharsets.UTF_8);

        assertThat(TextRoom.needed(json, 0, json.length)).isZero();
        assertThat(TextRoom.needed(new byte[] {'"', '\\'}, 0, 2)).isZero();
    }
}
