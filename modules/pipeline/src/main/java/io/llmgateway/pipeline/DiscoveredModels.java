package io.llmgateway.pipeline;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.pipeline.Snapshot.InstanceRuntime;
import io.llmgateway.pipeline.Snapshot.ProviderRuntime;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.upstream.Cancellation;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.upstream.ModelListing;
import io.llmgateway.upstream.Provider.Operation;
import io.llmgateway.wire.OutBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What providers list as their models, asked when somebody wants to know and remembered for a minute. Nobody waits
 * for a provider that answered or failed before: what is known is given, and asked anew beside it. Thread-safe.
 */
final class DiscoveredModels {
    /** How long a list is taken for true. */
    static final long FRESH_NANOS = 60_000_000_000L;
    /** How long a provider that failed is not asked again. */
    static final long AFTER_FAILURE_NANOS = 10_000_000_000L;
    /** How long the first who wants to know waits. */
    private static final long PATIENCE_NANOS = 2_000_000_000L;

    private static final long ANSWER_NANOS = 5_000_000_000L;
    private static final int MOST_BYTES = 4 * 1024 * 1024;
    private static final int PIECE_BYTES = 16 * 1024;
    private static final int MOST_INSTANCES = 3;
    private static final String OWNER = "model lists";
    private static final System.Logger LOG = System.getLogger(DiscoveredModels.class.getName());

    private final Services services;
    private final Map<ProviderName, Known> known = new ConcurrentHashMap<>();

    DiscoveredModels(Services services) {
        this.services = services;
    }

    /**
     * The models that the providers list, by provider; waits at most two seconds, and only for those that were never
     * asked before.
     *
     * @param providers those that may be asked
     */
    Map<ProviderName, List<ModelName>> of(List<ProviderRuntime> providers) {
        Map<ProviderName, List<ModelName>> all = new ConcurrentHashMap<>();
        List<Known> asked = new ArrayList<>();
        for (ProviderRuntime provider : providers) {
            ProviderName name = provider.settings().name();
            // other settings may mean other servers, with other models
            Known one = known.compute(
                    name,
                    (_, old) -> old != null && old.settings.equals(provider.settings())
                            ? old
                            : new Known(provider.settings()));
            one.askIfDue(provider);
            asked.add(one);
        }
        long until = services.now() + PATIENCE_NANOS;
        for (Known one : asked) {
            all.put(one.settings.name(), one.names(until));
        }
        return all;
    }

    /** Forgets providers that are not configured any more. */
    void keepOnly(Map<ProviderName, ProviderRuntime> providers) {
        known.keySet().retainAll(providers.keySet());
    }

    private @Nullable List<ModelName> ask(ProviderRuntime provider) {
        List<InstanceSettings> enabled = provider.settings().instances().stream()
                .filter(InstanceSettings::enabled)
                .limit(MOST_INSTANCES)
                .toList();
        for (InstanceSettings instance : enabled) {
            InstanceRuntime runtime = provider.instances().get(instance.name());
            List<ModelName> names = runtime == null ? null : ask(provider, runtime);
            if (names != null) {
                return names;
            }
        }
        return null;
    }

    private @Nullable List<ModelName> ask(ProviderRuntime provider, InstanceRuntime instance) {
        long deadline = services.now() + ANSWER_NANOS;
        var call = ModelQuestion.to(provider, instance.settings(), Operation.DISCOVER_MODELS, deadline);
        try (MemoryBudget.Share memory = services.memory().share(OWNER);
                Exchange exchange = services.transport().send(instance.pool(), call, new Cancellation())) {
            Optional<List<ModelName>> names = exchange.status() == 200 ? read(exchange, memory) : Optional.empty();
            return names.orElse(null);
        } catch (GatewayException e) {
            LOG.log(System.Logger.Level.DEBUG, "instance " + instance.settings().name() + " lists no models", e);
            return null;
        }
    }

    private static Optional<List<ModelName>> read(Exchange exchange, MemoryBudget.Share memory) {
        OutBuffer body = new OutBuffer(PIECE_BYTES, memory);
        byte[] piece = new byte[PIECE_BYTES];
        int count = exchange.read(piece, 0, piece.length);
        while (count >= 0) {
            if (body.length() + count > MOST_BYTES) {
                return Optional.empty();
            }
            body.write(piece, 0, count);
            count = exchange.read(piece, 0, piece.length);
        }
        return ModelListing.read(body.array(), body.length());
    }

    /** What is known of one provider with certain settings. Thread-safe. */
    private final class Known {
        private final ProviderSettings settings;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition answered = lock.newCondition();
        private @Nullable List<ModelName> names;
        private boolean asking;
        private boolean failed;
        private long dueAt;

        Known(ProviderSettings settings) {
            this.settings = settings;
        }

        void askIfDue(ProviderRuntime provider) {
            lock.lock();
            try {
                if (asking || (names != null && services.now() - dueAt < 0)) {
                    return;
                }
                asking = true;
            } finally {
                lock.unlock();
            }
            boolean begun = false;
            try {
                Thread.ofVirtual().name("models").start(() -> found(outcome(provider)));
                begun = true;
            } finally {
                if (!begun) {
                    found(null);
                }
            }
        }

        private @Nullable List<ModelName> outcome(ProviderRuntime provider) {
            try {
                return ask(provider);
            } catch (RuntimeException | LinkageError | StackOverflowError e) {
                // nobody else would end the wait of those who asked
                LOG.log(System.Logger.Level.ERROR, "asking provider " + settings.name() + " for its models failed", e);
                return null;
            }
        }

        private void found(@Nullable List<ModelName> list) {
            lock.lock();
            try {
                if (list == null && !failed) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "provider " + settings.name() + " does not list its models; name them in its models, or set"
                                    + " discover: false");
                }
                failed = list == null;
                if (list != null) {
                    names = list;
                } else if (names == null) {
                    names = List.of();
                }
                dueAt = services.now() + (failed ? AFTER_FAILURE_NANOS : FRESH_NANOS);
                asking = false;
                answered.signalAll();
            } finally {
                lock.unlock();
            }
        }

        List<ModelName> names(long until) {
            lock.lock();
            try {
                while (names == null && asking) {
                    long left = until - services.now();
                    if (left <= 0 || !answered.await(left, TimeUnit.NANOSECONDS)) {
                        break;
                    }
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } finally {
                lock.unlock();
            }
            return lastNames();
        }

        private List<ModelName> lastNames() {
            lock.lock();
            try {
                return names == null ? List.of() : names;
            } finally {
                lock.unlock();
            }
        }
    }
}
