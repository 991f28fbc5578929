package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.ErrorKind;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private final Deadline deadline = new Deadline();

    @Test
    void moment_isPassedOnceAndStaysPassed() {
        deadline.begin(1_000);
        deadline.arm(ErrorKind.TIMEOUT_IDLE, 100);

        assertThat(deadline.check(99)).isFalse();
        assertThat(deadline.check(100)).isTrue();
        assertThat(deadline.check(200)).as("said once").isFalse();
        deadline.arm(ErrorKind.TIMEOUT_FIRST_TOKEN, 5_000);
        assertThat(deadline.passed()).isTrue();
        assertThat(deadline.kind()).isEqualTo(ErrorKind.TIMEOUT_IDLE);
        assertThat(deadline.disarm()).as("whoever disarms too late is told").isFalse();
    }

    @Test
    void total_comesBeforeALaterPhase() {
        deadline.begin(1_000);
        deadline.arm(ErrorKind.TIMEOUT_IDLE, 2_000);

        assertThat(deadline.check(1_000)).isTrue();
        assertThat(deadline.kind()).isEqualTo(ErrorKind.TIMEOUT_TOTAL);
    }

    @Test
    void totalAlone_holdsWhileThePhaseIsDisarmed() {
        deadline.begin(1_000);
        deadline.arm(ErrorKind.TIMEOUT_IDLE, 100);
        deadline.armTotal();

        assertThat(deadline.check(999)).isFalse();
        assertThat(deadline.check(1_000)).isTrue();
        assertThat(deadline.kind()).isEqualTo(ErrorKind.TIMEOUT_TOTAL);
    }

    @Test
    void withoutATotal_disarmedNeverPasses() {
        deadline.begin(Deadline.NEVER);
        deadline.arm(ErrorKind.TIMEOUT_IDLE, 100);
        deadline.armTotal();

        assertThat(deadline.check(Long.MAX_VALUE - 1)).isFalse();
    }

    @Test
    void monotonicTimeThatWraps_isComparedByDifference() {
        deadline.begin(Long.MIN_VALUE + 50);
        deadline.arm(ErrorKind.TIMEOUT_IDLE, Long.MAX_VALUE - 10);

        assertThat(deadline.check(Long.MAX_VALUE - 11)).isFalse();
        assertThat(deadline.check(Long.MIN_VALUE + 1)).isTrue();
    }

    @Test
    void releaseAndClockAtTheSameTime_oneOfThemWins() throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        int rounds = 20_000;
        AtomicBoolean[] killed = new AtomicBoolean[rounds];
        Deadline[] deadlines = new Deadline[rounds];
        for (int i = 0; i < rounds; i++) {
            killed[i] = new AtomicBoolean();
            deadlines[i] = new Deadline();
            deadlines[i].begin(1);
            deadlines[i].arm(ErrorKind.TIMEOUT_TOTAL, 1);
        }
        Thread clock = Thread.ofPlatform().start(() -> {
            await(start);
            for (int i = 0; i < rounds; i++) {
                killed[i].set(deadlines[i].check(2));
            }
        });
        boolean[] kept = new boolean[rounds];
        await(start);
        for (int i = 0; i < rounds; i++) {
            kept[i] = deadlines[i].disarm();
            if (kept[i]) {
                // the next exchange on the same connection
                deadlines[i].begin(1_000);
                deadlines[i].arm(ErrorKind.TIMEOUT_FIRST_TOKEN, 500);
            }
        }
        clock.join();

        for (int i = 0; i < rounds; i++) {
            assertThat(kept[i]).as("round %d", i).isNotEqualTo(killed[i].get());
            assertThat(deadlines[i].passed()).isEqualTo(killed[i].get());
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | java.util.concurrent.BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }
}
