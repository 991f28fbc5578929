package io.llmgateway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StopwatchTest {
    private static final long BEGUN = -5_000;

    private final Stopwatch watch = new Stopwatch(BEGUN);

    private static long at(long nanos) {
        return BEGUN + nanos;
    }

    @Test
    void longStream_isNotTheGatewaysTime() {
        watch.waits(at(100));
        watch.answered(at(400));

        assertThat(watch.firstTokenNanos()).isEqualTo(400);
        assertThat(watch.overheadNanos(at(30_000))).isEqualTo(100);
        assertThat(watch.durationNanos(at(30_000))).isEqualTo(30_000);
    }

    @Test
    void failedAttempt_isTheUpstreamsTime_theWayToTheNextIsTheGateways() {
        watch.waits(at(10));
        watch.goesOn(at(500));
        watch.waits(at(520));
        watch.answered(at(900));

        assertThat(watch.overheadNanos(at(9_000))).isEqualTo(30);
    }

    @Test
    void requestThatNeverGotAnAnswer_countsAllThatNobodyElseTook() {
        watch.waits(at(10));
        watch.goesOn(at(700));

        assertThat(watch.firstTokenNanos()).isEqualTo(-1);
        assertThat(watch.overheadNanos(at(1_000))).isEqualTo(310);
    }

    @Test
    void waitThatGoesOn_isNotTheGatewaysYet() {
        watch.waits(at(50));

        assertThat(watch.overheadNanos(at(10_000))).isEqualTo(50);
    }

    @Test
    void secondBeginningOfAWait_doesNotShortenIt_andAnEndWithoutOneIsNothing() {
        watch.goesOn(at(5));
        watch.waits(at(10));
        watch.waits(at(90));
        watch.goesOn(at(100));

        assertThat(watch.overheadNanos(at(150))).isEqualTo(60);
    }

    @Test
    void onlyTheFirstContentCounts() {
        watch.answered(at(10));
        watch.answered(at(99));

        assertThat(watch.firstTokenNanos()).isEqualTo(10);
    }
}
