package io.llmgateway.limits;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.RateState;
import io.llmgateway.model.Refusal;
import io.llmgateway.settings.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The limits that hold for one request. Immutable, thread-safe. */
public final class EffectiveLimits {
    /** Nothing is limited. */
    public static final EffectiveLimits NONE = new EffectiveLimits(List.of());

    private final List<Scope> scopes;
    private final Part part;

    /** Which of the scopes' limits are asked. */
    private enum Part {
        /** All. */
        ALL,
        /** Those of what is under way at once, as far as they hold for every model. */
        PLACES,
        /** All but those. */
        BUT_PLACES;

        boolean includes(Scope scope, Meter meter) {
            boolean place = meter.limit().measure() == Limit.Measure.CONCURRENT && scope.models() == null;
            return switch (this) {
                case ALL -> true;
                case PLACES -> place;
                case BUT_PLACES -> !place;
            };
        }
    }

    /** The scopes must be in the order of their numbers. */
    EffectiveLimits(List<Scope> scopes) {
        this(scopes, Part.ALL);
    }

    private EffectiveLimits(List<Scope> scopes, Part part) {
        this.scopes = scopes;
        this.part = part;
    }

    /**
     * Only the limits of what is under way at once that the key alone decides about: to be asked before a body is read,
     * so that a key holds no more bodies than it may have requests.
     */
    public EffectiveLimits places() {
        List<Scope> holding = new ArrayList<>(scopes.size());
        for (Scope scope : scopes) {
            if (scope.meters().stream().anyMatch(meter -> Part.PLACES.includes(scope, meter))) {
                holding.add(scope);
            }
        }
        return holding.isEmpty() ? NONE : new EffectiveLimits(holding, Part.PLACES);
    }

    /** All limits but those of {@link #places}, which were taken before. */
    public EffectiveLimits butPlaces() {
        return scopes.isEmpty() ? NONE : new EffectiveLimits(scopes, Part.BUT_PLACES);
    }

    /** Those of these limits that were not asked with the others: what another model is limited by in addition. */
    public EffectiveLimits beyond(EffectiveLimits asked) {
        List<Scope> more = new ArrayList<>(scopes);
        more.removeAll(asked.scopes);
        return more.isEmpty() ? NONE : new EffectiveLimits(more, part);
    }

    /**
     * Takes from every limit, or from none. When only limits of what is under way at once stand in the way, it waits
     * for a place, in the order of coming, for half a second at most.
     *
     * @param claim what the request may use at most, by estimate
     * @throws GatewayException with {@link Refusal.LimitExceeded}, which names the limit that stands longest in the way
     */
    public Admission admit(ResourceUsage claim) {
        if (scopes.isEmpty()) {
            return Admission.FREE;
        }
        Refused refused = new Refused();
        Admission admission = tryOnce(claim, refused, null);
        if (admission != null) {
            return admission;
        }
        Waiter waiter = refused.waiter;
        if (waiter == null) {
            throw new GatewayException(refused.error());
        }
        return waiter.await(refused);
    }

    /**
     * Takes from every limit, or from none. Where only places are missing, the waiter stands from now on at the scope
     * that has none.
     *
     * @param waiter who tries again; null for a first try, for which one is made if it is needed
     * @return null when something stands in the way, or when the waiter has given up
     */
    @Nullable
    Admission tryOnce(ResourceUsage claim, Refused refused, @Nullable Waiter waiter) {
        scopes.forEach(scope -> scope.lock().lock());
        try {
            for (Scope scope : scopes) {
                for (Meter meter : scope.meters()) {
                    long wait = part.includes(scope, meter)
                            ? meter.untilFree(claim.amount(meter.limit().measure()))
                            : 0;
                    if (wait > 0) {
                        refused.by(scope, meter.limit(), wait);
                    }
                }
            }
            if (refused.limit == null) {
                return waiter == null || waiter.decide() ? take(claim) : null;
            }
            if (refused.onlyConcurrency) {
                Waiter stands = waiter == null ? new Waiter(this, claim) : waiter;
                stands.waitAt(refused.scope());
                refused.waiter = stands;
            }
            return null;
        } finally {
            scopes.forEach(scope -> scope.lock().unlock());
        }
    }

    private Admission take(ResourceUsage claim) {
        List<Admission.Part> parts = new ArrayList<>(2 * scopes.size());
        for (Scope scope : scopes) {
            for (Meter meter : scope.meters()) {
                if (!part.includes(scope, meter)) {
                    continue;
                }
                long taken = meter.take(claim.amount(meter.limit().measure()));
                parts.add(new Admission.Part(scope, meter, taken, meter.window()));
            }
        }
        return new Admission(parts);
    }

    /** Whose limits these are. */
    List<Scope> scopes() {
        return scopes;
    }

    /** Every one of them as it stands now. */
    public List<LimitStatus> statuses() {
        return scopes.stream().flatMap(scope -> scope.statuses().stream()).toList();
    }

    /** What is left of the limits per minute, of each kind the one that is nearest to its end. */
    public List<RateState> states() {
        if (scopes.isEmpty()) {
            return List.of();
        }
        RateState[] nearest = new RateState[RateState.Kind.values().length];
        for (Scope scope : scopes) {
            scope.lock().lock();
            try {
                for (Meter meter : scope.meters()) {
                    note(nearest, meter);
                }
            } finally {
                scope.lock().unlock();
            }
        }
        List<RateState> states = new ArrayList<>();
        for (RateState state : nearest) {
            if (state != null) {
                states.add(state);
            }
        }
        return states;
    }

    @SuppressWarnings("EnumOrdinal") // indexes an array of this call
    private static void note(@Nullable RateState[] nearest, Meter meter) {
        RateState.Kind kind = switch (meter.limit().measure()) {
            case REQUESTS -> RateState.Kind.REQUESTS;
            case TOKENS -> RateState.Kind.TOKENS;
            case INPUT_TOKENS -> RateState.Kind.INPUT_TOKENS;
            case OUTPUT_TOKENS -> RateState.Kind.OUTPUT_TOKENS;
            case CONCURRENT, MONEY -> null;
        };
        if (kind == null || meter.limit().window() != Limit.Window.MINUTE) {
            return;
        }
        RateState state =
                new RateState(kind, meter.limit().amount(), meter.remaining(), Duration.ofNanos(meter.untilFull()));
        RateState known = nearest[kind.ordinal()];
        if (known == null || share(state) < share(known)) {
            nearest[kind.ordinal()] = state;
        }
    }

    private static double share(RateState state) {
        return (double) state.remaining() / state.limit();
    }

    /** Why a request was not let in. Confined to one try. */
    static final class Refused {
        private @Nullable Scope scope;
        private @Nullable Limit limit;
        private long wait;
        private @Nullable Waiter waiter;
        private boolean onlyConcurrency = true;

        void by(Scope whose, Limit which, long nanos) {
            onlyConcurrency &= which.measure() == Limit.Measure.CONCURRENT;
            if (limit == null || nanos > wait) {
                scope = whose;
                limit = which;
                wait = nanos;
            }
        }

        /** True when nothing but limits of what is under way at once stands in the way. */
        boolean onlyConcurrency() {
            return onlyConcurrency;
        }

        /** True when a limit stands in the way. */
        boolean any() {
            return limit != null;
        }

        /** Whose limit stands longest in the way. */
        Scope scope() {
            return Objects.requireNonNull(scope, "something stood in the way");
        }

        Refusal error() {
            if (scope == null || limit == null) {
                throw new IllegalStateException("nothing stood in the way");
            }
            boolean money = limit.measure() == Limit.Measure.MONEY;
            String amount = money
                    ? java.math.BigDecimal.valueOf(limit.amount(), 9)
                                    .stripTrailingZeros()
                                    .toPlainString() + " USD"
                    : Long.toString(limit.amount());
            String message = "the limit " + limit.name() + " (" + amount + ") of " + scope.describe() + " is reached";
            return new Refusal.LimitExceeded(limit.name(), message, Duration.ofNanos(wait));
        }
    }
}
