package io.llmgateway.upstream;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.util.Native;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Decodes zstd with any number of frames; the only owner of its library, which works through native code and is loaded
 * with the first answer that needs it. Confined to one exchange. Source: RFC 8878, RFC 9659.
 */
final class ZstdDecoder implements Decoder {
    /** The library's input buffer and its tables; the window comes on top as it fills. */
    private static final long STATE_BYTES = 512 * 1024;

    /** 8 MiB, the largest window that RFC 9659 allows for this coding. */
    private static final int WINDOW_LOG = 23;

    private final Input input;
    private final DecodingMemory.Share memory;
    private @Nullable ZstdInputStreamNoFinalizer decoder;
    private long produced;

    ZstdDecoder(Source source, DecodingMemory.Share memory) {
        this.input = new Input(source);
        this.memory = memory;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            ZstdInputStreamNoFinalizer current = decoder == null ? open() : decoder;
            int count = current.read(target, offset, length);
            if (count > 0) {
                produced += count;
                memory.upTo(STATE_BYTES + Math.min(2 * produced, 1L << WINDOW_LOG));
            }
            return count;
        } catch (ZstdIOException e) {
            if (input.ended) {
                throw new CutCodingException("zstd");
            }
            throw new BadCodingException("the zstd data of the response are damaged: " + e.getMessage(), e);
        }
    }

    private ZstdInputStreamNoFinalizer open() throws IOException {
        memory.upTo(STATE_BYTES);
        try {
            Native.load();
        } catch (LinkageError e) {
            throw new BadCodingException("zstd cannot be decoded on this system: its library does not load", e);
        }
        ZstdInputStreamNoFinalizer opened = new ZstdInputStreamNoFinalizer(input);
        decoder = opened;
        return opened.setLongMax(WINDOW_LOG);
    }

    @Override
    public void close() {
        if (decoder != null) {
            try {
                decoder.close();
            } catch (IOException e) {
                throw new IllegalStateException("memory was closed with an error", e);
            }
            decoder = null;
        }
        memory.close();
    }

    /** Says that nothing is there, so that the library hands out what it has before it asks for more. */
    private static final class Input extends InputStream {
        private final Source source;
        private boolean ended;

        Input(Source source) {
            this.source = source;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = source.read(target, offset, length);
            ended |= count < 0;
            return count;
        }

        @Override
        public int available() {
            return 0;
        }
    }
}
