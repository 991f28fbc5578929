package io.llmgateway.pipeline;

import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.converters.StreamTranslator.Step;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.SseReader;

/**
 * Carries one stream to the client. Until the first content everything is held back, so that an instance that fails
 * before it can be replaced by another; from then on every readable batch leaves in one write. Confined to one attempt.
 */
final class StreamRelay {
    private static final String EVENT_STREAM = "text/event-stream; charset=utf-8";

    private final Answering answering;
    private final OutBuffer pending = new OutBuffer(1024);
    private final SseReader reader;
    private boolean content;
    private boolean anything;

    StreamRelay(Answering answering) {
        this.answering = answering;
        this.reader = new SseReader(answering.limits().maxEventBytes());
    }

    void run(StreamTranslator translator) {
        try {
            relay(translator);
        } catch (SseReader.EventTooLargeException e) {
            throw answering.failed(ErrorKind.UPSTREAM_MALFORMED, String.valueOf(e.getMessage()));
        } finally {
            answering.used(translator.usage(), translator.usageComplete());
        }
    }

    private void relay(StreamTranslator translator) throws SseReader.EventTooLargeException {
        while (read() >= 0) {
            int more = 0;
            while (reader.next()) {
                more += take(translator) == Step.CONTENT ? 1 : 0;
            }
            if (more > 0) {
                content = true;
                answering.content(more);
                answering.contentCame();
            }
            sendPending();
        }
        if (reader.finish() && take(translator) == Step.CONTENT) {
            content = true;
        }
        if (!translator.finish(pending) || !content) {
            throw ended();
        }
        answering.complete(translator.usage(), translator.usageComplete());
        sendPending();
        answering.answer().end();
    }

    private int read() throws SseReader.EventTooLargeException {
        byte[] space = reader.space();
        int count = answering.exchange().read(space, reader.writeIndex(), space.length - reader.writeIndex());
        if (count > 0) {
            reader.wrote(count);
            anything = true;
        }
        return count;
    }

    private Step take(StreamTranslator translator) {
        Step step = translator.translate(reader, pending);
        if (step == Step.ERROR) {
            sendPending();
            throw new GatewayException(answering.classify(200, translator.errorBody()));
        }
        return step;
    }

    /** Sends what is pending, once there is content or too much to hold back. */
    private void sendPending() {
        boolean mayLeave = content
                || answering.committed()
                || pending.length() > answering.limits().holdBackBytes();
        if (!mayLeave || pending.length() == 0) {
            return;
        }
        if (!answering.committed()) {
            answering.commit();
            answering.answer().begin(200, EVENT_STREAM);
        }
        answering.answer().write(pending.array(), pending.length());
        pending.clear();
    }

    private GatewayException ended() {
        if (!anything) {
            return answering.failed(ErrorKind.UPSTREAM_EMPTY, "the stream ended without an event");
        }
        ErrorKind kind = content ? ErrorKind.UPSTREAM_INTERRUPTED : ErrorKind.UPSTREAM_EMPTY;
        return answering.failed(kind, "the stream ended without its closing signal");
    }
}
