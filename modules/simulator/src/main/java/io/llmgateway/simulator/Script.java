package io.llmgateway.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a model name asks the simulator to do. Parts are joined by {@code +}; a name without a known part behaves like
 * {@code echo}. Immutable.
 */
final class Script {
    private static final String IN_TEXT = "sim/tool-call";
    private static final int MOST_CALLS = 100;

    private final List<String> parts = new ArrayList<>();

    private Script(String text) {
        for (String part : text.split("\\+")) {
            parts.add(part);
        }
    }

    /** Reads the script out of a model name: what follows the last slash. */
    static Script of(String model) {
        return new Script(model.substring(model.lastIndexOf('/') + 1));
    }

    boolean is(String name) {
        return parts.contains(name);
    }

    /** The number in a part such as {@code cut-after-5-events}. */
    OptionalInt number(String prefix, String suffix) {
        for (String part : parts) {
            if (part.startsWith(prefix) && part.endsWith(suffix) && part.length() > prefix.length() + suffix.length()) {
                String digits = part.substring(prefix.length(), part.length() - suffix.length());
                if (digits.chars().allMatch(Character::isDigit)) {
                    return OptionalInt.of(Integer.parseInt(digits));
                }
            }
        }
        return OptionalInt.empty();
    }

    /** The duration in a part such as {@code slow-first-token-250ms}; zero when there is no such part. */
    Duration duration(String prefix) {
        for (String part : parts) {
            if (part.startsWith(prefix)) {
                return duration(part, prefix.length());
            }
        }
        return Duration.ZERO;
    }

    private static Duration duration(String part, int from) {
        String text = part.substring(from);
        return text.endsWith("ms")
                ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                : Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)));
    }

    /** The status in {@code status-429-retry-after-3}; null when there is none. */
    @Nullable
    Status status() {
        for (String part : parts) {
            if (part.startsWith("status-")) {
                String rest = part.substring("status-".length());
                int retry = rest.indexOf("-retry-after-");
                int code = Integer.parseInt(retry < 0 ? rest : rest.substring(0, retry));
                return new Status(code, retry < 0 ? "" : rest.substring(retry + "-retry-after-".length()));
            }
        }
        return null;
    }

    /** The tokens in {@code tokens-500-every-5ms}; null when there is none. */
    @Nullable
    Tokens tokens() {
        for (String part : parts) {
            int every = part.indexOf("-every-");
            if (part.startsWith("tokens-") && every > 0) {
                int count = Integer.parseInt(part.substring("tokens-".length(), every));
                return new Tokens(count, duration(part, every + "-every-".length()));
            }
        }
        return null;
    }

    /**
     * The tool calls that a text asks for: {@code sim/tool-call}, {@code sim/tool-call:NAME} or
     * {@code sim/tool-calls-N} as a word of its own; null when it asks for none.
     */
    static @Nullable ToolCalls toolCallsIn(String text) {
        int at = text.lastIndexOf(IN_TEXT);
        if (at < 0 || (at > 0 && !Character.isWhitespace(text.charAt(at - 1)))) {
            return null;
        }
        int end = at;
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        String rest = text.substring(at + IN_TEXT.length(), end);
        if (rest.isEmpty()) {
            return new ToolCalls(1, "");
        }
        if (rest.startsWith(":")) {
            return new ToolCalls(1, rest.substring(1));
        }
        OptionalInt count = new Script(rest).number("s-", "");
        return count.isPresent() ? new ToolCalls(Math.min(count.getAsInt(), MOST_CALLS), "") : null;
    }

    /** How many tools to call, and which; an empty name for those that come first. */
    record ToolCalls(int count, String name) {}

    /** An error to answer with. */
    record Status(int code, String retryAfter) {}

    /** How many tokens, and how far apart. */
    record Tokens(int count, Duration every) {}
}
