package io.llmgateway.pipeline;

import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Refusal;
import io.llmgateway.wire.MemoryMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes large things under way may hold together: request bodies, the trees made of them, converted requests,
 * whole converted answers, large events. Bytes are taken as they arrive, never as they are announced. The first
 * {@link #FREE_BYTES} of every share are free, so that small requests are never refused because large ones wait, as
 * long as all that is free together stays within an eighth of the budget; thousands of small ones are charged too.
 *
 * <p>Who needs more than there is waits (and reads nothing from its connection meanwhile) up to a limit, which is that
 * of all its waits together, then is refused with 503. The oldest share is served first; when nothing comes back for
 * {@link #STALL_NANOS}, the youngest waiting share of the owner that holds most is refused, so that shares that wait
 * for each other come to an end. One owner, a key, never holds more than three quarters. Thread-safe.
 */
public final class MemoryBudget {
    /** What every share may hold without asking, in bytes. */
    public static final long FREE_BYTES = 64 * 1024;

    /** How long nothing may come back before a waiting share is refused, in nanoseconds. */
    static final long STALL_NANOS = 250_000_000L;

    /** All shares together hold one part of so many of the budget free of charge, and at least so many bytes. */
    private static final long FREE_PART = 8;

    private static final long LEAST_FREE = 8 << 20;
    private static final long LOOK_NANOS = 50_000_000L;
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final LongSupplier nanoTime;
    private final List<Waiter> waiters = new ArrayList<>();
    private final Map<String, Owner> owners = new HashMap<>();
    private final LongAdder refused = new LongAdder();
    private final AtomicLong freeHeld = new AtomicLong();
    private volatile long capacity;
    private volatile long ceiling = Long.MAX_VALUE;
    private volatile LongSupplier beside = () -> 0;
    private volatile long maxWaitNanos;
    private long used;
    private volatile int waiting;
    private long shares;
    private long lastRelease;
    private boolean stuck;

    /**
     * Makes a budget.
     *
     * @param capacity bytes that may be held together, more than 0
     * @param maxWait how long a share waits for bytes before it is refused; 0 to refuse at once
     * @param nanoTime monotonic time in nanoseconds
     */
    public MemoryBudget(long capacity, Duration maxWait, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        configure(capacity, maxWait);
    }

    /** Applies other bounds; what is held stays held. */
    public void configure(long bytes, Duration maxWait) {
        if (bytes <= 0 || maxWait.isNegative()) {
            throw new IllegalArgumentException("the capacity must be more than 0 and the wait 0 or more");
        }
        lock.lock();
        try {
            capacity = bytes;
            maxWaitNanos = maxWait.toNanos();
            serve();
        } finally {
            lock.unlock();
        }
    }

    /** Says what else holds memory, asked from any thread, and how many bytes that and all shares may hold together. */
    public void beside(LongSupplier bytes, long most) {
        beside = bytes;
        ceiling = most;
    }

    /**
     * A share that holds nothing yet.
     *
     * @param owner whose bytes these are: one owner never holds more than its part of the budget
     */
    public Share share(String owner) {
        return new Share(owner);
    }

    /** Bytes that may be held together. */
    public long capacity() {
        return capacity;
    }

    /** Bytes that are held beyond what is free. */
    public long used() {
        lock.lock();
        try {
            return used;
        } finally {
            lock.unlock();
        }
    }

    /** Shares that wait for bytes. */
    public int waiting() {
        return waiting;
    }

    /** How often a share was refused. */
    public long refused() {
        return refused.sum();
    }

    /** What one owner may hold, in bytes. */
    private long ownerLimit() {
        return capacity - capacity / 4;
    }

    /** Takes without waiting; false when there is not enough. */
    private boolean takeNow(Share share, long bytes) {
        lock.lock();
        try {
            if (share.taken + bytes > ownerLimit()) {
                refused.increment();
                throw new GatewayException(new CallerFault.TooMuchMemory(ownerLimit()));
            }
            if (share.owner == null) {
                share.owner = owners.computeIfAbsent(share.ownerName, Owner::new);
                share.owner.shares++;
                share.number = shares++;
            }
            boolean now = waiters.isEmpty() && fits(share, bytes);
            if (now) {
                grant(share, bytes);
            }
            return now;
        } finally {
            lock.unlock();
        }
    }

    private void take(Share share, long bytes) {
        lock.lock();
        try {
            await(new Waiter(share, bytes, lock.newCondition()));
        } finally {
            lock.unlock();
        }
    }

    private boolean fits(Share share, long bytes) {
        return used + bytes <= Math.min(capacity, ceiling - beside.getAsLong())
                && owner(share).used + bytes <= ownerLimit();
    }

    private static Owner owner(Share share) {
        Owner owner = share.owner;
        if (owner == null) {
            throw new IllegalStateException("a share that takes has an owner");
        }
        return owner;
    }

    private void grant(Share share, long bytes) {
        used += bytes;
        owner(share).used += bytes;
        share.taken += bytes;
    }

    private void await(Waiter waiter) {
        Share share = waiter.share;
        long begun = nanoTime.getAsLong();
        long mayWait = maxWaitNanos - share.waited;
        waiters.add(waiter);
        waiters.sort(Comparator.comparingLong(one -> one.share.number));
        waiting = waiters.size();
        serve();
        try {
            while (!waiter.granted) {
                long now = nanoTime.getAsLong();
                long left = mayWait - (now - begun);
                if (share.refused || left <= 0) {
                    share.refused = true;
                    throw refuse();
                }
                boolean stalled = stuck || now - Math.max(begun, lastRelease) > STALL_NANOS;
                if (stalled && waiters.getFirst() == waiter) {
                    refuseYoungest(waiter);
                }
                // how much of the wait was left does not matter: the loop looks at the time itself
                long unused = waiter.turn.awaitNanos(Math.min(left, LOOK_NANOS));
                assert unused <= LOOK_NANOS;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refuse();
        } finally {
            share.waited += nanoTime.getAsLong() - begun;
            waiters.remove(waiter);
            waiting = waiters.size();
            // whoever came after this one may fit now
            serve();
        }
    }

    private GatewayException refuse() {
        refused.increment();
        return new GatewayException(new Refusal.Overloaded(
                "the memory for large requests (server.memory.budget, " + capacity + " bytes) is in use", RETRY));
    }

    /** Nothing comes back: somebody who waits must let go of what it holds. */
    private void refuseYoungest(Waiter oldest) {
        Waiter youngest = null;
        for (Waiter one : waiters) {
            boolean holds = one != oldest && !one.share.refused && one.share.taken > 0;
            if (holds && (youngest == null || owner(one.share).used >= owner(youngest.share).used)) {
                youngest = one;
            }
        }
        if (youngest != null) {
            // who waits next need not wait as long to find out the same
            stuck = true;
            youngest.share.refused = true;
            youngest.turn.signal();
        }
    }

    /** Serves those who wait, the oldest share first; one that waits for its owner's part lets others pass. */
    private void serve() {
        for (Waiter one : waiters) {
            if (one.granted || one.share.refused) {
                continue;
            }
            if (fits(one.share, one.bytes)) {
                grant(one.share, one.bytes);
                one.granted = true;
                one.turn.signal();
            } else if (owner(one.share).used + one.bytes <= ownerLimit()) {
                return;
            }
        }
    }

    private void giveBack(Share share, long bytes, boolean last) {
        lock.lock();
        try {
            used -= bytes;
            share.taken -= bytes;
            Owner owner = owner(share);
            owner.used -= bytes;
            if (last && --owner.shares == 0) {
                owners.remove(owner.name);
            }
            if (!share.refused) {
                // what a refusal gives back is no sign that those who hold come to an end by themselves
                lastRelease = nanoTime.getAsLong();
                stuck = false;
            }
            serve();
        } finally {
            lock.unlock();
        }
    }

    /** Who holds: a key. Guarded by the lock. */
    private static final class Owner {
        private final String name;
        private long used;
        private int shares;

        Owner(String name) {
            this.name = name;
        }
    }

    /** A share that waits for bytes. Guarded by the lock. */
    private static final class Waiter {
        private final Share share;
        private final long bytes;
        private final Condition turn;
        private boolean granted;

        Waiter(Share share, long bytes, Condition turn) {
            this.share = share;
            this.bytes = bytes;
            this.turn = turn;
        }
    }

    /** What one request holds. Confined to one thread at a time. */
    public final class Share implements MemoryMeter, AutoCloseable {
        private final String ownerName;
        private @Nullable Owner owner;
        private long number;
        private long held;
        private long taken;
        private long free;
        private boolean refused;
        private long waited;
        private @Nullable Semaphore place;

        private Share(String ownerName) {
            this.ownerName = ownerName;
        }

        /**
         * Takes bytes before they are used; waits for them when there are not enough.
         *
         * @param bytes 0 or more
         * @throws GatewayException when the wait was in vain, or when one owner may never hold so much
         */
        @Override
        public void charge(long bytes) {
            takeFree(Math.min(FREE_BYTES, held + bytes));
            long missing = Math.max(0, held + bytes - free) - taken;
            if (missing > 0 && !takeNow(this, missing)) {
                waitOutside(missing);
            }
            held += bytes;
        }

        /** Takes of what is free for all together, up to so much for this share. */
        private void takeFree(long upTo) {
            long more = upTo - free;
            if (more > 0 && freeHeld.addAndGet(more) <= Math.max(LEAST_FREE, capacity / FREE_PART)) {
                free = upTo;
            } else if (more > 0) {
                freeHeld.addAndGet(-more);
            }
        }

        private void leaveFree(long butFor) {
            freeHeld.addAndGet(-Math.max(0, free - butFor));
            free = Math.min(free, butFor);
        }

        /** Who waits for memory does not keep others from working meanwhile. */
        private void waitOutside(long missing) {
            Semaphore lent = place;
            if (lent == null) {
                take(this, missing);
                return;
            }
            lent.release();
            try {
                take(this, missing);
            } finally {
                lent.acquireUninterruptibly();
            }
        }

        /** The place that the owner of this share holds while it works; null when it holds none. */
        void worksAt(@Nullable Semaphore heavy) {
            place = heavy;
        }

        /** Gives bytes back that are not used any more; never more than are held. */
        @Override
        public void release(long bytes) {
            held = Math.max(0, held - bytes);
            leaveFree(held);
            long spare = taken - Math.max(0, held - free);
            if (spare > 0) {
                giveBack(this, spare, false);
            }
        }

        /** Bytes that are held, with those that are free. */
        public long held() {
            return held;
        }

        /** Gives everything back; a second call does nothing. */
        @Override
        public void close() {
            held = 0;
            leaveFree(0);
            if (owner != null) {
                giveBack(this, taken, true);
                owner = null;
            }
        }
    }
}
