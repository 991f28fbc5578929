package io.llmgateway.pipeline;

import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.converters.StreamTranslator.Step;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Usage;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.SseReader;
import io.llmgateway.wire.TopLevelCapture;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Server-sent events, one after the other. Confined to one stream. */
final class StreamCodec implements AnswerCodec {
    private static final byte[] END_OF_EVENT = {'\n', '\n'};
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    private final StreamTranslator translator;
    private final SseReader reader;
    private final AnswerFaults faults;
    private boolean content;
    private boolean anything;

    StreamCodec(StreamTranslator translator, SseReader reader, AnswerFaults faults) {
        this.translator = translator;
        this.reader = reader;
        this.faults = faults;
    }

    @Override
    public AnswerHead.Body body() {
        return AnswerHead.Body.EVENT_STREAM;
    }

    @Override
    public int read(Exchange exchange, OutBuffer out) {
        try {
            byte[] space = reader.space();
            int count = exchange.read(space, reader.writeIndex(), space.length - reader.writeIndex());
            if (count < 0) {
                return -1;
            }
            reader.wrote(count);
            anything = true;
            int pieces = 0;
            while (!translator.ended() && reader.next()) {
                pieces += take(out);
            }
            return pieces;
        } catch (GatewayException e) {
            throw faults.inAnswer(e);
        } catch (SseReader.EventTooLargeException e) {
            throw faults.failed(ErrorKind.UPSTREAM_MALFORMED, String.valueOf(e.getMessage()));
        }
    }

    private int take(OutBuffer out) {
        Step step = translator.translate(reader, out);
        if (step == Step.ERROR) {
            throw new GatewayException(faults.classify(AnswerFaults.OK, translator.errorBody()));
        }
        if (step == Step.GAVE_UP) {
            throw faults.model(translator.problem());
        }
        if (step == Step.MALFORMED) {
            throw faults.failed(ErrorKind.UPSTREAM_MALFORMED, translator.problem());
        }
        if (reader.bare()) {
            throw faults.failed(ErrorKind.UPSTREAM_MALFORMED, "a JSON document came instead of a stream of events");
        }
        content |= step == Step.CONTENT;
        return step == Step.CONTENT ? 1 : 0;
    }

    @Override
    public boolean ended() {
        return translator.ended();
    }

    @Override
    public void finish(OutBuffer out) {
        if (!translator.ended() && reader.finish() && whole()) {
            take(out);
            out.write(END_OF_EVENT);
        }
        // an answer that ended properly without content is an answer: a blocked prompt, thinking that took all tokens
        if (!translator.finish(out)) {
            throw cut();
        }
    }

    /** True when the last event lacks nothing but the blank line behind it; one that was cut is nobody's. */
    private boolean whole() {
        byte[] data = reader.dataBytes();
        int start = reader.dataStart();
        int end = reader.dataEnd();
        if (reader.bare() || Arrays.equals(data, start, end, DONE, 0, DONE.length)) {
            return true;
        }
        TopLevelCapture json = new TopLevelCapture(0);
        json.feed(data, start, end - start);
        return json.complete();
    }

    private GatewayException cut() {
        if (!anything) {
            return faults.failed(ErrorKind.UPSTREAM_EMPTY, "the stream ended without an event");
        }
        ErrorKind kind = content ? ErrorKind.UPSTREAM_INTERRUPTED : ErrorKind.UPSTREAM_EMPTY;
        return faults.failed(kind, "the stream ended without its closing signal");
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
        reader.free();
    }
}
