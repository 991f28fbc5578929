package io.llmgateway.limits;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Refusal;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits for a place under a limit of what is under way at once. Refusing at once would cost as much as
 * waiting and let the client come again at once: thousands of refusals then take the processors from the few requests
 * that are let in. Who ends a request takes for the first that waits, in its name, so that no place lies idle and
 * nobody is woken in vain. Thread-safe.
 */
final class Waiter implements Expiry.Wait {
    private static final Expiry EXPIRY = new Expiry();

    private final EffectiveLimits applied;
    private final ResourceUsage claim;
    // whoever sets it decides about the request: its own thread gives up, another one lets it in or refuses it
    private final AtomicBoolean decided = new AtomicBoolean();
    private final Semaphore told = new Semaphore(0);
    private volatile @Nullable Admission admission;
    private volatile @Nullable Refusal refusal;
    private volatile @Nullable Scope at;
    private volatile long endsAt;

    Waiter(EffectiveLimits applied, ResourceUsage claim) {
        this.applied = applied;
        this.claim = claim;
    }

    /**
     * Waits for a place at the scope where it stands already.
     *
     * @param refused why it was not let in at once
     * @throws GatewayException when none became free in time
     */
    Admission await(EffectiveLimits.Refused refused) {
        EXPIRY.watch(this);
        try {
            told.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (!decide()) {
                // another thread has decided just now and is about to say what
                told.acquireUninterruptibly();
            }
        }
        Admission given = admission;
        if (given != null) {
            return given;
        }
        leave();
        Refusal other = refusal;
        throw new GatewayException(other == null ? refused.error() : other);
    }

    @Override
    public void endsAt(long step) {
        endsAt = step;
    }

    @Override
    public boolean over(long step) {
        if (step < endsAt) {
            return decided.get();
        }
        if (decide()) {
            told.release();
        }
        return true;
    }

    /** True for the one caller who may decide what becomes of the request. */
    boolean decide() {
        return decided.compareAndSet(false, true);
    }

    /** Waits at this scope from now on, whose lock the caller holds. */
    void waitAt(Scope scope) {
        if (at == scope) {
            // it was the first a moment ago and keeps its turn
            scope.waiting().addFirst(this);
        } else {
            at = scope;
            scope.waiting().addLast(this);
        }
        if (decided.get()) {
            scope.waiting().remove(this);
        }
    }

    private void leave() {
        Scope scope = at;
        if (scope == null) {
            return;
        }
        scope.lock().lock();
        try {
            scope.waiting().remove(this);
        } finally {
            scope.lock().unlock();
        }
    }

    /** Gives a place that became free at this scope to the first who can use it. */
    static void next(Scope scope) {
        for (Waiter first = first(scope); first != null; first = first(scope)) {
            if (first.letIn(scope)) {
                return;
            }
        }
    }

    private static @Nullable Waiter first(Scope scope) {
        scope.lock().lock();
        try {
            return scope.waiting().isEmpty() ? null : scope.waiting().removeFirst();
        } finally {
            scope.lock().unlock();
        }
    }

    /** True when the place is taken, by this or by another request; false when somebody else may have it. */
    private boolean letIn(Scope scope) {
        EffectiveLimits.Refused refused = new EffectiveLimits.Refused();
        Admission given = applied.tryOnce(claim, refused, this);
        if (given != null) {
            admission = given;
            told.release();
            return true;
        }
        if (!refused.any()) {
            // it has given up
            return false;
        }
        if (!refused.onlyConcurrency()) {
            if (decide()) {
                refusal = refused.error();
                told.release();
            }
            return false;
        }
        return refused.scope() == scope;
    }
}
