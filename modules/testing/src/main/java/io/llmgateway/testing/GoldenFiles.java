package io.llmgateway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Compares texts with files that were read and found right once. {@code ./dev golden} writes them again; what changed
 * is then seen in the diff. Stateless.
 */
public final class GoldenFiles {
    private GoldenFiles() {}

    /** Throws {@link AssertionError} when the file's text is another one, or writes it when asked to. */
    public static void check(Path file, String actual) {
        try {
            if (Boolean.getBoolean("golden.update")) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, actual);
            }
            String expected = Files.readString(file, StandardCharsets.UTF_8);
            if (!expected.equals(actual)) {
                throw new AssertionError(file + " differs; ./dev golden writes it again" + "\n--- expected\n" + expected
                        + "\n--- actual\n" + actual);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + "; ./dev golden writes it", e);
        }
    }
}
