package io.llmgateway.settings;

/**
 * One thing that is wrong with the configuration, or worth a warning. Never holds a secret. Immutable, thread-safe.
 *
 * @param source the file as it was named, or a phrase such as {@code environment variable GATEWAY_SERVER_PORT}
 * @param line from 1; 0 when the source has no lines
 * @param column from 1; 0 when the source has no lines
 * @param path of the setting, such as {@code providers.openai.instances[0].weight}; empty for the source as a whole
 * @param message what was expected and what came: lower case, no full stop
 */
public record Problem(String source, int line, int column, String path, String message) {
    /** So many are listed; a file with more of them was not meant for us. */
    public static final int MAX_PROBLEMS = 200;

    private static final int MAX_PATH = 200;
    private static final int MAX_MESSAGE = 1_000;

    public Problem {
        path = clipped(path, MAX_PATH);
        message = clipped(message, MAX_MESSAGE);
    }

    private static String clipped(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most) + "...";
    }

    /** One line: {@code gateway.yaml:12:5: server.port: must be 0 to 65535, was 70000}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(source);
        if (line > 0) {
            text.append(':').append(line).append(':').append(column);
        }
        text.append(": ");
        if (!path.isEmpty()) {
            text.append(path).append(": ");
        }
        return text.append(message).toString();
    }
}
