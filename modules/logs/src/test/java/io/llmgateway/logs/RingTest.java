package io.llmgateway.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A queue that refuses what does not fit and loses nothing of what it took. */
class RingTest {
    @Test
    void offer_fullRing_isRefusedUntilThereIsRoom() {
        Ring<Integer> ring = new Ring<>(4);
        for (int i = 0; i < 4; i++) {
            assertThat(ring.offer(i)).isTrue();
        }

        assertThat(ring.offer(4)).isFalse();
        assertThat(ring.poll()).isZero();
        assertThat(ring.offer(5)).isTrue();
        assertThat(ring.size()).isEqualTo(4);
    }

    @Test
    void manyThreads_everyElementTakenComesOutOnceAndInOrder() throws InterruptedException {
        Ring<long[]> ring = new Ring<>(64);
        int threads = 4;
        AtomicLong taken = new AtomicLong();
        List<Thread> producers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            long number = t;
            producers.add(Thread.ofVirtual().start(() -> {
                for (long i = 0; i < 50_000; i++) {
                    if (ring.offer(new long[] {number, i})) {
                        taken.incrementAndGet();
                    }
                }
            }));
        }
        long[] last = {-1, -1, -1, -1};
        long seen = 0;
        boolean running = true;
        while (running) {
            boolean ended = producers.stream().noneMatch(Thread::isAlive);
            long[] element = ring.poll();
            if (element != null) {
                assertThat(element[1]).isGreaterThan(last[(int) element[0]]);
                last[(int) element[0]] = element[1];
                seen++;
            } else {
                running = !ended;
            }
        }
        for (Thread producer : producers) {
            assertThat(producer.join(Duration.ofSeconds(10))).isTrue();
        }

        assertThat(seen).isEqualTo(taken.get()).isPositive();
    }
}
