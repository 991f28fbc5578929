package io.llmgateway.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads when a provider wants the next try: {@code retry-after-ms}, {@code retry-after} as seconds or as a date,
 * Gemini's RetryInfo and the sentences of messages. What is negative or makes no sense counts as not said; nothing is
 * believed beyond {@link #LONGEST}. Thread-safe.
 */
final class RetryAfter {
    /** A longer wait is cut to this: a day's quota, not a week's. */
    static final Duration LONGEST = Duration.ofHours(24);

    private static final int LONGEST_NUMBER = 64;
    private static final int LONGEST_UNIT = 12;
    /** Hours, minutes, seconds, milliseconds. */
    private static final int MOST_PARTS = 4;
    /** Gemini; OpenAI and those who follow it; Azure. */
    private static final List<String> SENTENCES = List.of("please retry in ", "try again in ", "retry after ");

    private final Clock clock;

    RetryAfter(Clock clock) {
        this.clock = clock;
    }

    Optional<Duration> find(Function<String, @Nullable String> header, @Nullable JsonNode error, String message) {
        String millis = header.apply("retry-after-ms");
        Duration wait = millis == null ? null : seconds(millis, 0.001);
        if (wait == null) {
            wait = fromHeader(header.apply("retry-after"));
        }
        if (wait == null && error != null) {
            wait = fromDetails(error);
        }
        return Optional.ofNullable(wait == null ? fromSentence(message) : wait);
    }

    private @Nullable Duration fromHeader(@Nullable String value) {
        if (value == null) {
            return null;
        }
        Duration wait = seconds(value.strip(), 1);
        if (wait != null) {
            return wait;
        }
        try {
            ZonedDateTime date = ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
            Duration until = Duration.between(clock.instant(), date.toInstant());
            return until.isNegative() ? null : shorter(until);
        } catch (DateTimeException e) {
            // neither a number nor a date: as if it had not been sent
            return null;
        }
    }

    private static @Nullable Duration fromDetails(JsonNode error) {
        for (JsonNode detail : error.path("details")) {
            String delay = detail.path("retryDelay").asText("");
            if (delay.endsWith("s")) {
                return seconds(delay.substring(0, delay.length() - 1), 1);
            }
        }
        return null;
    }

    private static @Nullable Duration fromSentence(String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        for (String sentence : SENTENCES) {
            int at = lower.indexOf(sentence);
            if (at >= 0) {
                return length(lower, at + sentence.length());
            }
        }
        return null;
    }

    /** A length of time as providers write it: {@code 34.07s}, {@code 250ms}, {@code 1m2.5s}, {@code 32 seconds}. */
    private static @Nullable Duration length(String text, int from) {
        Duration all = null;
        int at = from;
        for (int part = 0; part < MOST_PARTS; part++) {
            int end = at;
            while (end < text.length() && (digit(text.charAt(end)) || text.charAt(end) == '.')) {
                end++;
            }
            int unit = end < text.length() && text.charAt(end) == ' ' ? end + 1 : end;
            int behind = unit;
            while (behind < text.length() && Character.isLetter(text.charAt(behind))) {
                behind++;
            }
            double factor = unit(text.substring(unit, Math.min(behind, unit + LONGEST_UNIT)));
            Duration more = end == at || factor == 0 ? null : seconds(text.substring(at, end), factor);
            if (more == null) {
                return all;
            }
            all = all == null ? more : shorter(all.plus(more));
            at = behind;
        }
        return all;
    }

    /** How many seconds a unit has; 0 for what is none. */
    private static double unit(String word) {
        return switch (word) {
            case "ms", "milliseconds" -> 0.001;
            case "s", "sec", "second", "seconds" -> 1;
            case "m", "min", "minute", "minutes" -> 60;
            case "h", "hour", "hours" -> 3_600;
            default -> 0;
        };
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    private static @Nullable Duration seconds(String number, double unit) {
        if (number.length() > LONGEST_NUMBER) {
            return null;
        }
        try {
            double value = Double.parseDouble(number) * unit;
            if (!(value >= 0) || Double.isInfinite(value)) {
                return null;
            }
            return shorter(Duration.ofMillis((long) Math.ceil(Math.min(value, 1e9) * 1000)));
        } catch (NumberFormatException e) {
            // not a number: as if it had not been sent
            return null;
        }
    }

    private static Duration shorter(Duration wait) {
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
