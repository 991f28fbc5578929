package io.llmgateway.pipeline;

import io.llmgateway.ledger.UsageRecord;
import io.llmgateway.limits.Admission;
import io.llmgateway.limits.EffectiveLimits;
import io.llmgateway.limits.ResourceUsage;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.Usage;
import io.llmgateway.settings.PriceList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one request takes from its limits and gives back: what it may use by estimate, what it was let in with, what it
 * has used, what that costs. Closed exactly once, before anything else is told of the request's end; what is said
 * afterwards changes nothing. Confined to one request.
 */
final class Charge {
    private static final long NOT_TOLD = -1;

    private EffectiveLimits applied = EffectiveLimits.NONE;
    private @Nullable Estimate estimate;
    private Admission place = Admission.FREE;
    private @Nullable Admission admission;
    private List<Admission> further = List.of();
    private @Nullable String model;
    private @Nullable Usage usage;
    private boolean sent;
    private boolean partial;
    private boolean told;
    private long toldInput = NOT_TOLD;
    private boolean estimated;
    private boolean summed;
    private boolean summedEstimate;
    private boolean spentEstimate;
    private List<PastUsage> spent = List.of();
    private boolean closed;
    private long pieces;
    private long cost;

    /** What several answers have used that the client did not get. */
    private record PastUsage(String model, Usage usage) {}

    /** Says which limits hold, before they are asked. */
    void limitedBy(EffectiveLimits limits, Estimate beforehand) {
        applied = limits;
        estimate = beforehand;
    }

    /** What one of several answers to the same request uses; it takes from no limit and is never closed. */
    Charge choice() {
        Charge one = new Charge();
        one.estimate = estimate == null ? null : estimate.once();
        return one;
    }

    /** One of several answers is over: without numbers from the provider its usage is estimated. */
    void over(@Nullable ErrorKind failure) {
        complete(failure);
    }

    /**
     * What several answers of this model have used together, in place of what one attempt has used.
     *
     * @return what their provider has reported, or what it is by estimate
     */
    Usage sum(String servedModel, List<Charge> choices) {
        attempt(servedModel, false);
        summed = true;
        Usage sum = Usage.NONE;
        for (Charge one : choices) {
            if (one.usage != null) {
                sum = sum.plus(one.usage);
                usage = sum;
            }
            summedEstimate |= one.estimated;
        }
        return sum;
    }

    /** Takes a place among what is under way at once, before anything of the request is read. */
    void takePlace(EffectiveLimits places) {
        place = places.admit(ResourceUsage.NOTHING);
    }

    /** Takes from the limits what the request may use; throws when there is not enough left. */
    void admit(PriceList prices, String servedModel) {
        admission = applied.butPlaces().admit(claim(prices, servedModel));
    }

    /**
     * Takes from the limits that hold for another model in addition, before the request goes there; throws when there
     * is not enough left.
     *
     * @param limits all that hold for the other model
     */
    void admitAlso(EffectiveLimits limits, PriceList prices, String servedModel) {
        EffectiveLimits more = limits.beyond(applied);
        if (more != EffectiveLimits.NONE) {
            further = further.isEmpty() ? new ArrayList<>(1) : further;
            further.add(more.admit(claim(prices, servedModel)));
        }
    }

    private ResourceUsage claim(PriceList prices, String servedModel) {
        Estimate before = estimate;
        return before == null ? ResourceUsage.NOTHING : before.claim(prices, servedModel);
    }

    /** True when the request was let in by its limits, so that its usage counts. */
    boolean admitted() {
        return admission != null;
    }

    /** The limits that hold. */
    EffectiveLimits limits() {
        return applied;
    }

    /**
     * An attempt at this model begins: what an attempt before it has used and was not answered for is not its own. Of
     * several answers that one has failed for all, the others may be complete: they count.
     *
     * @param generates false when it only counts tokens, which costs nothing
     */
    void attempt(String servedModel, boolean generates) {
        if (summed && usage != null) {
            spent = spent.isEmpty() ? new ArrayList<>(1) : spent;
            spent.add(new PastUsage(String.valueOf(model), usage));
            spentEstimate |= summedEstimate;
        }
        summed = false;
        model = servedModel;
        usage = null;
        partial = false;
        told = false;
        toldInput = NOT_TOLD;
        pieces = 0;
        sent = generates;
        summedEstimate = false;
    }

    /** Content has come so many times; a measure for answers that end without saying what they cost. */
    void content(long more) {
        pieces = Math.min(Usage.MAX_TOKENS, pieces + more);
    }

    /**
     * What the provider has reported.
     *
     * @param tokens null when it has reported nothing
     * @param complete false when more was used than it has said
     * @param byEstimate what the client was told in its place, which is charged as it is; null when it was not
     * @param estimatedInput about how many tokens the request has, as the client is told; -1 when it is not
     */
    void used(@Nullable Usage tokens, boolean complete, @Nullable Usage byEstimate, long estimatedInput) {
        toldInput = estimatedInput;
        Usage known = byEstimate == null ? tokens : byEstimate;
        if (known != null && !closed) {
            usage = known;
            told = byEstimate != null;
            partial = !complete && !told;
        }
    }

    /**
     * Gives back to the limits what was not used; only the first call counts. Without numbers from the provider the
     * usage is estimated, when it has, or may have, worked for the request.
     *
     * @param failure how the request ended; null when it was served
     */
    void close(@Nullable ErrorKind failure, PriceList prices) {
        if (closed) {
            return;
        }
        closed = true;
        Admission taken = admission;
        ResourceUsage claim = ResourceUsage.NOTHING;
        try {
            if (taken != null) {
                complete(failure);
                claim = price(prices);
            }
        } finally {
            place.settle(claim);
            if (taken != null) {
                taken.settle(claim);
            }
            for (Admission one : further) {
                one.settle(claim);
            }
        }
    }

    private void complete(@Nullable ErrorKind failure) {
        estimated = summedEstimate || (told && usage != null);
        boolean worked = sent && (pieces > 0 || failure == null || mayHaveWorked(failure));
        if (usage == null && worked && estimate != null) {
            usage = new Usage(input(), 0, 0, pieces, 0);
            estimated = true;
        } else if (usage != null && !told && (partial || failure != null)) {
            // what was said before the end is less than what was used, and nothing is asked without input
            usage = new Usage(
                    usage.input() == 0 ? input() : usage.inputUncached(),
                    usage.inputCacheRead(),
                    usage.inputCacheWrite(),
                    Math.max(usage.output(), pieces),
                    usage.reasoning());
            estimated = true;
        }
    }

    /** About how many tokens the request has: as the client was told, or as was reserved. */
    private long input() {
        // one exchange has its input once, however often the first target would have been asked
        Estimate before = estimate == null || summed ? estimate : estimate.once();
        return toldInput >= 0 || before == null ? Math.max(0, toldInput) : before.input();
    }

    private ResourceUsage price(PriceList prices) {
        Usage used = usage == null ? Usage.NONE : usage;
        Optional<Long> price = prices.of(String.valueOf(model)).map(found -> found.cost(used));
        cost = price.orElse(usage == null ? 0L : UsageRecord.NO_PRICE);
        for (PastUsage one : spent) {
            also(one.usage(), prices.of(one.model()).map(found -> found.cost(one.usage())));
        }
        Usage all = usage == null ? Usage.NONE : usage;
        return new ResourceUsage(all.input(), all.output(), Math.max(0, cost));
    }

    /** What has a price is told, although another part has none. */
    private void also(Usage more, Optional<Long> price) {
        cost = price.map(known -> known + Math.max(0, cost)).orElse(usage == null ? UsageRecord.NO_PRICE : cost);
        usage = usage == null ? more : usage.plus(more);
        estimated |= spentEstimate;
    }

    /** True when the provider was ended, or lost, in the middle of its work, for which it may charge. */
    static boolean mayHaveWorked(ErrorKind failure) {
        return switch (failure) {
            case CLIENT_GONE,
                    DRAINING,
                    TIMEOUT_FIRST_TOKEN,
                    TIMEOUT_IDLE,
                    TIMEOUT_TOTAL,
                    UPSTREAM_RESET,
                    UPSTREAM_MODEL,
                    UPSTREAM_INTERRUPTED -> true;
            case BAD_REQUEST,
                    CONTEXT_LENGTH,
                    CONTENT_POLICY,
                    AUTHENTICATION,
                    PERMISSION,
                    NOT_FOUND,
                    MODEL_NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    REQUEST_TIMEOUT,
                    CONFLICT,
                    TOO_LARGE,
                    HEADERS_TOO_LARGE,
                    UNSUPPORTED_MEDIA,
                    EXPECTATION_FAILED,
                    RATE_LIMIT,
                    OVERLOADED,
                    UPSTREAM_AUTHENTICATION,
                    UPSTREAM_BILLING,
                    UPSTREAM_RATE_LIMIT,
                    UPSTREAM_OVERLOADED,
                    UPSTREAM_SERVER,
                    UPSTREAM_CONNECT,
                    UPSTREAM_TLS,
                    UPSTREAM_MALFORMED,
                    UPSTREAM_EMPTY,
                    TIMEOUT_CONNECT,
                    NO_INSTANCE,
                    INTERNAL -> false;
        };
    }

    /** True when the provider has reported all that was used. */
    boolean complete() {
        return usage != null && !partial;
    }

    /** Null when nothing is known. */
    @Nullable
    Usage usage() {
        return usage;
    }

    /** True when the provider did not say all of it. */
    boolean estimated() {
        return estimated;
    }

    /** In billionths of a dollar; {@link UsageRecord#NO_PRICE} when the model has no price. */
    long cost() {
        return cost;
    }
}
