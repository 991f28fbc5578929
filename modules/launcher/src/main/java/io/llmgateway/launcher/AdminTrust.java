package io.llmgateway.launcher;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whose certificate a running gateway may show, shared by the commands that ask one. Confined to one thread. */
final class AdminTrust {
    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description = "CA certificates (PEM) that the listener's certificate is checked with, instead of the public"
                    + " ones")
    private @Nullable Path caFile;

    /** The file; null for the public authorities. */
    @Nullable
    Path caFile() {
        return caFile;
    }
}
