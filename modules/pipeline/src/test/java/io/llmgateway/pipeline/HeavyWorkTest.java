package io.llmgateway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeavyWorkTest {
    private static final long HEAVY = HeavyWork.LIGHT_BYTES + 1;
    private static final long LONG = 60_000_000_000L;
    private static final MemoryBudget MEMORY =
            new MemoryBudget(1 << 20, java.time.Duration.ofMinutes(1), System::nanoTime);

    private static long in(long nanos) {
        return System.nanoTime() + nanos;
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "3,1", "4,2", "16,8"})
    void heavyWork_takesHalfOfTheProcessors_atMost(int processors, int places) throws Exception {
        HeavyWork heavy = new HeavyWork(processors, System::nanoTime);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                all.add(threads.submit(() -> heavy.run(HEAVY, in(LONG), MEMORY.share("k"), () -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    Thread.onSpinWait();
                    return running.decrementAndGet();
                })));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(most.get()).isBetween(1, places);
    }

    @Test
    void lightWork_neverWaits_andTimeEndsAWait() throws Exception {
        HeavyWork heavy = new HeavyWork(2, System::nanoTime);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Thread holder = Thread.ofVirtual()
                .start(() -> heavy.run(HEAVY, in(LONG), MEMORY.share("k"), () -> {
                    begun.countDown();
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return 0;
                }));
        begun.await();
        assertThat(heavy.run(HeavyWork.LIGHT_BYTES, in(LONG), MEMORY.share("k"), () -> "light"))
                .isEqualTo("light");
        assertThatThrownBy(() -> heavy.run(HEAVY, in(1_000_000), MEMORY.share("k"), () -> "heavy"))
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e -> assertThat(e.error().kind()).isEqualTo(ErrorKind.TIMEOUT_TOTAL));
        end.countDown();
        holder.join();
        assertThat(heavy.run(HEAVY, in(LONG), MEMORY.share("k"), () -> "heavy")).isEqualTo("heavy");
    }

    @Test
    void workThatFails_givesItsPlaceBack() {
        HeavyWork heavy = new HeavyWork(2, System::nanoTime);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> heavy.run(HEAVY, in(LONG), MEMORY.share("k"), () -> {
                        throw new StackOverflowError("as scripted");
                    }))
                    .isInstanceOf(StackOverflowError.class);
        }
        assertThat(heavy.run(HEAVY, in(LONG), MEMORY.share("k"), () -> "served"))
                .isEqualTo("served");
    }

    @Test
    void workThatWaitsForMemory_givesItsPlaceToOthersMeanwhile() throws Exception {
        HeavyWork heavy = new HeavyWork(2, System::nanoTime);
        MemoryBudget memory = new MemoryBudget(1 << 20, java.time.Duration.ofMinutes(1), System::nanoTime);
        MemoryBudget.Share all = memory.share("a");
        all.charge(700 * 1024);
        MemoryBudget.Share waits = memory.share("b");
        Thread waiting = Thread.ofVirtual()
                .start(() -> heavy.run(HEAVY, in(LONG), waits, () -> {
                    waits.charge(700 * 1024);
                    return 0;
                }));
        while (memory.waiting() == 0) {
            Thread.onSpinWait();
        }
        assertThat(heavy.run(HEAVY, in(LONG), memory.share("c"), () -> "served"))
                .isEqualTo("served");
        assertThat(waiting.isAlive()).isTrue();
        all.close();
        waiting.join();
        assertThat(waits.held()).isEqualTo(700 * 1024);
        waits.close();
        assertThat(heavy.run(HEAVY, in(LONG), memory.share("d"), () -> "served"))
                .isEqualTo("served");
    }
}
