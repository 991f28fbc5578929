package io.llmgateway.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IdleWaitTest {
    private static final long HOUR = Duration.ofHours(1).toNanos();

    @Test
    void somethingToDo_restsShort() {
        IdleWait wait = new IdleWait(1_000, HOUR);

        wait.rest(false, () -> true);
    }

    @Test
    void whatComesWhileItFallsAsleep_isNotMissed() {
        IdleWait wait = new IdleWait(1_000, HOUR);

        // nothing at the last look; now, when others can see the wait, something has come
        wait.rest(true, () -> false);
    }

    @Test
    void wake_endsTheLongRest_everyTime() throws Exception {
        IdleWait wait = new IdleWait(1_000, HOUR);
        AtomicLong brought = new AtomicLong();
        SynchronousQueue<Long> seen = new SynchronousQueue<>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            long last = 0;
            while (last < 1_000) {
                long known = last;
                wait.rest(true, () -> brought.get() == known);
                last = brought.get();
                if (last > known) {
                    try {
                        seen.put(last);
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            }
        });

        for (long i = 1; i <= 1_000; i++) {
            brought.set(i);
            wait.wake();
            assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(i);
        }
        thread.join();
    }
}
