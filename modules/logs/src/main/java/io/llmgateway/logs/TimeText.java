package io.llmgateway.logs;

import java.time.Instant;

/** Writes moments as {@code 2026-11-25T03:22:38.123Z}, quickly when they follow each other. Confined to one thread. */
final class TimeText {
    private static final int MILLIS_AND_Z = 4;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private long second = Long.MIN_VALUE;
    private char[] text = new char[0];

    String of(Instant moment) {
        if (moment.getEpochSecond() != second) {
            second = moment.getEpochSecond();
            String whole = Instant.ofEpochSecond(second).toString();
            text = (whole.substring(0, whole.length() - 1) + ".000Z").toCharArray();
        }
        int millis = (int) (moment.getNano() / NANOS_PER_MILLI);
        int at = text.length - MILLIS_AND_Z;
        text[at] = (char) ('0' + millis / 100);
        text[at + 1] = (char) ('0' + millis / 10 % 10);
        text[at + 2] = (char) ('0' + millis % 10);
        return new String(text);
    }
}
