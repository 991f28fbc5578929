package io.llmgateway.pipeline;

import io.llmgateway.converters.AnswerTranslator;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.wire.OutBuffer;

/**
 * Carries one whole answer to the client. Small answers leave in one write once their end was seen; what is larger than
 * the hold-back goes through in pieces, so that memory does not grow with the answer. Confined to one attempt.
 */
final class WholeRelay {
    private static final int PIECE = 16 * 1024;
    private static final int BYTES_PER_TOKEN = 4;

    private final Answering answering;
    private final int pieceBytes;
    private final OutBuffer pending;

    WholeRelay(Answering answering) {
        this.answering = answering;
        long declared = answering.exchange().declaredLength();
        this.pieceBytes = declared < 0 ? PIECE : Math.clamp(declared, 512, PIECE);
        this.pending = new OutBuffer(pieceBytes);
    }

    void run(AnswerTranslator translator) {
        boolean complete = false;
        try {
            relay(translator);
            complete = true;
        } finally {
            // a complete answer has told its usage before it was sent
            if (!complete) {
                answering.used(translator.usage(), translator.usageComplete());
            }
        }
    }

    private void relay(AnswerTranslator translator) {
        Exchange exchange = answering.exchange();
        byte[] piece = new byte[pieceBytes];
        int count = exchange.read(piece, 0, piece.length);
        long bytes = 0;
        while (count >= 0) {
            bytes += count;
            translator.translate(piece, 0, count, pending);
            if (pending.length() > answering.limits().holdBackBytes()) {
                sendPart();
            }
            count = exchange.read(piece, 0, piece.length);
        }
        check(translator);
        if (!translator.usageComplete()) {
            // as for requests: a token for four bytes
            answering.content((int) Math.min(Integer.MAX_VALUE, bytes / BYTES_PER_TOKEN));
        }
        answering.complete(translator.usage(), translator.usageComplete());
        if (answering.committed()) {
            sendPart();
            answering.answer().end();
        } else {
            answering.commit();
            answering.answer().whole(200, pending.array(), pending.length());
        }
    }

    private void check(AnswerTranslator translator) {
        switch (translator.finish(pending)) {
            case COMPLETE -> {
                // the answer is what it should be
            }
            case EMPTY -> throw answering.failed(ErrorKind.UPSTREAM_EMPTY, "the answer has no body");
            case ERROR -> throw new GatewayException(answering.classify(200, translator.errorBody()));
            case MALFORMED ->
                throw answering.failed(ErrorKind.UPSTREAM_MALFORMED, "the answer is not a JSON object of its protocol");
        }
    }

    private void sendPart() {
        if (pending.length() == 0) {
            return;
        }
        if (!answering.committed()) {
            answering.commit();
            answering.answer().begin(200, "application/json");
        }
        answering.answer().write(pending.array(), pending.length());
        pending.clear();
    }
}
