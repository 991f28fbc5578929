package io.llmgateway.benchmarks.load;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What the benchmarks tell the person who runs them. Thread-safe. */
public final class Console {
    private static final PrintStream OUT =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    private Console() {}

    /** One line. */
    public static void line(String text) {
        OUT.println(text);
    }
}
