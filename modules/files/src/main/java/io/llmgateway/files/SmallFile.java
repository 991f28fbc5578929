package io.llmgateway.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads files that an operator names: whole, up to a bound, and only files that end. A device never ends, and opening a
 * pipe waits for whoever writes into it. Stateless.
 */
public final class SmallFile {
    /** The most that is read of certificates and keys; a bundle of all public authorities has a quarter of it. */
    public static final int MAX_PEM_BYTES = 1 << 20;

    private SmallFile() {}

    /**
     * The content of a file, links followed.
     *
     * @param maxBytes the most it may have
     * @throws NoSuchFileException when there is none
     * @throws IOException when it cannot be read, is not a regular file or is larger; the message says which
     */
    public static byte[] read(Path file, int maxBytes) throws IOException {
        if (!Files.isRegularFile(file)) {
            if (!Files.exists(file)) {
                throw new NoSuchFileException(file.toString());
            }
            throw new IOException(file + " is not a regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            // never more than one byte beyond the bound, whatever the size was a moment ago
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw new IOException(file + " is larger than " + maxBytes + " bytes");
            }
            return bytes;
        }
    }

    /** True when there is a regular file that can be read. */
    public static boolean isReadable(Path file) {
        return Files.isRegularFile(file) && Files.isReadable(file);
    }
}
