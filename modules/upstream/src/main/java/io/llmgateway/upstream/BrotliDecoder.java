package io.llmgateway.upstream;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes brotli; the only owner of its library, which works through native code and is loaded with the first answer
 * that needs it. Confined to one exchange. Source: RFC 7932.
 */
final class BrotliDecoder implements Decoder {
    private static final int BUFFER = 4 * 1024;
    /** Tables of codes; the window comes on top as it fills. */
    private static final long STATE_BYTES = 512 * 1024;

    /** The largest window of RFC 7932; larger ones are an extension, which the library refuses unless it is asked. */
    private static final long WINDOW_BYTES = 16 * 1024 * 1024;

    private final Source source;
    private final DecodingMemory.Share memory;
    private final byte[] buffer = new byte[BUFFER];
    private DecoderJNI.@Nullable Wrapper decoder;
    private @Nullable ByteBuffer output;
    private long produced;
    private boolean emptied;
    private boolean ended;

    BrotliDecoder(Source source, DecodingMemory.Share memory) {
        this.source = source;
        this.memory = memory;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (!ended) {
            ByteBuffer ready = output;
            if (ready != null && ready.hasRemaining()) {
                int count = Math.min(length, ready.remaining());
                ready.get(target, offset, count);
                return count;
            }
            if (decoder == null) {
                begin();
            } else {
                step(decoder);
            }
        }
        return -1;
    }

    private void begin() throws IOException {
        int count = source.read(buffer, 0, buffer.length);
        if (count < 0) {
            // a body of no bytes is an empty one
            ended = true;
            return;
        }
        memory.upTo(STATE_BYTES);
        if (!Brotli4jLoader.isAvailable()) {
            throw new BadCodingException(
                    "brotli cannot be decoded on this system: its library does not load",
                    Brotli4jLoader.getUnavailabilityCause());
        }
        DecoderJNI.Wrapper opened = new DecoderJNI.Wrapper(BUFFER);
        decoder = opened;
        push(opened, count);
    }

    private void step(DecoderJNI.Wrapper current) throws IOException {
        DecoderJNI.Status status = current.getStatus();
        if (status == DecoderJNI.Status.ERROR) {
            throw new BadCodingException("the br data of the response are damaged", null);
        }
        if (current.hasOutput()) {
            ByteBuffer pulled = current.pull();
            produced += pulled.remaining();
            memory.upTo(STATE_BYTES + Math.min(2 * produced, WINDOW_BYTES));
            output = pulled;
            emptied = true;
        } else if (goesOn(current)) {
            return;
        } else if (status == DecoderJNI.Status.DONE) {
            if (source.read(buffer, 0, 1) >= 0) {
                throw new BadCodingException("the br data of the response are damaged: bytes follow their end", null);
            }
            ended = true;
        } else if (status == DecoderJNI.Status.NEEDS_MORE_INPUT) {
            int count = source.read(buffer, 0, buffer.length);
            if (count < 0) {
                throw new CutCodingException("br");
            }
            push(current, count);
        } else {
            current.push(0);
        }
    }

    /** What a full window held back may go on without more input, and the library does not always say so. */
    private boolean goesOn(DecoderJNI.Wrapper current) {
        boolean again = emptied && current.getStatus() == DecoderJNI.Status.NEEDS_MORE_INPUT;
        emptied = false;
        if (again) {
            current.push(0);
        }
        return again;
    }

    private void push(DecoderJNI.Wrapper current, int count) {
        ByteBuffer input = current.getInputBuffer();
        input.clear();
        input.put(buffer, 0, count);
        current.push(count);
    }

    @Override
    public void close() {
        output = null;
        ended = true;
        if (decoder != null) {
            decoder.destroy();
            decoder = null;
        }
        memory.close();
    }
}
