package io.llmgateway.benchmarks.load;

import io.llmgateway.benchmarks.load.Processes.CpuSample;
import io.llmgateway.model.Protocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Compares ways to speak with an upstream: the gateway's own transport, Helidon's WebClient, Apache HttpCore's blocking
 * connection under a pool. 64 virtual threads post 1 KB and read whole answers, or streams with an event each 10 ms,
 * plain and through TLS; CPU of the whole process per answer or event. Run with {@code ./dev bench transport}; read the
 * ratios to {@code own}: a library within 1.3 would be taken.
 */
public final class TransportBench {
    private static final int THREADS = 64;

    private final Options options;
    private final Map<String, ClientUnderTest> clients = new LinkedHashMap<>();

    private TransportBench(Options options, boolean secure, int port) throws IOException {
        this.options = options;
        clients.put("own", new OwnClient(secure, port));
        try {
            clients.put("Apache HttpCore", new CoreClient(secure, port));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        clients.put("Helidon WebClient", new HelidonClient(secure, port));
    }

    /** Options as those of {@code load}. */
    public static void main(String[] arguments) throws IOException {
        Options options = Options.parse(List.of(arguments));
        Path nginx = options.nginx()
                .orElseThrow(
                        () -> new IOException("nginx is missing (apt-get install nginx-light), it serves TLS here"));
        try (Lab lab = new Lab(options)) {
            Server tls = Nginx.tls(
                    nginx, lab.folder(), lab.answers().port(), lab.streams().port());
            try (tls) {
                run(
                        options,
                        "plain",
                        new Ports(lab.answers().port(), lab.streams().port()),
                        false);
                run(options, "tls", new Ports(tls.port(), tls.port() + 1), true);
            }
        }
        Report.write(options.results());
    }

    /** Where whole answers and streams come from. */
    private record Ports(int answers, int streams) {}

    private static void run(Options options, String way, Ports ports, boolean secure) throws IOException {
        String whole = Bodies.request(Protocol.OPENAI_CHAT, "o-1k", false, 1024);
        new TransportBench(options, secure, ports.answers)
                .measure("transport-" + way + "-whole", "/o1k/v1/chat/completions", whole, 1);
        int events = options.quick() ? 20 : 200;
        String stream = Bodies.request(Protocol.OPENAI_CHAT, "os-" + events + "-10", true, 1024);
        new TransportBench(options, secure, ports.streams)
                .measure("transport-" + way + "-stream", "/v1/chat/completions", stream, events + 2);
    }

    private void measure(String group, String path, String body, int events) throws IOException {
        Results results = new Results(
                group,
                THREADS + " virtual threads, 1 KB requests to " + path + ", CPU of the process per "
                        + (events == 1 ? "whole answer" : "event of a stream with one each 10 ms") + ".");
        byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
        for (ClientUnderTest client : clients.values()) {
            window(client, path, bytes, events, options.warm());
        }
        for (int round = 0; round < options.rounds(); round++) {
            for (Map.Entry<String, ClientUnderTest> client : clients.entrySet()) {
                results.add(client.getKey(), window(client.getValue(), path, bytes, events, options.window()));
            }
        }
        clients.values().forEach(ClientUnderTest::close);
        States.finish(options, results);
    }

    private static Map<String, Double> window(
            ClientUnderTest client, String path, byte[] body, int events, Duration duration) {
        List<ProcessHandle> self = List.of(ProcessHandle.current());
        LongAdder done = new LongAdder();
        AtomicBoolean running = new AtomicBoolean(true);
        CpuSample before = Processes.cpu(self);
        long begun = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofVirtual().start(() -> work(client, path, body, running, done)));
        }
        while (System.nanoTime() - begun < duration.toNanos()) {
            LockSupport.parkNanos(10_000_000L);
        }
        running.set(false);
        for (Thread thread : threads) {
            join(thread);
        }
        CpuSample after = Processes.cpu(self);
        double count = done.sum() * (double) events;
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put(Report.CPU, after.since(before) / 1000.0 / count);
        figures.put("of it JIT, GC", after.overheadSince(before) / 1000.0 / count);
        figures.put("per second", count * 1e9 / (System.nanoTime() - begun));
        return figures;
    }

    private static void work(ClientUnderTest client, String path, byte[] body, AtomicBoolean running, LongAdder done) {
        byte[] buffer = new byte[8192];
        while (running.get()) {
            try {
                if (client.post(path, body, buffer) < 1000) {
                    throw new IOException("a short answer");
                }
                done.increment();
            } catch (IOException e) {
                running.set(false);
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void join(Thread thread) {
        try {
            if (!thread.join(Duration.ofSeconds(30))) {
                throw new IllegalStateException("a thread of the measurement did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
