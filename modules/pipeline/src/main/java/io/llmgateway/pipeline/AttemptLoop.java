package io.llmgateway.pipeline;

import io.llmgateway.balancing.Lease;
import io.llmgateway.converters.Translation;
import io.llmgateway.converters.TranslationRequest;
import io.llmgateway.converters.Translator;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.Refusal;
import io.llmgateway.pipeline.Snapshot.InstanceRuntime;
import io.llmgateway.pipeline.Snapshot.ProviderRuntime;
import io.llmgateway.routing.RoutePlan;
import io.llmgateway.routing.Target;
import io.llmgateway.settings.Conversion;
import io.llmgateway.settings.RouteOptions;
import io.llmgateway.upstream.Cancellation;
import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.WorkBudget;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tries instances and targets until one answer is committed or none is left. A failure before the first content goes on
 * with the next instance, afterwards never: two instances never both speak to a client. Thread-safe.
 */
final class AttemptLoop {
    private static final int MAX_ATTEMPTS = 3;

    private final Services services;
    private final Attempt attempt;

    AttemptLoop(Services services) {
        this.services = services;
        this.attempt = new Attempt(services);
    }

    /** Serves the request from the plan's targets in their order. */
    void run(Work work, RoutePlan plan) {
        Progress progress = new Progress(services.now());
        work.request().watch(progress);
        try {
            for (Target target : plan.drawn(services.random().get())) {
                if (tryTarget(work, target, plan.options(), progress)) {
                    return;
                }
            }
        } finally {
            work.request().watch(null);
        }
        throw Objects.requireNonNull(progress.last, "a plan has at least one target");
    }

    /** True when the request is served; false when the next target may be tried. */
    private boolean tryTarget(Work work, Target target, RouteOptions options, Progress progress) {
        ProviderRuntime provider = work.snapshot().provider(target.provider());
        Attempt.Way way = new Attempt.Way(target, provider, translator(work, provider), options);
        if (work.counting() && estimated(work, way)) {
            return true;
        }
        Set<InstanceName> tried = Set.of();
        while (progress.attempts < MAX_ATTEMPTS) {
            try {
                tryInstance(work, way, tried, progress);
                return true;
            } catch (GatewayException e) {
                AttemptPolicy.Next next = AttemptPolicy.next(e.error().kind(), options.fallBackOn());
                if (next == AttemptPolicy.Next.GIVE_UP || work.answer().committed()) {
                    throw e;
                }
                progress.failed(e);
                tried = progress.alsoTried(tried);
                if (next == AttemptPolicy.Next.TARGET) {
                    return false;
                }
                if (!services.retries().take(target.provider(), services.now())) {
                    throw e;
                }
            }
        }
        return false;
    }

    private void tryInstance(Work work, Attempt.Way way, Set<InstanceName> tried, Progress progress) {
        Translation translation = translation(work, way);
        choose(work, way, tried, progress);
        try (Lease lease = progress.lease) {
            InstanceName name = lease.instance().name();
            progress.trying = name;
            InstanceRuntime instance =
                    Objects.requireNonNull(way.provider().instances().get(name));
            progress.attempts++;
            long begunAt = services.now();
            RequestRecord record = work.record();
            record.attempt(way, instance, services.random().get().nextLong(), begunAt);
            try {
                attempt.run(work, way, instance, translation, progress.cancellation, progress.begunAt);
                lease.succeeded();
                lease.answeredAfter(record.firstTokenAt() - begunAt);
                record.attemptEnded(null, services.now());
                services.metrics().attempt(name, null);
            } catch (GatewayException e) {
                // an exchange that was ended from outside says nothing about the instance
                GatewayException cause = progress.explained(e);
                failed(work, lease, cause);
                throw cause;
            }
        }
    }

    private void failed(Work work, Lease lease, GatewayException e) {
        ErrorKind kind = e.error().kind();
        work.record().attemptEnded(kind, services.now());
        services.metrics().attempt(lease.instance().name(), kind);
        if (AttemptPolicy.blamesInstance(kind)) {
            lease.failed(kind, e.error().retryAfter());
        }
    }

    /** Waits for an instance; a client that leaves meanwhile ends the wait. */
    private void choose(Work work, Attempt.Way way, Set<InstanceName> tried, Progress progress) {
        progress.waits(Thread.currentThread());
        try {
            if (tried.isEmpty() && progress.attempts == 0) {
                services.retries().earn(way.target().provider());
            }
            work.snapshot().balancer().choose(progress.lease, way.target().provider(), tried, Sessions.of(work));
        } catch (GatewayException e) {
            throw progress.explained(e);
        } finally {
            progress.waits(null);
        }
    }

    private Translator translator(Work work, ProviderRuntime provider) {
        return services.protocols()
                .between(work.client().protocol(), provider.type().protocol())
                .orElseThrow(() -> new GatewayException(new CallerFault.InvalidField(
                        "model",
                        "the model '" + work.facts().model() + "' is served by a provider of type '"
                                + provider.type().type() + "', which this endpoint cannot reach")));
    }

    /** Answers without a provider when the provider could not count either. */
    private boolean estimated(Work work, Attempt.Way way) {
        byte[] body = translation(work, way).estimated();
        if (body == null) {
            return false;
        }
        work.answer().header("x-gateway-estimated", "true");
        AnswerHeaders.add(work.answer(), work.record(), work.snapshot(), work.client(), services);
        work.answer().whole(200, body, body.length);
        return true;
    }

    private Translation translation(Work work, Attempt.Way way) {
        String version = work.request().header("anthropic-version");
        Translation translation = way.translator()
                .begin(new TranslationRequest(
                        work.body().bytes(),
                        work.body().length(),
                        work.facts(),
                        way.target().model(),
                        version == null ? "" : version,
                        way.provider().settings().apiVersion(),
                        way.target().provider(),
                        way.provider().settings().conversion() == Conversion.STRICT,
                        work.counting(),
                        work.principal().key().value(),
                        services.clock().instant().getEpochSecond(),
                        services.random().get(),
                        MemoryMeter.NONE,
                        WorkBudget.withoutDeadline()));
        work.record().warn(translation.warnings());
        return translation;
    }

    /** How far the attempts have come. Confined to one request. */
    private static final class Progress implements Interruption {
        private final long begunAt;
        private final Cancellation cancellation = new Cancellation();
        private final Lease lease = new Lease();
        private int attempts;
        private @Nullable GatewayException last;
        private @Nullable Thread waiting;
        private @Nullable InstanceName trying;
        private @Nullable GatewayError interrupted;

        Progress(long begunAt) {
            this.begunAt = begunAt;
        }

        /** Which thread waits for an instance; null when it has one. */
        synchronized void waits(@Nullable Thread thread) {
            waiting = thread;
            if (thread == null && cancellation.cancelled()) {
                // the interrupt was meant for the wait alone
                Thread.interrupted();
            }
        }

        @Override
        public void clientGone() {
            interrupt(new CallerFault.ClientGone());
        }

        @Override
        public void stopping() {
            interrupt(new Refusal.Draining());
        }

        private synchronized void interrupt(GatewayError why) {
            if (interrupted != null) {
                return;
            }
            interrupted = why;
            cancellation.cancel();
            if (waiting != null) {
                waiting.interrupt();
            }
        }

        /** What a failure really means: when the request was ended from outside, that is the reason. */
        synchronized GatewayException explained(GatewayException failure) {
            return interrupted == null || failure.error().kind() == ErrorKind.CLIENT_GONE
                    ? failure
                    : new GatewayException(interrupted, failure);
        }

        /** These and the instance that was just tried; most requests never need the set. */
        Set<InstanceName> alsoTried(Set<InstanceName> before) {
            InstanceName last = trying;
            if (last == null) {
                return before;
            }
            Set<InstanceName> more = new HashSet<>(before);
            more.add(last);
            trying = null;
            return more;
        }

        void failed(GatewayException e) {
            // the answer to the client is what an instance said, not that none is left after it
            if (last == null || e.error().kind() != ErrorKind.NO_INSTANCE) {
                if (last != null) {
                    e.addSuppressed(last);
                }
                last = e;
            }
        }
    }
}
