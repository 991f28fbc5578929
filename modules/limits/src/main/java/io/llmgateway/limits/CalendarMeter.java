package io.llmgateway.limits;

import io.llmgateway.settings.Limit;
import java.time.Clock;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/**
 * A limit per hour, day or month of the calendar: everything is there again when the next one begins. A clock that is
 * set back does not begin a window anew. Guarded by the lock of its scope.
 */
final class CalendarMeter implements Meter {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Counting ends here: far above every limit, far enough from the largest number. */
    private static final long MOST = Long.MAX_VALUE / 4;

    private final Clock clock;
    private Limit limit;
    private long used;
    private long startMillis;
    private long endMillis;
    private boolean restored;

    /** Counts from now on; the clock's zone says when days and months begin. */
    CalendarMeter(Limit limit, Clock clock) {
        this.limit = limit;
        this.clock = clock;
        begin(clock.millis());
    }

    private void begin(long now) {
        ZonedDateTime at = Instant.ofEpochMilli(now).atZone(clock.getZone());
        ZonedDateTime start = switch (limit.window()) {
            case HOUR -> at.truncatedTo(ChronoUnit.HOURS);
            case DAY -> at.toLocalDate().atStartOfDay(clock.getZone());
            case MONTH -> at.toLocalDate().withDayOfMonth(1).atStartOfDay(clock.getZone());
            case NONE, MINUTE -> throw new IllegalArgumentException("not a window of the calendar");
        };
        ZonedDateTime end = switch (limit.window()) {
            case HOUR -> start.plusHours(1);
            case DAY -> start.toLocalDate().plusDays(1).atStartOfDay(clock.getZone());
            default -> start.toLocalDate().plusMonths(1).atStartOfDay(clock.getZone());
        };
        used = 0;
        startMillis = start.toInstant().toEpochMilli();
        endMillis = end.toInstant().toEpochMilli();
    }

    private void roll() {
        long now = clock.millis();
        if (now >= endMillis) {
            begin(now);
        }
    }

    /** When the active window began. */
    Instant since() {
        roll();
        return Instant.ofEpochMilli(startMillis);
    }

    /** True until it was told what was used before it was made. */
    boolean forgetful() {
        return !restored;
    }

    /** Nothing more is to be told. */
    void restored() {
        restored = true;
    }

    /** Counts what was used before it was made; only until {@link #restored}. */
    void restore(Instant at, long amount) {
        if (!restored && at.toEpochMilli() >= startMillis && at.toEpochMilli() < endMillis) {
            count(amount);
        }
    }

    private void count(long amount) {
        used = Math.min(MOST, used + Math.clamp(amount, 0, MOST));
    }

    @Override
    public Limit limit() {
        return limit;
    }

    @Override
    public void change(Limit changed) {
        limit = changed;
    }

    @Override
    public long untilFree(long amount) {
        roll();
        boolean fits = used + Math.min(amount, limit.amount()) <= limit.amount() && used < limit.amount();
        return fits ? 0 : Math.max(1, endMillis - clock.millis()) * NANOS_PER_MILLI;
    }

    @Override
    public long take(long amount) {
        long wanted = Math.min(amount, limit.amount());
        count(wanted);
        return wanted;
    }

    @Override
    public long window() {
        return startMillis;
    }

    @Override
    public void settle(long taken, long window, long reallyUsed) {
        roll();
        if (window == startMillis) {
            used = Math.max(0, used - taken);
        }
        // what was used counts for the window it ends in
        count(reallyUsed);
    }

    @Override
    public long remaining() {
        roll();
        return limit.amount() - used;
    }

    @Override
    public long untilFull() {
        roll();
        return used == 0 ? 0 : Math.max(0, endMillis - clock.millis()) * NANOS_PER_MILLI;
    }
}
