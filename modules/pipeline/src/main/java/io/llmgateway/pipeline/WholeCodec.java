package io.llmgateway.pipeline;

import io.llmgateway.converters.AnswerTranslator;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Usage;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.wire.OutBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One JSON document. It has content when it is complete; a large one that is relayed byte for byte is begun earlier,
 * when it does not fit into what is held back. Confined to one answer.
 */
final class WholeCodec implements AnswerCodec {
    private static final int PIECE = 16 * 1024;
    private static final int SMALLEST_PIECE = 512;

    private final AnswerTranslator translator;
    private final AnswerFaults faults;
    private final @Nullable HeavyWork heavy;
    private final long totalDeadline;
    private final MemoryBudget.Share memory;
    private final byte[] piece;
    private long bytes;

    /**
     * An answer that is read whole.
     *
     * @param heavy where a large one is converted; null for one that is relayed
     * @param memory what converting is charged to
     * @param totalDeadline when the request's time is over
     */
    WholeCodec(
            AnswerTranslator translator,
            long declaredLength,
            AnswerFaults faults,
            @Nullable HeavyWork heavy,
            MemoryBudget.Share memory,
            long totalDeadline) {
        this.translator = translator;
        this.faults = faults;
        this.heavy = heavy;
        this.totalDeadline = totalDeadline;
        this.memory = memory;
        this.piece = new byte[pieceBytes(declaredLength)];
    }

    /** How much is read at a time of an answer of this length; -1 when it is not known. */
    static int pieceBytes(long declaredLength) {
        return declaredLength < 0 ? PIECE : Math.clamp(declaredLength, SMALLEST_PIECE, PIECE);
    }

    @Override
    public AnswerHead.Body body() {
        return AnswerHead.Body.JSON;
    }

    @Override
    public int read(Exchange exchange, OutBuffer out) {
        int count = exchange.read(piece, 0, piece.length);
        if (count < 0) {
            return -1;
        }
        if (bytes == 0) {
            beginsLikeJson(count);
        }
        bytes += count;
        try {
            translator.translate(piece, 0, count, out);
        } catch (GatewayException e) {
            throw faults.inAnswer(e);
        }
        return 0;
    }

    @Override
    public boolean ended() {
        return false;
    }

    @Override
    public void finish(OutBuffer out) {
        switch (verdict(out)) {
            case COMPLETE -> {
                // the answer is what it should be
            }
            case TOO_LARGE -> throw faults.tooLarge("is larger than the gateway converts at once");
            case EMPTY -> throw faults.failed(ErrorKind.UPSTREAM_EMPTY, "the answer has no body");
            case ERROR -> throw new GatewayException(faults.classify(AnswerFaults.OK, translator.errorBody()));
            case GAVE_UP -> throw faults.model(translator.problem());
            case MALFORMED -> throw malformed();
        }
    }

    /** What is no JSON is told before it is begun to be sent: an event stream, a page of HTML. */
    private void beginsLikeJson(int count) {
        for (int i = 0; i < count; i++) {
            byte first = piece[i];
            if (first == '{' || first == (byte) 0xef) {
                return;
            }
            if (first > ' ' || first < 0) {
                throw malformed();
            }
        }
    }

    private GatewayException malformed() {
        return faults.failed(ErrorKind.UPSTREAM_MALFORMED, "the answer is not a JSON object of its protocol");
    }

    private AnswerTranslator.Verdict verdict(OutBuffer out) {
        try {
            return heavy == null
                    ? translator.finish(out)
                    : heavy.run(bytes, totalDeadline, memory, () -> translator.finish(out));
        } catch (GatewayException e) {
            throw faults.inAnswer(e);
        }
    }

    @Override
    public @Nullable Usage usage() {
        return translator.usage();
    }

    @Override
    public boolean usageComplete() {
        return translator.usageComplete();
    }

    @Override
    public List<String> warnings() {
        return translator.warnings();
    }

    @Override
    public void free() {
        // what the translator has gathered ends with its translation
    }
}
