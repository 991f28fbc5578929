package io.llmgateway.it.chaos;

import java.util.List;
import java.util.Random;

/** What an upstream does with one request. */
enum Behaviour {
    WELL(150),
    WELL_CHUNKED(40),
    SLOW_HEAD(8),
    SLOW_STREAM(12),
    DRIP(5),
    BULKY_EVENTS(5),
    HUGE_EVENT(2),
    PINGS(4),
    LINGER(6),
    CUT_HEAD(4),
    CUT_ANYWHERE(8),
    RESET(4),
    SECOND_ANSWER(4),
    IDLE_BYTES(4),
    BODY_TOO_LONG(4),
    BODY_TOO_SHORT(4),
    NO_LAST_CHUNK(4),
    BROKEN_CHUNKS(3),
    NOT_JSON(4),
    WRONG_TYPE(4),
    EMPTY(3),
    NO_END(4),
    BROKEN_EVENT(4),
    ERROR_EVENT(5),
    HOSTILE_USAGE(4),
    STATUS_429(5),
    STATUS_500(5),
    STATUS_503(4),
    STATUS_401(1),
    STATUS_400(3),
    HUGE_ERROR(2),
    HUGE_HEAD(2),
    INTERIM(3),
    SILENT(2);

    private static final List<Behaviour> ALL = List.of(values());

    private final int weight;

    Behaviour(int weight) {
        this.weight = weight;
    }

    /** One of them, by weight. */
    static Behaviour drawn(Random random) {
        int left = random.nextInt(ALL.stream().mapToInt(each -> each.weight).sum());
        for (Behaviour each : ALL) {
            left -= each.weight;
            if (left < 0) {
                return each;
            }
        }
        return WELL;
    }
}
