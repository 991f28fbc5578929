package io.llmgateway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MemoryBudgetTest {
    private static final long FREE = MemoryBudget.FREE_BYTES;
    private static final long MIB = 1024 * 1024;
    private static final Duration LONG = Duration.ofSeconds(30);

    private static ErrorKind kind(Throwable e) {
        return ((GatewayException) e).error().kind();
    }

    private static MemoryBudget budget(long bytes, Duration maxWait) {
        return new MemoryBudget(bytes, maxWait, System::nanoTime);
    }

    @Test
    void firstBytesOfEveryShare_areFree_evenWhenAllIsInUse() {
        MemoryBudget budget = budget(4 * MIB, Duration.ZERO);
        try (MemoryBudget.Share one = budget.share("a");
                MemoryBudget.Share other = budget.share("b");
                MemoryBudget.Share small = budget.share("c")) {
            one.charge(3 * MIB + FREE);
            other.charge(MIB + FREE);
            assertThat(budget.used()).isEqualTo(4 * MIB);

            small.charge(FREE);
            assertThat(budget.used()).isEqualTo(4 * MIB);
            assertThatThrownBy(() -> small.charge(1))
                    .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.OVERLOADED));
        }
        assertThat(budget.used()).isZero();
    }

    /** Thousands of small bodies that never come to their end are as much as a few large ones. */
    @Test
    void whatIsFree_isBoundedForAllTogether_andComesBack() {
        MemoryBudget budget = budget(64 * MIB, Duration.ZERO);
        List<MemoryBudget.Share> small = new ArrayList<>();
        for (int i = 0; i < 8 * MIB / FREE; i++) {
            MemoryBudget.Share share = budget.share("a");
            share.charge(FREE);
            small.add(share);
        }
        assertThat(budget.used()).isZero();
        MemoryBudget.Share next = budget.share("b");
        next.charge(FREE);
        assertThat(budget.used()).isEqualTo(FREE);

        small.getFirst().release(FREE / 2);
        MemoryBudget.Share half = budget.share("c");
        half.charge(FREE / 2);
        assertThat(budget.used()).isEqualTo(FREE);

        small.forEach(MemoryBudget.Share::close);
        next.close();
        half.close();
        assertThat(budget.used()).isZero();
        try (MemoryBudget.Share again = budget.share("a")) {
            again.charge(FREE);
            assertThat(budget.used()).isZero();
        }
    }

    @Test
    void whatElseHoldsMemory_leavesLessForShares() {
        MemoryBudget budget = budget(4 * MIB, Duration.ZERO);
        AtomicLong connections = new AtomicLong(3 * MIB);
        budget.beside(connections::get, 5 * MIB);
        try (MemoryBudget.Share share = budget.share("a")) {
            assertThatThrownBy(() -> share.charge(3 * MIB))
                    .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.OVERLOADED));
        }
        connections.set(MIB);
        try (MemoryBudget.Share share = budget.share("a")) {
            share.charge(3 * MIB);
        }
    }

    @Test
    void whatIsReleased_isThereForOthers_andAClosedShareHoldsNothing() {
        MemoryBudget budget = budget(4 * MIB, Duration.ZERO);
        MemoryBudget.Share share = budget.share("a");
        share.charge(3 * MIB);
        share.release(2 * MIB);
        assertThat(budget.used()).isEqualTo(MIB - FREE);
        assertThat(share.held()).isEqualTo(MIB);
        share.release(9 * MIB);
        assertThat(budget.used()).isZero();
        share.charge(2 * MIB);
        share.close();
        share.close();

        assertThat(budget.used()).isZero();
        assertThat(share.held()).isZero();
    }

    @Test
    void refusal_saysWhenToComeBack_andNamesTheSetting() {
        MemoryBudget budget = budget(MIB, Duration.ZERO);
        MemoryBudget.Share holder = budget.share("a");
        MemoryBudget.Share late = budget.share("b");
        holder.charge(700 * 1024);
        assertThatThrownBy(() -> late.charge(700 * 1024)).satisfies(e -> {
            assertThat(kind(e)).isEqualTo(ErrorKind.OVERLOADED);
            assertThat(((GatewayException) e).error().retryAfter()).isPresent();
            assertThat(e).hasMessageContaining("server.memory.budget");
        });
        assertThat(budget.refused()).isEqualTo(1);
        assertThat(budget.waiting()).isZero();
    }

    @Test
    void moreThanOneMayEverHold_isTooLarge_notOverloaded() {
        MemoryBudget budget = budget(4 * MIB, LONG);
        MemoryBudget.Share share = budget.share("a");
        assertThatThrownBy(() -> share.charge(3 * MIB + FREE + 1))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.TOO_LARGE));
        assertThat(budget.used()).isZero();
    }

    @Test
    void oneOwner_neverTakesTheShareOfOthers() {
        MemoryBudget budget = budget(4 * MIB, Duration.ZERO);
        List<MemoryBudget.Share> hostile = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            hostile.add(budget.share("hostile"));
            hostile.getLast().charge(MIB + FREE);
        }
        MemoryBudget.Share more = budget.share("hostile");
        assertThatThrownBy(() -> more.charge(MIB)).isInstanceOf(GatewayException.class);

        MemoryBudget.Share honest = budget.share("honest");
        honest.charge(MIB + FREE);
        assertThat(budget.used()).isEqualTo(4 * MIB);
        hostile.forEach(MemoryBudget.Share::close);
        honest.close();
    }

    @Test
    void shareThatNeedsMore_waits_untilAnotherGivesBack() throws Exception {
        MemoryBudget budget = budget(4 * MIB, LONG);
        MemoryBudget.Share holder = budget.share("a");
        holder.charge(3 * MIB);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            MemoryBudget.Share waiter = budget.share("b");
            Future<?> waiting = threads.submit(() -> waiter.charge(2 * MIB));
            while (budget.waiting() == 0) {
                Thread.onSpinWait();
            }
            assertThat(waiting.isDone()).isFalse();
            holder.close();
            waiting.get();
            assertThat(budget.used()).isEqualTo(2 * MIB - FREE);
            waiter.close();
        }
    }

    @Test
    void sharesThatWaitForEachOther_comeToAnEnd_theOldestIsServed() throws Exception {
        MemoryBudget budget = budget(10 * MIB, LONG);
        AtomicLong served = new AtomicLong();
        AtomicLong refused = new AtomicLong();
        CountDownLatch begun = new CountDownLatch(40);
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String owner = "key-" + i % 3;
                all.add(threads.submit(() -> {
                    try (MemoryBudget.Share share = budget.share(owner)) {
                        share.charge(256 * 1024);
                        begun.countDown();
                        begun.await();
                        for (int step = 0; step < 44; step++) {
                            share.charge(64 * 1024);
                        }
                        served.incrementAndGet();
                    } catch (GatewayException e) {
                        assertThat(kind(e)).isEqualTo(ErrorKind.OVERLOADED);
                        refused.incrementAndGet();
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(served.get() + refused.get()).isEqualTo(40);
        assertThat(served.get()).isGreaterThanOrEqualTo(3);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
        assertThat(budget.used()).isZero();
        assertThat(budget.waiting()).isZero();
    }

    @Test
    void waitThatIsInterrupted_isRefused_andTheFlagStays() throws Exception {
        MemoryBudget budget = budget(MIB, LONG);
        MemoryBudget.Share holder = budget.share("a");
        holder.charge(700 * 1024);
        MemoryBudget.Share waiter = budget.share("b");
        AtomicLong flags = new AtomicLong();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                waiter.charge(700 * 1024);
            } catch (GatewayException e) {
                flags.set(Thread.currentThread().isInterrupted() ? 1 : 2);
            }
        });
        while (budget.waiting() == 0) {
            Thread.onSpinWait();
        }
        thread.interrupt();
        thread.join();
        assertThat(flags).hasValue(1);
        assertThat(budget.waiting()).isZero();
        holder.close();
        assertThat(budget.used()).isZero();
    }

    @Test
    void largerBudget_servesThoseWhoWait() throws Exception {
        MemoryBudget budget = budget(MIB, LONG);
        MemoryBudget.Share holder = budget.share("a");
        holder.charge(700 * 1024);
        MemoryBudget.Share waiter = budget.share("b");
        Thread thread = Thread.ofVirtual().start(() -> waiter.charge(700 * 1024));
        while (budget.waiting() == 0) {
            Thread.onSpinWait();
        }
        budget.configure(4 * MIB, LONG);
        thread.join();
        assertThat(waiter.held()).isEqualTo(700 * 1024);
    }

    @Test
    void manyThreads_neverHoldMoreThanThereIs_andAllComesBack() throws Exception {
        long seed = Long.getLong("seed", 7);
        MemoryBudget budget = budget(8 * MIB, Duration.ofMillis(20));
        AtomicLong most = new AtomicLong();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Random random = new Random(seed + i);
                all.add(threads.submit(() -> {
                    for (int round = 0; round < 300; round++) {
                        use(budget, random, most);
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(most.get()).as("seed %d", seed).isLessThanOrEqualTo(8 * MIB);
        assertThat(budget.used()).as("seed %d", seed).isZero();
    }

    private static void use(MemoryBudget budget, Random random, AtomicLong most) {
        try (MemoryBudget.Share share = budget.share("key-" + random.nextInt(3))) {
            for (int i = 0; i < 10; i++) {
                if (random.nextBoolean()) {
                    share.charge(random.nextLong(MIB));
                } else {
                    share.release(random.nextLong(MIB));
                }
                most.accumulateAndGet(budget.used(), Math::max);
            }
        } catch (GatewayException e) {
            assertThat(kind(e)).isIn(ErrorKind.OVERLOADED, ErrorKind.TOO_LARGE);
        }
    }

    @Test
    void maxWait_isThatOfAllWaitsOfAShareTogether() throws Exception {
        AtomicLong time = new AtomicLong();
        MemoryBudget budget = new MemoryBudget(MIB, Duration.ofSeconds(2), time::get);
        MemoryBudget.Share holder = budget.share("a");
        MemoryBudget.Share waiter = budget.share("b");
        holder.charge(700 * 1024);
        Thread first = Thread.ofVirtual().start(() -> waiter.charge(600 * 1024));
        awaitWaiting(budget);
        time.addAndGet(1_500_000_000L);
        holder.release(700 * 1024);
        first.join();
        waiter.release(600 * 1024);

        holder.charge(700 * 1024);
        AtomicLong refused = new AtomicLong();
        Thread second = Thread.ofVirtual().start(() -> {
            try {
                waiter.charge(600 * 1024);
            } catch (GatewayException e) {
                refused.incrementAndGet();
            }
        });
        awaitWaiting(budget);
        time.addAndGet(600_000_000L);
        second.join();

        assertThat(refused).as("1.5 s and 0.6 s are more than 2 s").hasValue(1);
        holder.close();
        waiter.close();
        assertThat(budget.used()).isZero();
    }

    private static void awaitWaiting(MemoryBudget budget) {
        while (budget.waiting() == 0) {
            Thread.onSpinWait();
        }
    }
}
