package io.llmgateway.launcher;

import io.llmgateway.files.SmallFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads files of environment variables, as systemd and Docker know them. Stateless. */
final class EnvFile {
    private static final int MAX_BYTES = 1024 * 1024;
    private static final String EXPORT = "export ";

    private EnvFile() {}

    /**
     * The environment with the variables of a file over it.
     *
     * @param file null for none
     * @throws IOException when the file cannot be read or a line is no variable; the message names the line
     */
    static Map<String, String> over(Map<String, String> environment, @Nullable Path file) throws IOException {
        if (file == null) {
            return environment;
        }
        Map<String, String> all = new HashMap<>(environment);
        String text = new String(SmallFile.read(file, MAX_BYTES), StandardCharsets.UTF_8);
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            String entry = line.strip();
            if (entry.isEmpty() || entry.charAt(0) == '#' || entry.charAt(0) == ';') {
                continue;
            }
            String assignment = entry.startsWith(EXPORT) ? entry.substring(EXPORT.length()) : entry;
            int equals = assignment.indexOf('=');
            if (equals <= 0) {
                throw new IOException(file + ":" + number + ": must be NAME=value");
            }
            all.put(
                    assignment.substring(0, equals).strip(),
                    unquoted(assignment.substring(equals + 1).strip()));
        }
        return all;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2
                && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                && value.charAt(value.length() - 1) == value.charAt(0);
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
