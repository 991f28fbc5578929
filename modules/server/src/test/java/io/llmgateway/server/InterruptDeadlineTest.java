package io.llmgateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InterruptDeadlineTest {
    private static final long NOW = 5_000_000_000L;
    private static final long MUCH_LATER = NOW + 60_000_000_000L;

    private final InterruptDeadline deadline = new InterruptDeadline();
    private final CountDownLatch said = new CountDownLatch(1);

    @Test
    void deadlineWithLastWords_isBroughtForward_saidAndKept() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread owner = Thread.ofVirtual().start(() -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        deadline.ownedBy(owner);
        deadline.arm(MUCH_LATER, said::countDown);

        deadline.expireIfDue(NOW);
        assertThat(deadline.expired()).isFalse();
        deadline.expireIfSaid(NOW);
        deadline.expireIfDue(NOW);

        assertThat(said.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(deadline.expired()).isTrue();
    }

    @Test
    void deadlineWithoutLastWords_staysWhereItIs() {
        deadline.arm(MUCH_LATER, null);

        deadline.expireIfSaid(NOW);
        deadline.expireIfDue(NOW);

        assertThat(deadline.disarm()).isTrue();
    }
}
