package io.llmgateway.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work and memory of one request have an end. */
class BoundedWorkTest {
    private static final int BIG = 1024 * 1024;

    /** Counts what is held. */
    private static final class Counting implements MemoryMeter {
        private long held;

        @Override
        public void charge(long bytes) {
            held += bytes;
        }

        @Override
        public void release(long bytes) {
            held -= bytes;
        }
    }

    private static GatewayError error(Runnable work) {
        try {
            work.run();
        } catch (GatewayException e) {
            return e.error();
        }
        throw new AssertionError("nothing was refused");
    }

    private static void workFor(WorkBudget budget, long steps) {
        for (long i = 0; i < steps; i++) {
            budget.step(1);
        }
    }

    @Test
    void moreStepsThanAllowed_areTheCallersFault() {
        GatewayError error = error(() -> workFor(new WorkBudget(10_000, () -> 0, Long.MAX_VALUE, () -> false), 20_000));

        assertThat(error).isInstanceOf(CallerFault.class);
        assertThat(error.message()).contains("more than 10000 elements");
    }

    @Test
    void deadlineThatPasses_endsTheWork() {
        AtomicLong now = new AtomicLong(5);
        WorkBudget budget = new WorkBudget(Long.MAX_VALUE, now::get, 100, () -> false);
        workFor(budget, 10_000);
        now.set(100);

        GatewayError error = error(() -> workFor(budget, 2_000));
        assertThat(error.kind()).isEqualTo(ErrorKind.TIMEOUT_TOTAL);
        assertThat(error(() -> workFor(budget.forAnswer(), 2_000)).kind()).isEqualTo(ErrorKind.TIMEOUT_TOTAL);
    }

    @Test
    void clientThatIsGone_endsTheWork() {
        AtomicBoolean gone = new AtomicBoolean();
        WorkBudget budget = new WorkBudget(Long.MAX_VALUE, () -> 0, Long.MAX_VALUE, gone::get);
        workFor(budget, 10_000);
        gone.set(true);

        assertThat(error(() -> workFor(budget, 2_000)).kind()).isEqualTo(ErrorKind.CLIENT_GONE);
    }

    @Test
    void largeDocument_isReadAndWrittenWithChecksInBetween() throws IOException {
        byte[] json = ("[\"" + "x".repeat(8 * BIG) + "\"]").getBytes(StandardCharsets.US_ASCII);
        WorkBudget budget = WorkBudget.withoutDeadline();
        JsonNode tree = JsonTrees.read(json, 0, json.length, MemoryMeter.NONE, budget);
        long read = budget.checks();
        OutBuffer out = new OutBuffer(64);
        new JsonOut(out, budget).tree(tree);

        assertThat(read).isGreaterThan(20);
        assertThat(budget.checks() - read).isGreaterThan(20);
        assertThat(out.toByteArray()).isEqualTo(json);
    }

    @Test
    void textOfManyPieces_isWrittenAsInOne() {
        for (String text : new String[] {"é𝄞\"", "x", "\u0001", "\ud834", "世"}) {
            for (int shift = 0; shift < 3; shift++) {
                String whole = "y".repeat(shift) + text.repeat(70_000);
                OutBuffer out = new OutBuffer(64);
                new JsonOut(out, WorkBudget.withoutDeadline()).string(whole);
                String written = new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
                // half of a character alone is none
                String expected = text.equals("\ud834") ? whole.replace('\ud834', '\ufffd') : whole;
                assertThat(parsed(written)).isEqualTo(expected);
            }
        }
    }

    private static String parsed(String json) {
        try {
            return JsonTrees.read(json).textValue();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "[1,", "[1]]", "[1] 2", "{\"a\":1,\"a\":2}", "nul", "1e99999999999", "1e-99999999999"})
    void largeDocument_isRefusedAsASmallOne(String json) {
        byte[] small = json.getBytes(StandardCharsets.UTF_8);
        byte[] large = (" ".repeat(100_000) + json).getBytes(StandardCharsets.UTF_8);
        assertThat(outcome(large)).isEqualTo(outcome(small));
    }

    private static String outcome(byte[] json) {
        try {
            return JsonTrees.read(json, 0, json.length, MemoryMeter.NONE, WorkBudget.withoutDeadline())
                    .getNodeType()
                    .name();
        } catch (IOException e) {
            return "refused";
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e1000", "-1e-1000", "0.5", "12345678901234567890", "1E+3", "0e0"})
    void numbersWithinTheBounds_areKept(String number) throws IOException {
        assertThat(JsonTrees.read("[" + number + "]").path(0).isNumber()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1e100000000", "1e2147483647", "-1e-2147483648", "1e99999999999", "1e-99999999999", "1e3000"})
    void numbersBeyondTheBounds_areRefused(String number) {
        assertThatThrownBy(() -> JsonTrees.read("[" + number + "]")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> JsonTrees.read("{\"a\":" + number + "}")).isInstanceOf(IOException.class);
    }

    @Test
    void bufferThatGrows_isCharged_andGivesBackWhatItLetsGo() {
        Counting meter = new Counting();
        OutBuffer out = new OutBuffer(64, meter);
        out.write(new byte[64 * 1024]);
        assertThat(meter.held).isZero();
        out.write(new byte[BIG]);
        assertThat(meter.held).isEqualTo(out.array().length);
        out.clear();
        assertThat(meter.held).isZero();
        assertThat(out.array().length).isLessThanOrEqualTo(64 * 1024);
        out.write(new byte[BIG]).free();
        assertThat(meter.held).isZero();
        out.write('x');
        assertThat(out.length()).isEqualTo(1);
    }

    @Test
    void bufferThatGetsNoMemory_keepsWhatItHas() {
        OutBuffer out = new OutBuffer(64, new MemoryMeter() {
            @Override
            public void charge(long bytes) {
                throw new GatewayException(new CallerFault.ClientGone());
            }

            @Override
            public void release(long bytes) {
                throw new AssertionError("nothing was charged");
            }
        });
        out.write(new byte[100]);
        assertThatThrownBy(() -> out.write(new byte[BIG])).isInstanceOf(GatewayException.class);
        assertThat(out.length()).isEqualTo(100);
        out.free();
    }

    private static byte[] event(int bytes, boolean manyLines) {
        String line = manyLines ? "data: " + "x".repeat(bytes / 2) + "\n" : "";
        return (line + "data: " + "x".repeat(bytes / 2) + "\n\n").getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readerAfterALargeEvent_isSmallAgain(boolean manyLines) throws SseReader.EventTooLargeException {
        Counting meter = new Counting();
        SseReader reader = new SseReader(16 * BIG, meter);
        byte[] large = event(8 * BIG, manyLines);
        for (int round = 0; round < 3; round++) {
            reader.feed(large, 0, large.length);
            assertThat(meter.held).isGreaterThan(4 * BIG);
            assertThat(reader.next()).isTrue();
            assertThat(reader.dataEnd() - reader.dataStart()).isGreaterThanOrEqualTo(4 * BIG);
            assertThat(reader.next()).isFalse();
            assertThat(reader.space().length).isLessThanOrEqualTo(8 * 1024);
            assertThat(meter.held).isZero();
        }
    }

    @Test
    void readerWithThePartOfAnEventBehindALargeOne_keepsThatPart() throws SseReader.EventTooLargeException {
        Counting meter = new Counting();
        SseReader reader = new SseReader(16 * BIG, meter);
        byte[] large = event(8 * BIG, false);
        byte[] next = event(200_000, false);
        byte[] both = Arrays.copyOf(large, large.length + next.length);
        System.arraycopy(next, 0, both, large.length, next.length);
        reader.feed(both, 0, both.length - 1);
        assertThat(reader.next()).isTrue();
        assertThat(reader.next()).isFalse();
        reader.feed(both, both.length - 1, 1);
        assertThat(reader.next()).isTrue();
        assertThat(reader.dataEnd() - reader.dataStart()).isEqualTo(100_000);
        assertThat(meter.held).isLessThan(5L * BIG);
        reader.free();
        assertThat(meter.held).isZero();
    }

    @Test
    void readerThatIsFreed_givesEverythingBack() throws SseReader.EventTooLargeException {
        Counting meter = new Counting();
        SseReader reader = new SseReader(16 * BIG, meter);
        byte[] large = event(8 * BIG, true);
        reader.feed(large, 0, large.length - 1);
        assertThat(reader.next()).isFalse();
        assertThat(meter.held).isGreaterThan(4 * BIG);
        reader.free();
        assertThat(meter.held).isZero();
        assertThat(reader.pending()).isZero();
    }
}
