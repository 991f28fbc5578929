package io.llmgateway.converters;

import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.GEMINI;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.Refusal;
import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.OutBuffer;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A stream that has begun holds nothing of its request, and what a conversion takes is counted and given back. */
class LettingGoTest {
    private static final int BIG = 2 * 1024 * 1024;

    /** Counts; refuses beyond a limit. */
    private static final class Counting implements MemoryMeter {
        private final long limit;
        private long held;
        private long peak;

        Counting(long limit) {
            this.limit = limit;
        }

        @Override
        public void charge(long bytes) {
            assertThat(bytes).isPositive();
            if (held + bytes > limit) {
                throw new GatewayException(new Refusal.Overloaded("no memory", Duration.ofSeconds(1)));
            }
            held += bytes;
            peak = Math.max(peak, held);
        }

        @Override
        public void release(long bytes) {
            assertThat(bytes).isNotNegative();
            held -= bytes;
            assertThat(held).isNotNegative();
        }
    }

    record Way(Protocol client, Protocol upstream, boolean counting) {}

    static List<Way> ways() {
        List<Way> all = new ArrayList<>();
        for (Protocol client : new Protocol[] {OPENAI, ANTHROPIC}) {
            for (Protocol upstream : new Protocol[] {OPENAI, ANTHROPIC, GEMINI}) {
                all.add(new Way(client, upstream, false));
            }
        }
        all.add(new Way(ANTHROPIC, GEMINI, true));
        return all;
    }

    private static byte[] request(boolean stream) {
        return ("{\"model\":\"m\",\"max_tokens\":9,\"stream\":" + stream
                        + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + "x".repeat(BIG) + "\"}]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void translationAfterTheRequestWasSent_holdsNeitherBodyNorWhatWasMadeOfIt(Way way) {
        Counting meter = new Counting(Long.MAX_VALUE);
        Converting converting = Converting.between(way.client(), way.upstream()).meter(meter);
        byte[] body = request(!way.counting());
        Translation translation = (way.counting() ? converting.counting() : converting).begin(body);
        WeakReference<byte[]> client = new WeakReference<>(body);
        WeakReference<byte[]> sent =
                new WeakReference<>(translation.body().getLast().bytes());
        body = null;
        Object answer = way.counting() ? translation.answer() : translation.stream();

        translation.release();
        translation.release();

        assertThat(isCollected(client)).isTrue();
        assertThat(isCollected(sent)).isTrue();
        assertThat(meter.held).isZero();
        assertThatThrownBy(translation::body).isInstanceOf(IllegalStateException.class);
        assertThat(answer).as("still held").isNotNull();
        assertThat(translation.warnings()).as("still held").isEmpty();
    }

    private static boolean isCollected(WeakReference<byte[]> reference) {
        for (int i = 0; i < 50 && reference.get() != null; i++) {
            System.gc();
        }
        return reference.get() == null;
    }

    @ParameterizedTest
    @MethodSource("ways")
    void conversion_isChargedAtLeastForWhatItWrites_andGivesTheTreeBack(Way way) {
        if (way.client() == way.upstream()) {
            return;
        }
        Counting meter = new Counting(Long.MAX_VALUE);
        Converting converting = Converting.between(way.client(), way.upstream()).meter(meter);
        Translation translation = (way.counting() ? converting.counting() : converting).begin(request(false));

        assertThat(meter.peak).isGreaterThan(2L * BIG);
        assertThat(meter.held).isBetween((long) BIG, 3L * BIG);
        translation.end();
        assertThat(meter.held).isZero();
    }

    @Test
    void treeOfManySmallObjects_isChargedForWhatItTakes() {
        Counting meter = new Counting(Long.MAX_VALUE);
        String parts = "{\"a\":0},".repeat(100_000) + "{}";
        String body =
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"unknown\":[" + parts + "]}";
        Converting.between(OPENAI, GEMINI).meter(meter).begin(body).end();

        assertThat(meter.peak).isGreaterThan(15L * body.length());
        assertThat(meter.held).isZero();
    }

    @Test
    void requestThatGetsNoMemory_isRefused_andHoldsNothing() {
        for (long limit : new long[] {1_000, BIG, 2L * BIG}) {
            Counting meter = new Counting(limit);
            assertThatThrownBy(() ->
                            Converting.between(OPENAI, GEMINI).meter(meter).begin(request(false)))
                    .isInstanceOf(GatewayException.class);
            assertThat(meter.held).isZero();
        }
    }

    @Test
    void wholeAnswer_isChargedAsItArrives_andGivenBackAtItsEnd() {
        for (Protocol client : new Protocol[] {OPENAI, ANTHROPIC}) {
            Counting meter = new Counting(Long.MAX_VALUE);
            AnswerTranslator answer = Converting.between(client, GEMINI)
                    .meter(meter)
                    .begin("{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")
                    .answer();
            byte[] bytes = ("{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"" + "y".repeat(BIG)
                            + "\"}]},\"finishReason\":\"STOP\"}]}")
                    .getBytes(StandardCharsets.UTF_8);
            OutBuffer out = new OutBuffer(64);
            answer.translate(bytes, 0, bytes.length, out);
            assertThat(meter.held).isGreaterThanOrEqualTo(BIG);

            assertThat(answer.finish(out)).isEqualTo(AnswerTranslator.Verdict.COMPLETE);
            assertThat(meter.held).isZero();
            assertThat(meter.peak).isGreaterThan(2L * BIG);
        }
    }

    @Test
    void answerToACount_thatIsLargerThanANumber_isMalformed() {
        AnswerTranslator answer = Converting.between(ANTHROPIC, GEMINI)
                .counting()
                .begin("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")
                .answer();
        byte[] bytes = new byte[8 * 1024];
        OutBuffer out = new OutBuffer(64);
        for (int i = 0; i < 1_000; i++) {
            answer.translate(bytes, 0, bytes.length, out);
        }

        assertThat(answer.finish(out)).isEqualTo(AnswerTranslator.Verdict.MALFORMED);
        assertThat(answer.errorBody()).isEmpty();
    }
}
