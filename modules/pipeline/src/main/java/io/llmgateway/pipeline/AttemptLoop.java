package io.llmgateway.pipeline;

import io.llmgateway.balancing.Lease;
import io.llmgateway.converters.Choices;
import io.llmgateway.converters.Translation;
import io.llmgateway.converters.TranslationRequest;
import io.llmgateway.converters.Translator;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ModelName;
import io.llmgateway.pipeline.AttemptPolicy.Next;
import io.llmgateway.pipeline.AttemptPolicy.Position;
import io.llmgateway.pipeline.Snapshot.InstanceRuntime;
import io.llmgateway.pipeline.Snapshot.ProviderRuntime;
import io.llmgateway.routing.RoutePlan;
import io.llmgateway.routing.Target;
import io.llmgateway.settings.RouteOptions;
import io.llmgateway.wire.WorkBudget;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tries instances and targets until one answer is committed or none is left. A failure before the commit goes on with
 * what is left to try, afterwards never: two instances never both speak to a client. Thread-safe.
 */
final class AttemptLoop {
    private final Services services;
    private final WorkBudget relayed = WorkBudget.withoutDeadline();

    AttemptLoop(Services services) {
        this.services = services;
    }

    /**
     * Serves the request.
     *
     * @param plan why it goes where
     * @param targets those of the plan in the order in which they are tried, at least one
     */
    void run(RequestContext context, RoutePlan plan, List<Target> targets) {
        Progress progress = new Progress(services.now(), new Commit(context, services));
        context.request().watch(progress);
        try {
            for (int i = 0; i < targets.size(); i++) {
                Target target = targets.get(i);
                boolean last = i == targets.size() - 1;
                if (i > 0 && !admitted(context, plan, target, progress)) {
                    continue;
                }
                if (tryTarget(context, way(context, target, plan.options()), last, progress)) {
                    return;
                }
            }
        } finally {
            context.request().watch(null);
            progress.commit().over();
        }
        throw progress.lastFailure();
    }

    /** True when the limits of a fallback's model let the request go there. */
    private static boolean admitted(RequestContext context, RoutePlan plan, Target target, Progress progress) {
        Snapshot snapshot = context.snapshot();
        String model = target.model().value();
        try {
            context.record()
                    .charge()
                    .admitAlso(
                            snapshot.limiter()
                                    .applied(
                                            context.principal().key(),
                                            plan.requested().value(),
                                            model),
                            snapshot.prices(),
                            model);
            return true;
        } catch (GatewayException e) {
            // that is what the client can wait for
            progress.failed(e);
            return false;
        }
    }

    private Way way(RequestContext context, Target target, RouteOptions options) {
        ProviderRuntime provider = context.snapshot().provider(target.provider());
        Translator translator = services.protocols()
                .between(context.client().protocol(), provider.type().protocol())
                .orElseThrow(() -> new GatewayException(new CallerFault.InvalidField(
                        "model",
                        "the model '" + context.facts().model() + "' is served by a provider of type '"
                                + provider.type().type() + "', which this endpoint cannot reach")));
        return new Way(target, provider, translator, options);
    }

    /** True when the request is served; false when the next target is to be tried. */
    private boolean tryTarget(RequestContext context, Way way, boolean last, Progress progress) {
        try (Converted converted = new Converted(context, way, progress)) {
            return tryTarget(context, way, converted, last, progress);
        }
    }

    /**
     * Tries the instances of one target.
     *
     * @param converted gives the request in the target's protocol
     * @return true when the request is served; false when the next target is to be tried
     */
    boolean tryTarget(
            RequestContext context, Way way, Supplier<Translation> converted, boolean last, Progress progress) {
        try {
            return tryInstances(context, way, converted, last, progress);
        } finally {
            progress.settleSuspects();
        }
    }

    private boolean tryInstances(
            RequestContext context, Way way, Supplier<Translation> converted, boolean last, Progress progress) {
        ParallelChoices choices = null;
        Set<InstanceName> tried = Set.of();
        int attempts = 0;
        while (true) {
            try {
                Translation translation = converted.get();
                byte[] estimated = context.counting() ? translation.estimated() : null;
                Choices several = translation.choices();
                if (several != null) {
                    choices = new ParallelChoices(this, services, context, way, translation, several, last, progress);
                    try (Opened opened = choices.open(progress.cancellation())) {
                        serve(context, opened, progress);
                    }
                } else if (estimated != null) {
                    serve(context, new EstimatedCount(estimated, context), progress);
                } else {
                    choose(context, way, tried, last, progress);
                    attempts++;
                    tryInstance(context, way, translation, progress);
                }
                return true;
            } catch (GatewayException e) {
                if (progress.commit().won()) {
                    throw e;
                }
                progress.failed(e);
                tried = progress.alsoTried(tried);
                Next next = choices == null ? next(e.error().kind(), way, attempts, last, progress) : choices.next();
                switch (next) {
                    case INSTANCE -> {
                        // the loop goes on with those that were not tried
                    }
                    case TARGET -> {
                        return false;
                    }
                    case GIVE_UP -> throw progress.lastFailure();
                }
            }
        }
    }

    private Next next(ErrorKind kind, Way way, int attempts, boolean last, Progress progress) {
        if (progress.requestsOwnFailure()) {
            // its other instances would say the same, another model may not
            return last || progress.attempts() >= way.mostAttempts() ? Next.GIVE_UP : Next.TARGET;
        }
        boolean again = AttemptPolicy.worthAnotherInstance(kind)
                && attempts < way.maxAttempts()
                && progress.attempts() < way.mostAttempts()
                && services.retries().take(way.target().provider(), way.retries(), services.now());
        boolean nothing = last || progress.attempts() >= way.mostAttempts();
        Position otherwise = nothing ? Position.LAST : Position.TARGETS_LEFT;
        return AttemptPolicy.next(
                kind, again ? Position.INSTANCES_LEFT : otherwise, way.options().fallbackOn());
    }

    /** Waits for an instance, unless one was taken before; a client that leaves meanwhile ends the wait. */
    private void choose(RequestContext context, Way way, Set<InstanceName> tried, boolean last, Progress progress) {
        Stopwatch stopwatch = context.record().stopwatch();
        stopwatch.waits(services.now());
        progress.waits(Thread.currentThread());
        try {
            if (tried.isEmpty()) {
                services.retries().earn(way.target().provider(), services.now());
            }
            if (!progress.lease().held()) {
                context.snapshot()
                        .balancer()
                        .choose(progress.lease(), way.target().provider(), tried, SessionIds.of(context), last);
            }
        } catch (GatewayException e) {
            throw progress.explained(e);
        } finally {
            progress.waits(null);
            stopwatch.goesOn(services.now());
        }
    }

    private void tryInstance(RequestContext context, Way way, Translation translation, Progress progress) {
        RequestRecord record = context.record();
        try (Lease lease = progress.lease()) {
            InstanceName name = lease.instance().name();
            InstanceRuntime instance =
                    Objects.requireNonNull(way.provider().instances().get(name));
            progress.tries(name);
            InstanceSource source =
                    new InstanceSource(services, context, way, instance, lease, translation, progress.begunAt());
            long now = services.now();
            record.attempts()
                    .begin(
                            way,
                            instance,
                            record.spanNumber(services.random().get().nextLong()),
                            now);
            record.charge().attempt(way.target().model().value(), !context.counting());
            record.stopwatch().waits(now);
            try (Opened opened = source.open(progress.cancellation())) {
                serve(context, opened, progress);
                ended(record, name, null);
            } catch (GatewayException e) {
                // an exchange that was ended from outside says nothing about the instance
                GatewayException cause = progress.explained(e);
                ErrorKind kind = cause.error().kind();
                ended(record, name, kind);
                throw judged(lease, source, cause, progress);
            }
        }
    }

    private static void serve(RequestContext context, Opened opened, Progress progress) {
        if (progress.commit().win(opened)) {
            progress.settleSuspects();
            opened.relayTo(context.sink());
        }
    }

    private void ended(RequestRecord record, InstanceName name, @Nullable ErrorKind failure) {
        long now = services.now();
        record.stopwatch().goesOn(now);
        record.attempts().end(failure, now);
        services.metrics().attempt(name, failure);
    }

    /** Whose failure it was, and what it is told as. */
    private static GatewayException judged(
            Lease lease, InstanceSource source, GatewayException cause, Progress progress) {
        boolean won = progress.commit().won();
        if (!won && Suspects.suspicious(cause)) {
            return progress.suspects().judge(lease, cause);
        }
        progress.settleSuspects();
        blame(lease, source, cause, won);
        return cause;
    }

    private static void blame(Lease lease, InstanceSource source, GatewayException e, boolean committed) {
        ErrorKind kind = e.error().kind();
        if (source.clientsOwn(kind)) {
            return;
        }
        if (committed) {
            if (AttemptPolicy.blamesInstanceAfterCommit(kind)) {
                lease.failedAfterCommit(kind);
            }
        } else if (AttemptPolicy.blamesInstance(kind)) {
            lease.failed(kind, e.error().retryAfter());
        }
    }

    /** The request in the protocol of one target, converted once for all its instances. Confined to one request. */
    private final class Converted implements Supplier<Translation>, AutoCloseable {
        private final RequestContext context;
        private final Way way;
        private final Progress progress;
        private @Nullable Translation made;

        Converted(RequestContext context, Way way, Progress progress) {
            this.context = context;
            this.way = way;
            this.progress = progress;
        }

        @Override
        public Translation get() {
            Translation known = made;
            if (known == null) {
                known = converted();
                made = known;
                context.record().warn(warnings(known));
            }
            return known;
        }

        private List<String> warnings(Translation translation) {
            boolean lost = ModelName.asksForLongContext(context.facts().model())
                    && way.provider().type().longContextBeta().isEmpty();
            return lost
                    ? Stream.concat(translation.warnings().stream(), Stream.of("dropped:model[1m]"))
                            .toList()
                    : translation.warnings();
        }

        private Translation converted() {
            if (way.relays(context.client().protocol())) {
                return way.translator().begin(request());
            }
            // a client that leaves ends the wait, and converting notices by itself
            progress.waits(Thread.currentThread());
            try {
                return services.heavyWork().run(context.body().length(), deadline(), context.memory(), () -> {
                    progress.waits(null);
                    return way.translator().begin(request());
                });
            } catch (GatewayException e) {
                throw progress.explained(e);
            } finally {
                progress.waits(null);
            }
        }

        private long deadline() {
            return progress.begunAt() + way.total().toNanos();
        }

        private TranslationRequest request() {
            String version = context.request().header("anthropic-version");
            return new TranslationRequest(
                    context.body().bytes(),
                    context.body().length(),
                    context.facts(),
                    way.target().model(),
                    version == null ? "" : version,
                    way.provider().settings().apiVersion(),
                    way.target().provider(),
                    way.provider().settings().conversion() == io.llmgateway.settings.Conversion.STRICT,
                    context.counting(),
                    way.provider().settings().choices(),
                    context.principal().key().value(),
                    services.clock().instant().getEpochSecond(),
                    services.random().get(),
                    context.memory(),
                    work());
        }

        /** Converting ends with the request's time, or when nobody waits for it any more. */
        private WorkBudget work() {
            if (way.relays(context.client().protocol())) {
                // what is relayed is not worked on
                return relayed;
            }
            return new WorkBudget(
                    WorkBudget.DEFAULT_MAX_STEPS, services.nanoTime(), deadline(), progress.cancellation()::cancelled);
        }

        @Override
        public void close() {
            if (made != null) {
                made.end();
            }
        }
    }
}
