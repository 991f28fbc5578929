package io.llmgateway.settings;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Reads values with units. Every method throws {@link IllegalArgumentException} with what was expected, without the
 * value itself. Thread-safe.
 */
public final class Units {
    private static final int MAX_DIGITS = 15;

    private Units() {}

    /** {@code 500ms 30s 10m 1h 2d}; {@code 0} needs no unit. */
    public static Duration duration(String text) {
        int split = endOfDigits(text);
        if (split == 0 || split > MAX_DIGITS) {
            throw notADuration();
        }
        long amount = Long.parseLong(text.substring(0, split));
        return switch (text.substring(split)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofSeconds(Math.multiplyExact(amount, 60));
            case "h" -> Duration.ofSeconds(Math.multiplyExact(amount, 3_600));
            case "d" -> Duration.ofSeconds(Math.multiplyExact(amount, 86_400));
            case "" -> {
                if (amount == 0) {
                    yield Duration.ZERO;
                }
                throw notADuration();
            }
            default -> throw notADuration();
        };
    }

    /** The shortest form that {@link #duration} reads back, such as {@code 10m}. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        if (millis % 1_000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1_000;
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3_600 == 0) {
            return seconds / 3_600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    /** {@code 4096 64KiB 32MiB 1GB}: binary units count in 1024, decimal ones in 1000. */
    public static ByteSize size(String text) {
        int split = endOfDigits(text);
        if (split == 0 || split > MAX_DIGITS) {
            throw notASize();
        }
        long amount = Long.parseLong(text.substring(0, split));
        long unit = switch (text.substring(split)) {
            case "", "B" -> 1L;
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            case "KB", "kB" -> 1_000L;
            case "MB" -> 1_000_000L;
            case "GB" -> 1_000_000_000L;
            default -> throw notASize();
        };
        if (Math.multiplyHigh(amount, unit) != 0 || amount * unit < 0) {
            throw notASize();
        }
        return new ByteSize(amount * unit);
    }

    /** {@code 500 200k 1m}: k is a thousand, m a million. A leading minus is read, so that a range can refuse it. */
    public static long count(String text) {
        boolean negative = text.startsWith("-");
        String digits = negative ? text.substring(1) : text;
        int split = endOfDigits(digits);
        if (split == 0 || split > MAX_DIGITS) {
            throw new IllegalArgumentException("must be a whole number such as 500, 200k or 1m");
        }
        long amount = Long.parseLong(digits.substring(0, split));
        long unit = switch (digits.substring(split)) {
            case "" -> 1L;
            case "k" -> 1_000L;
            case "m" -> 1_000_000L;
            default -> throw new IllegalArgumentException("must be a whole number such as 500, 200k or 1m");
        };
        long value = Math.multiplyHigh(amount, unit) != 0 ? Long.MAX_VALUE : amount * unit;
        return negative ? -value : value;
    }

    /** {@code 2027-01-01}, the start of that day in UTC, or {@code 2027-01-01T12:00:00Z}. */
    public static Instant instant(String text) {
        try {
            return text.indexOf('T') < 0
                    ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("must be a date such as 2027-01-01 or 2027-01-01T12:00:00Z", e);
        }
    }

    private static int endOfDigits(String text) {
        int i = 0;
        while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
            i++;
        }
        return i;
    }

    private static IllegalArgumentException notADuration() {
        return new IllegalArgumentException("must be a duration such as 500ms, 30s, 10m, 1h or 2d");
    }

    private static IllegalArgumentException notASize() {
        return new IllegalArgumentException("must be a size such as 4096, 64KiB, 32MiB or 1GB");
    }
}
