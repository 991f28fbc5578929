package io.llmgateway.pipeline;

import io.llmgateway.converters.AnswerTranslator;
import io.llmgateway.converters.TranslatedAnswer;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.TopLevelCapture;
import org.jspecify.annotations.Nullable;

/**
 * One JSON document. It has content when it is complete; a large one that is relayed byte for byte is begun earlier,
 * when it does not fit into what is held back. Confined to one answer.
 */
final class WholeCodec implements AnswerCodec {
    private static final int PIECE = 16 * 1024;
    private static final int SMALLEST_PIECE = 512;

    private final AnswerTranslator translator;
    private final AnswerKinds kinds;
    private final boolean heavy;
    private final @Nullable TopLevelCapture ending;
    private final byte[] piece;
    private @Nullable AnswerCodec instead;
    private boolean begun;
    private long bytes;

    /**
     * An answer that is read whole.
     *
     * @param heavy true for one that is converted, which may take long
     */
    WholeCodec(AnswerTranslator translator, long declaredLength, AnswerKinds kinds, boolean heavy) {
        this.translator = translator;
        this.kinds = kinds;
        this.heavy = heavy;
        this.ending = null;
        this.piece = new byte[pieceBytes(declaredLength)];
    }

    /** A document that came instead of a stream: its end is its last brace, since connections of streams stay open. */
    WholeCodec(AnswerTranslator translator, AnswerKinds kinds) {
        this.translator = translator;
        this.kinds = kinds;
        this.heavy = true;
        this.ending = new TopLevelCapture(0);
        this.piece = new byte[PIECE];
    }

    /** How much is read at a time of an answer of this length; -1 when it is not known. */
    static int pieceBytes(long declaredLength) {
        return declaredLength < 0 ? PIECE : Math.clamp(declaredLength, SMALLEST_PIECE, PIECE);
    }

    @Override
    public AnswerHead.Body body() {
        return ending == null ? AnswerHead.Body.JSON : AnswerHead.Body.EVENT_STREAM;
    }

    @Override
    public int read(Exchange exchange, OutBuffer out) {
        int count = exchange.read(piece, 0, piece.length);
        if (count < 0) {
            return -1;
        }
        if (!begun && !beginsWell(count)) {
            instead = kinds.streamInstead(piece, count, out);
            return 0;
        }
        take(piece, 0, count, out);
        return 0;
    }

    /** Takes bytes of the answer. */
    void take(byte[] from, int offset, int count, OutBuffer out) {
        bytes += count;
        if (ending != null) {
            ending.feed(from, offset, count);
        }
        try {
            translator.translate(from, offset, count, out);
        } catch (GatewayException e) {
            throw kinds.faults().inAnswer(e);
        }
    }

    /** False for a stream of events; what is neither is told before it is begun to be sent, such as a page of HTML. */
    private boolean beginsWell(int count) {
        int first = AnswerKinds.first(piece, 0, count);
        if (first < 0 || ending != null) {
            return true;
        }
        begun = true;
        if (piece[first] == '{' || piece[first] == (byte) 0xef) {
            return true;
        }
        if (AnswerKinds.beginsLikeEvents(piece, first, count)) {
            return false;
        }
        throw malformed();
    }

    @Override
    public boolean ended() {
        return ending != null && ending.complete();
    }

    @Override
    public @Nullable AnswerCodec instead() {
        return instead;
    }

    @Override
    public void finish(OutBuffer out) {
        AnswerFaults faults = kinds.faults();
        switch (verdict(out)) {
            case COMPLETE -> {
                // the answer is what it should be
            }
            case TOO_LARGE -> throw faults.tooLarge("is larger than the gateway converts at once");
            case EMPTY -> throw faults.failed(ErrorKind.UPSTREAM_EMPTY, "the response has no body");
            case ERROR -> throw new GatewayException(faults.classify(AnswerFaults.OK, translator.errorBody()));
            case GAVE_UP -> throw faults.model(translator.problem());
            case MALFORMED -> throw malformed();
        }
    }

    private GatewayException malformed() {
        return kinds.faults().failed(ErrorKind.UPSTREAM_MALFORMED, "the response is not a JSON object of its protocol");
    }

    private AnswerTranslator.Verdict verdict(OutBuffer out) {
        try {
            return heavy ? kinds.heavily(bytes, () -> translator.finish(out)) : translator.finish(out);
        } catch (GatewayException e) {
            throw kinds.faults().inAnswer(e);
        }
    }

    @Override
    public TranslatedAnswer answer() {
        return translator;
    }

    @Override
    public long uncountedBytes() {
        return bytes;
    }

    @Override
    public void free() {
        translator.end();
    }
}
