package io.llmgateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ListenerWatchTest {
    /** Ends after two refusals in a row, once; single ones are nothing. */
    @Test
    void listenerThatRefuses_endsTheProcessOnce() throws Exception {
        Iterator<Boolean> tries =
                List.of(true, false, true, false, false, false, false).iterator();
        CountDownLatch asked = new CountDownLatch(8);
        AtomicInteger ended = new AtomicInteger();
        AtomicInteger endedAt = new AtomicInteger();
        try (ListenerWatch _ = ListenerWatch.start(
                () -> {
                    asked.countDown();
                    return tries.hasNext() ? tries.next() : false;
                },
                () -> {
                    ended.incrementAndGet();
                    endedAt.set((int) asked.getCount());
                },
                Duration.ofMillis(1))) {
            assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(ended).hasValue(1);
        assertThat(endedAt).hasValue(8 - 5);
    }
}
