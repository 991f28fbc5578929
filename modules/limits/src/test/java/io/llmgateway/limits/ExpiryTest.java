package io.llmgateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ExpiryTest {
    private final Expiry expiry = new Expiry();

    /** A wait that tells when it has ended. */
    private static final class Waiting implements Expiry.Wait {
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile long end;

        @Override
        public void endsAt(long step) {
            end = step;
        }

        @Override
        public boolean over(long step) {
            if (step >= end) {
                ended.countDown();
            }
            return step >= end;
        }

        boolean hasEnded() throws InterruptedException {
            return ended.await(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void waits_end_andSoDoThoseThatComeLater() throws InterruptedException {
        Waiting first = new Waiting();
        expiry.watch(first);
        assertThat(first.hasEnded()).isTrue();

        Waiting second = new Waiting();
        expiry.watch(second);
        assertThat(second.hasEnded()).isTrue();
    }

    @Test
    void waitThatFails_keepsNobodyWaiting() throws InterruptedException {
        long errors = Loop.errors(LoopName.LIMITS_EXPIRY);
        CountDownLatch failed = new CountDownLatch(1);
        Waiting behind = new Waiting();

        expiry.watch(new Expiry.Wait() {
            @Override
            public void endsAt(long step) {
                assertThat(step).isPositive();
            }

            @Override
            public boolean over(long step) {
                failed.countDown();
                throw new IllegalStateException("cannot end");
            }
        });
        expiry.watch(behind);

        assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(behind.hasEnded()).as("behind the one that failed").isTrue();
        Waiting later = new Waiting();
        expiry.watch(later);
        assertThat(later.hasEnded()).as("after it").isTrue();
        assertThat(Loop.errors(LoopName.LIMITS_EXPIRY)).isGreaterThan(errors);
    }
}
