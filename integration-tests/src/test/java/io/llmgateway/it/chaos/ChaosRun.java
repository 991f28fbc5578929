package io.llmgateway.it.chaos;

import com.sun.management.UnixOperatingSystemMXBean;
import io.llmgateway.it.chaos.ChaosClients.Act;
import io.llmgateway.testing.TestCertificate;
import io.llmgateway.threads.LoopName;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Good, slow and broken clients against two gateways, one of them with TLS, with good, slow and broken providers behind
 * them and a new configuration every moment. In rounds: each ends with all clients gone and everything checked that
 * must hold of a gateway that rests. The traffic follows from the seed; what meets what does so only roughly.
 */
final class ChaosRun {
    private static final Duration ROUND = Duration.ofSeconds(14);
    private static final int LEAST_ROUNDS = 3;
    private static final int PLAIN_CLIENTS = 24;
    private static final int TLS_CLIENTS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long BETWEEN_RELOADS = 500_000_000;
    private static final long MOST_HEAP_GROWTH = 16L << 20;
    private static final long MOST_DESCRIPTORS_GROWTH = 24;
    private static final long MIB = 1 << 20;

    /** Held, since a level that nobody holds is forgotten. */
    private static final Logger QUIET = Logger.getLogger("");

    private final long seed;
    private final Duration length;
    private final PrintStream out;
    private final Tally tally;
    private final AtomicLong numbers = new AtomicLong();
    private final List<String> broken = new ArrayList<>();
    private final List<long[]> samples = new ArrayList<>();

    ChaosRun(long seed, Duration length, PrintStream out) {
        this.seed = seed;
        this.length = length;
        this.out = out;
        this.tally = new Tally(violation -> out.println("FAULT at " + Instant.now() + " " + violation));
    }

    /** Arguments: {@code --minutes N} and {@code --seed S}. Ends with 1 when something does not hold. */
    public static void main(String[] arguments) throws Exception {
        List<String> given = Arrays.asList(arguments);
        double minutes = Double.parseDouble(option(given, "--minutes", "1"));
        long seed = Long.parseLong(option(given, "--seed", Long.toString(new Random().nextInt(1_000_000))));
        Path folder = Files.createTempDirectory("chaos");
        QUIET.setLevel(Level.SEVERE);
        ChaosRun run = new ChaosRun(seed, Duration.ofMillis(Math.round(minutes * 60_000)), System.out);
        System.exit(run.run(folder).isEmpty() ? 0 : 1);
    }

    private static String option(List<String> arguments, String name, String otherwise) {
        int at = arguments.indexOf(name);
        return at < 0 || at + 1 >= arguments.size() ? otherwise : arguments.get(at + 1);
    }

    Tally tally() {
        return tally;
    }

    /** Runs; gives everything that did not hold. */
    List<String> run(Path folder) throws Exception {
        out.println("chaos with seed " + seed + " for " + length.toSeconds() + " s");
        TestCertificate certificate = TestCertificate.create(folder);
        List<ChaosUpstream> upstreams = List.of(
                ChaosUpstream.open(Wire.OPENAI, seed),
                ChaosUpstream.open(Wire.OPENAI, seed + 1),
                ChaosUpstream.open(Wire.ANTHROPIC, seed + 2),
                ChaosUpstream.open(Wire.ANTHROPIC, seed + 3),
                ChaosUpstream.open(Wire.GEMINI, seed + 4));
        ChaosConfig plain = new ChaosConfig(upstreams, "", seed);
        ChaosConfig tls =
                new ChaosConfig(upstreams, ChaosConfig.tls(certificate.certificate(), certificate.key()), seed + 1);
        try (Rig first = Rig.start("plain", folder.resolve("plain"), plain);
                Rig second = Rig.start("tls", folder.resolve("tls"), tls)) {
            int rounds = (int) Math.max(LEAST_ROUNDS, length.dividedBy(ROUND));
            Duration round = length.dividedBy(rounds);
            String loops = loops();
            Books before = Books.metrics(first.gateway());
            for (int i = 1; i <= rounds; i++) {
                round(i, round, List.of(first, second), trusting(certificate));
                booksAgree(List.of(first, second), before);
                hold("the loops are " + loops() + " and were " + loops, loops.equals(loops()));
                out.printf(
                        "round %d of %d: %d requests, %d reloads, heap %d MiB, %d descriptors, %d faults%n",
                        i,
                        rounds,
                        tally.asking(),
                        first.reloads() + second.reloads(),
                        samples.getLast()[0] / MIB,
                        samples.getLast()[1],
                        broken.size() + tally.violations().size());
            }
            flat();
        } finally {
            for (ChaosUpstream upstream : upstreams) {
                upstream.close();
            }
        }
        figures(upstreams);
        List<String> all = new ArrayList<>(broken);
        all.addAll(tally.violations());
        all.forEach(each -> out.println("FAULT (seed " + seed + ") " + each));
        return all;
    }

    /** A client has its answer a moment before the last of the books has its record. */
    private void booksAgree(List<Rig> rigs, Books before) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Books stored =
                    rigs.getFirst().stored().plus(rigs.getLast().stored()).tokens();
            // each gateway tells its own counts when its page is read; the process has the sums
            Books.metrics(rigs.getLast().gateway());
            Books counted =
                    Books.metrics(rigs.getFirst().gateway()).minus(before).tokens();
            if (stored.equals(counted)) {
                return;
            }
            if (System.nanoTime() - end > 0) {
                hold("the ledger says " + stored + ", the metrics say " + counted, false);
                return;
            }
            LockSupport.parkNanos(BETWEEN_RELOADS / 10);
        }
    }

    private void figures(List<ChaosUpstream> upstreams) {
        out.print(tally.figures());
        for (Behaviour each : Behaviour.values()) {
            long times = upstreams.stream()
                    .mapToLong(one -> one.done().get(each).get())
                    .sum();
            out.println("  upstream " + each + ": " + times);
            hold("no upstream did " + each, times > 0);
        }
        for (Act act : Act.values()) {
            hold("no client did " + act, tally.of("act " + act) > 0);
        }
        long served = tally.of("answer " + Checking.End.SERVED);
        hold("only " + served + " of " + tally.asking() + " were served", served > tally.asking() / 5);
    }

    private void hold(String otherwise, boolean holds) {
        if (!holds) {
            broken.add(otherwise);
        }
    }

    private void round(int number, Duration time, List<Rig> rigs, SSLContext trust) throws Exception {
        AtomicBoolean running = new AtomicBoolean(true);
        List<Thread> clients = new ArrayList<>();
        AtomicInteger alive = new AtomicInteger();
        for (int i = 0; i < PLAIN_CLIENTS + TLS_CLIENTS; i++) {
            boolean secure = i >= PLAIN_CLIENTS;
            int port = rigs.get(secure ? 1 : 0).gateway().port();
            ChaosClients client = new ChaosClients(port, secure ? trust : null, ChaosConfig.KEYS, seed, tally, numbers);
            int id = number * 1_000 + i;
            clients.add(Thread.ofVirtual().name("chaos-client").unstarted(() -> {
                alive.incrementAndGet();
                client.run(id, running);
                alive.decrementAndGet();
            }));
        }
        clients.forEach(Thread::start);
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(BETWEEN_RELOADS);
            for (Rig rig : rigs) {
                rig.reload();
            }
        }
        hold("a client ended by itself", alive.get() == clients.size());
        running.set(false);
        for (Thread client : clients) {
            hold("a client never came back", client.join(Duration.ofSeconds(60)));
        }
        for (Rig rig : rigs) {
            broken.addAll(rig.broken(PATIENCE));
            healthy(rig, rig == rigs.getFirst() ? null : trust);
        }
        samples.add(sample(rigs));
    }

    /** After everything, a request like any other is served, at the latest when the breakers are closed again. */
    private void healthy(Rig rig, SSLContext trust) {
        Tally own = new Tally(_ -> {});
        ChaosClients client =
                new ChaosClients(rig.gateway().port(), trust, List.of(ChaosConfig.KEYS.getFirst()), seed, own, numbers);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (own.of("status 200") == 0 && System.nanoTime() - end < 0) {
            client.once(new Random(seed));
        }
        hold("an ordinary request is not served: " + own.figures() + own.violations(), own.of("status 200") > 0);
    }

    /** Heap and descriptors of a process at rest. */
    private static long[] sample(List<Rig> rigs) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - end < 0
                && rigs.stream()
                                .mapToDouble(rig -> GatewayInvariants.sum(
                                                rig.gateway(), "gateway_upstream_connections", "")
                                        + GatewayInvariants.sum(rig.gateway(), "gateway_client_connections", ""))
                                .sum()
                        > 0) {
            LockSupport.parkNanos(BETWEEN_RELOADS / 5);
        }
        System.gc();
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long descriptors = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
        return new long[] {heap, descriptors};
    }

    private void flat() {
        int third = Math.max(1, samples.size() / 3);
        long[] first = average(samples.subList(0, third));
        long[] last = average(samples.subList(samples.size() - third, samples.size()));
        hold(
                "the heap grew from " + first[0] / MIB + " to " + last[0] / MIB + " MiB",
                last[0] - first[0] < MOST_HEAP_GROWTH);
        hold("the descriptors grew from " + first[1] + " to " + last[1], last[1] - first[1] < MOST_DESCRIPTORS_GROWTH);
    }

    private static long[] average(List<long[]> samples) {
        return new long[] {
            (long) samples.stream().mapToLong(each -> each[0]).average().orElseThrow(),
            (long) samples.stream().mapToLong(each -> each[1]).average().orElseThrow()
        };
    }

    /** Which loops in the background run, how often. */
    private static String loops() {
        List<String> names =
                Arrays.stream(LoopName.values()).map(LoopName::label).toList();
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(names::contains)
                .collect(Collectors.groupingBy(Function.identity(), java.util.TreeMap::new, Collectors.counting()))
                .toString();
    }

    private static SSLContext trusting(TestCertificate certificate) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (var in = Files.newInputStream(certificate.certificate())) {
            store.setCertificateEntry(
                    "gateway", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
