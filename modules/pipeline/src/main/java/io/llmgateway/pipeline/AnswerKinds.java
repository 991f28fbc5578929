package io.llmgateway.pipeline;

import io.llmgateway.converters.AnswerTranslator;
import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.converters.Translation;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.SseReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Reads an answer as what it is, whatever was asked for: many servers and proxies answer a request for a stream with
 * one document, others stream always. The first bytes tell, since content types lie. Confined to one attempt.
 */
final class AnswerKinds {
    private static final byte[][] FIELDS = {ascii("data:"), ascii("event:"), ascii("id:"), ascii("retry:"), ascii(":")};

    private final Services services;
    private final Translation translation;
    private final MemoryBudget.Share memory;
    private final AnswerFaults faults;
    private final Exchange exchange;
    private final long totalDeadline;

    /**
     * The answer to one attempt.
     *
     * @param memory what converting is charged to
     * @param totalDeadline when the request's time is over
     */
    AnswerKinds(
            Services services,
            Translation translation,
            MemoryBudget.Share memory,
            AnswerFaults faults,
            Exchange exchange,
            long totalDeadline) {
        this.services = services;
        this.translation = translation;
        this.memory = memory;
        this.faults = faults;
        this.exchange = exchange;
        this.totalDeadline = totalDeadline;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    AnswerFaults faults() {
        return faults;
    }

    /**
     * What was asked for.
     *
     * @param relayed true when both sides speak the same protocol
     */
    AnswerCodec asked(boolean relayed) {
        return translation.streamed()
                ? new StreamCodec(translation.stream(), reader(), this, AnswerHead.Body.EVENT_STREAM)
                : new WholeCodec(translation.answer(), exchange.declaredLength(), this, !relayed);
    }

    private SseReader reader() {
        return new SseReader(services.limits().maxEventBytes(), memory);
    }

    /** Goes on with a document where a stream was asked for; it is no first token that is waited for any more. */
    AnswerCodec wholeInstead(byte[] bytes, int offset, int count, OutBuffer out) {
        AnswerTranslator translator = translation.unfolded();
        if (translator == null) {
            throw faults.failed(ErrorKind.UPSTREAM_MALFORMED, "a JSON document came instead of a stream of events");
        }
        exchange.disarm();
        WholeCodec codec = new WholeCodec(translator, this);
        codec.take(bytes, offset, count, out);
        return codec;
    }

    /** Goes on with a stream where a document was asked for. */
    AnswerCodec streamInstead(byte[] bytes, int count, OutBuffer out) {
        StreamTranslator translator = translation.joined();
        if (translator == null) {
            throw faults.failed(ErrorKind.UPSTREAM_MALFORMED, "a stream of events came instead of a number");
        }
        StreamCodec codec = new StreamCodec(translator, reader(), this, AnswerHead.Body.JSON);
        codec.take(bytes, count, out);
        return codec;
    }

    /** Does work that may be much where such work is bounded. */
    <T> T heavily(long bytes, Supplier<T> work) {
        return services.heavyWork().run(bytes, totalDeadline, memory, work);
    }

    /** Where the first byte is that is no space; -1 when all are. */
    static int first(byte[] bytes, int from, int end) {
        for (int i = from; i < end; i++) {
            if (bytes[i] > ' ' || bytes[i] < 0) {
                return i;
            }
        }
        return -1;
    }

    /** True when these bytes can be the beginning of a stream of events. */
    static boolean beginsLikeEvents(byte[] bytes, int first, int end) {
        for (byte[] field : FIELDS) {
            int known = Math.min(field.length, end - first);
            if (Arrays.equals(bytes, first, first + known, field, 0, known)) {
                return true;
            }
        }
        return false;
    }
}
