package io.llmgateway.launcher;

import io.llmgateway.logs.Logs;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.KeyMaterial;
import io.llmgateway.settings.KeyMaterial.GeneratedKey;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Sends requests of every protocol, whole and streamed, through a gateway of its own in this process, so that the JVM
 * compiles what serves requests before the first users come: without it, the first requests after a start are ten to a
 * hundred times as slow. That gateway listens on loopback for as long as it lasts, with a key that nobody knows, and
 * leaves no trace: it has no accounts, and its log and metrics are not kept. Ends when enough was sent, when its time
 * is over, or at the first failure, which stops nobody. Confined to one thread.
 */
final class WarmUp {
    private static final System.Logger LOG = System.getLogger(WarmUp.class.getName());
    private static final String KEY = "WARM_UP_KEY";
    /** After so many requests more of them bring little: measured on two processors. */
    static final int REQUESTS = 12_000;
    /** Enough to keep two processors busy, and all that must be compiled. */
    private static final int CLIENTS = 4;

    private final Duration most;
    private final int requests;
    private final LongSupplier nanoTime;
    private final AtomicInteger sent = new AtomicInteger();

    /**
     * Sends nothing yet.
     *
     * @param most how long it may take
     * @param requests how many requests are enough
     */
    WarmUp(Duration most, int requests, LongSupplier nanoTime) {
        this.most = most;
        this.requests = requests;
        this.nanoTime = nanoTime;
    }

    /** Warms up beside a gateway that has just been started, which says that it is ready when that is done. */
    static void beside(Gateway gateway, Duration most) {
        if (most.isZero()) {
            return;
        }
        Thread.ofPlatform().daemon().name("warm-up").start(() -> {
            try {
                new WarmUp(most, REQUESTS, System::nanoTime).run();
                // the heap has grown for nothing, and nobody is to be disturbed yet
                Runtime.getRuntime().gc();
            } finally {
                gateway.warmedUp();
            }
        });
    }

    /** Sends requests until it is enough; gives how many were answered. */
    int run() {
        long begun = nanoTime.getAsLong();
        GeneratedKey key = KeyMaterial.generate(new SecureRandom());
        try (Simulator simulator = Simulator.start(SimulatorOptions.defaults());
                Logs logs = Logs.unseen(Clock.systemUTC());
                Gateway gateway = Gateway.beside(settings(simulator, key), logs)) {
            send(gateway.port(), key.secret().reveal(), begun + most.toNanos());
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "the warm-up ended early", e);
        }
        LOG.log(
                System.Logger.Level.DEBUG,
                "warmed up with " + sent.get() + " requests in " + (nanoTime.getAsLong() - begun) / 1_000_000 + " ms");
        return sent.get();
    }

    static GatewaySettings settings(Simulator simulator, GeneratedKey key) {
        return settings(simulator, key, "0s");
    }

    static GatewaySettings settings(Simulator simulator, GeneratedKey key, String warmUp) {
        String text = "server: {port: 0, warm-up: " + warmUp + "}\nadmin: {enabled: false}\nreload: {watch: false}\n"
                + DemoText.configuration(simulator.baseUri().toString(), KEY);
        Sources sources = new Sources(Map.of(KEY, key.secret().reveal()), Map.of());
        return switch (SettingsLoader.load("warm-up", text, Path.of(""), sources)) {
            case LoadResult.Loaded loaded -> loaded.settings();
            case LoadResult.Invalid invalid -> throw new IllegalStateException("warm-up: " + invalid.problems());
        };
    }

    private void send(int port, String key, long deadline) throws IOException {
        List<byte[]> conversation = WarmUpRequests.all(key);
        Thread[] clients = new Thread[CLIENTS];
        for (int i = 0; i < CLIENTS; i++) {
            int first = i;
            clients[i] = Thread.ofVirtual().start(() -> client(port, conversation, first, deadline));
        }
        try {
            for (Thread client : clients) {
                client.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One client: requests in turn over one connection. */
    private void client(int port, List<byte[]> requestBytes, int first, long deadline) {
        try (WarmUpClient client = new WarmUpClient(port)) {
            for (int i = first; sent.get() < requests && nanoTime.getAsLong() - deadline < 0; i++) {
                client.exchange(requestBytes.get(i % requestBytes.size()));
                sent.incrementAndGet();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a client of the warm-up ended early", e);
        }
    }
}
