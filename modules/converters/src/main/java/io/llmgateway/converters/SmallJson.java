package io.llmgateway.converters;

import com.fasterxml.jackson.core.JsonGenerator;
import io.llmgateway.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes small JSON documents: errors and lists, never anything on the relay path. Stateless, thread-safe. */
public final class SmallJson {
    private SmallJson() {}

    /** Writes one document. */
    public static byte[] write(Body body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = Json.factory().createGenerator(out)) {
            body.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.toByteArray();
    }

    /** Writes the fields of one document. */
    @FunctionalInterface
    public interface Body {
        /** Writes the document to the generator. */
        void write(JsonGenerator json) throws IOException;
    }
}
