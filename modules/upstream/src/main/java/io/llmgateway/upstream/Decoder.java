package io.llmgateway.upstream;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Undoes one content coding of an answer's body while it comes. Confined to one exchange. */
interface Decoder extends AutoCloseable {
    /** Where the encoded bytes come from. */
    @FunctionalInterface
    interface Source {
        /** Bytes that are there, at least one, waiting only when there are none; -1 at the proper end. */
        int read(byte[] target, int offset, int length) throws IOException;
    }

    /**
     * Reads decoded bytes. All that can be decoded from what has come is handed out before more is waited for, so that
     * what a provider has flushed is never held back.
     *
     * @return how many bytes, at least 1; -1 at the proper end
     * @throws BadCodingException when the encoded bytes break their format
     * @throws CutCodingException when they end too early
     */
    int read(byte[] target, int offset, int length) throws IOException;

    /** Gives its memory back. */
    @Override
    void close();

    /** The encoded bytes break their format. */
    final class BadCodingException extends IOException {
        private static final long serialVersionUID = 1L;

        BadCodingException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The encoded bytes end before what they encode does. */
    final class CutCodingException extends IOException {
        private static final long serialVersionUID = 1L;

        CutCodingException(String coding) {
            super("the " + coding + " data of the response end too early");
        }
    }
}
