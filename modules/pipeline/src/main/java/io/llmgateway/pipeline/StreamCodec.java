package io.llmgateway.pipeline;

import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.converters.StreamTranslator.Step;
import io.llmgateway.converters.TranslatedAnswer;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.SseReader;
import io.llmgateway.wire.TopLevelCapture;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Server-sent events, one after the other. Confined to one stream. */
final class StreamCodec implements AnswerCodec {
    private static final byte[] END_OF_EVENT = {'\n', '\n'};
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    private final StreamTranslator translator;
    private final SseReader reader;
    private final AnswerKinds kinds;
    private final AnswerFaults faults;
    private final AnswerHead.Body body;
    private @Nullable AnswerCodec instead;
    private boolean begun;
    private boolean content;
    private boolean anything;
    private long joined;

    /**
     * A stream to read.
     *
     * @param body what the client gets: the stream, or one document that is made of it
     */
    StreamCodec(StreamTranslator translator, SseReader reader, AnswerKinds kinds, AnswerHead.Body body) {
        this.translator = translator;
        this.reader = reader;
        this.kinds = kinds;
        this.faults = kinds.faults();
        this.body = body;
    }

    @Override
    public AnswerHead.Body body() {
        return body;
    }

    @Override
    public int read(Exchange exchange, OutBuffer out) {
        try {
            byte[] space = reader.space();
            int at = reader.writeIndex();
            int count = exchange.read(space, at, space.length - at);
            if (count < 0) {
                return -1;
            }
            if (!begun && isDocument(space, at, at + count)) {
                instead = kinds.wholeInstead(space, at, count, out);
                return 0;
            }
            if (!begun) {
                // proxies send spaces while they wait for an answer; before its beginning they mean nothing
                return 0;
            }
            reader.wrote(count);
            return events(out);
        } catch (GatewayException e) {
            throw faults.inAnswer(e);
        } catch (SseReader.EventTooLargeException e) {
            throw faults.failed(ErrorKind.UPSTREAM_MALFORMED, String.valueOf(e.getMessage()));
        }
    }

    /** Takes the first bytes, which were read already. */
    void take(byte[] bytes, int count, OutBuffer out) {
        begun = true;
        try {
            reader.feed(bytes, 0, count);
            events(out);
        } catch (GatewayException e) {
            throw faults.inAnswer(e);
        } catch (SseReader.EventTooLargeException e) {
            throw faults.failed(ErrorKind.UPSTREAM_MALFORMED, String.valueOf(e.getMessage()));
        }
    }

    private int events(OutBuffer out) {
        anything = true;
        int pieces = 0;
        while (!translator.ended() && reader.next()) {
            pieces += take(out);
        }
        // what is put together has no content before its end
        return body == AnswerHead.Body.JSON ? 0 : pieces;
    }

    /** True when the answer begins like one document. */
    private boolean isDocument(byte[] bytes, int from, int end) {
        int first = AnswerKinds.first(bytes, from, end);
        begun = first >= 0;
        return begun && (bytes[first] == '{' || bytes[first] == '[');
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
    public @Nullable AnswerCodec instead() {
        return instead;
    }

    @Override
    public void finish(OutBuffer out) {
        if (!translator.ended() && reader.finish() && whole()) {
            take(out);
            if (body == AnswerHead.Body.EVENT_STREAM) {
                out.write(END_OF_EVENT);
            }
        }
        // an answer that ended properly without content is an answer: a blocked prompt, thinking that took all tokens
        if (!translator.finish(out)) {
            throw cut();
        }
        joined = body == AnswerHead.Body.JSON ? out.length() : 0;
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
    public TranslatedAnswer answer() {
        return translator;
    }

    @Override
    public long uncountedBytes() {
        return joined;
    }

    @Override
    public void free() {
        translator.end();
        reader.free();
    }
}
