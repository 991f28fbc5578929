package io.llmgateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HeapRestTest {
    private static final long MEGABYTE = 1L << 20;

    private int underWay;
    private long heap = 500 * MEGABYTE;
    private long smallest = 70 * MEGABYTE;
    private int collections;
    private final HeapRest rest = new HeapRest(() -> underWay, () -> heap, () -> {
        collections++;
        heap = Math.min(heap, smallest);
    });

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            rest.look();
        }
    }

    @Test
    void afterTheLoad_theHeapIsCollectedOnce() {
        underWay = 3;
        look(10);
        underWay = 0;
        look(3);
        assertThat(collections).isZero();

        look(20);

        assertThat(collections).isEqualTo(1);
    }

    @Test
    void aRequestInBetween_beginsTheWaitAnew() {
        look(3);
        underWay = 1;
        look(1);
        underWay = 0;
        look(3);

        assertThat(collections).isZero();
    }

    @Test
    void smallHeap_isLeftAlone() {
        heap = 64 * MEGABYTE;

        look(50);

        assertThat(collections).isZero();
    }

    @Test
    void heapThatStaysLarge_isTriedAgainOnlyWhenItHasGrown() {
        smallest = 400 * MEGABYTE;
        look(50);
        assertThat(collections).isEqualTo(1);

        heap = 510 * MEGABYTE;
        look(50);

        assertThat(collections).isEqualTo(2);
    }

    @Test
    void failureOfALook_doesNotEndTheLooks() throws InterruptedException {
        long errors = Loop.errors(LoopName.HEAP_REST);
        CountDownLatch looks = new CountDownLatch(3);

        try (HeapRest _ = HeapRest.start(
                () -> {
                    looks.countDown();
                    throw new IllegalStateException("nobody can tell");
                },
                Duration.ofMillis(1))) {
            assertThat(looks.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(Loop.errors(LoopName.HEAP_REST) - errors).isGreaterThanOrEqualTo(2);
    }
}
