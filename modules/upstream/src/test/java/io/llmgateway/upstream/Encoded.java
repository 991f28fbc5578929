package io.llmgateway.upstream;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** Encodes bodies as proxies do. Stateless. */
final class Encoded {
    private static final int BUFFER = 512;
    private static final int BROTLI_QUALITY = 4;
    private static final int BROTLI_WINDOW = 24;

    private Encoded() {}

    /** A stream that encodes in this coding and passes on what it has when it is flushed. */
    static OutputStream stream(String coding, OutputStream out) throws IOException {
        return switch (coding) {
            case "gzip" -> new GZIPOutputStream(out, BUFFER, true);
            case "deflate" -> new DeflaterOutputStream(out, true);
            case "raw" -> new DeflaterOutputStream(out, new Deflater(6, true), BUFFER, true);
            case "zstd" -> new ZstdOutputStreamNoFinalizer(out, 3).setChecksum(true);
            case "br" -> {
                Brotli4jLoader.ensureAvailability();
                yield new BrotliOutputStream(
                        out, new Encoder.Parameters().setQuality(BROTLI_QUALITY).setWindow(BROTLI_WINDOW));
            }
            default -> throw new IllegalArgumentException(coding);
        };
    }

    /** Encodes a body as a whole. */
    static byte[] whole(String coding, byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream encoding = stream(coding, out)) {
            encoding.write(content);
        }
        return out.toByteArray();
    }

    /** Encodes events, each of them flushed; the last piece is what follows the last event. */
    static List<byte[]> flushed(String coding, List<byte[]> events) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<byte[]> pieces = new ArrayList<>();
        try (OutputStream encoding = stream(coding, out)) {
            for (byte[] event : events) {
                encoding.write(event);
                encoding.flush();
                pieces.add(out.toByteArray());
                out.reset();
            }
        }
        pieces.add(out.toByteArray());
        return pieces;
    }

    /** The name in Content-Encoding. */
    static String wire(String coding) {
        return "raw".equals(coding) ? "deflate" : coding;
    }
}
