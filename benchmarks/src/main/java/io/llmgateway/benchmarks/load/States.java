package io.llmgateway.benchmarks.load;

import io.llmgateway.benchmarks.load.Lab.Target;
import io.llmgateway.model.Protocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Measures what is not a rate: memory, rest, start and overload of the gateway. Used by one thread. */
final class States {
    private static final double MEGABYTE = 1024 * 1024;
    private static final int MANY = 1000;

    private final Options options;
    private final Lab lab;

    States(Options options, Lab lab) {
        this.options = options;
        this.lab = lab;
    }

    void run() throws IOException {
        if (options.wants("start")) {
            start();
        }
        if (options.wants("memory") && !options.quick()) {
            memory();
        }
        if (options.wants("idle") && !options.quick()) {
            idle();
        }
        if (options.wants("overload") && !options.quick()) {
            overload();
        }
    }

    /** Stores the figures and prints them. */
    static void finish(Options options, Results results) throws IOException {
        results.write(options.results(), facts(options));
        Console.line(Report.table(results));
    }

    private static Map<String, String> facts(Options options) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("when", LocalDate.now(ZoneOffset.UTC).toString());
        facts.put("commit", System.getProperty("bench.commit", "unknown"));
        facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("java", System.getProperty("java.vm.version", ""));
        facts.put("rounds", Integer.toString(options.rounds()));
        facts.put("window", options.window().toString());
        facts.put("warm", options.warm().toString());
        options.javaOptions().ifPresent(text -> facts.put("javaOptions", text));
        return facts;
    }

    private byte[] small() {
        String body = Bodies.request(Protocol.OPENAI_CHAT, "o-1k", false, 1024);
        return Bodies.http(Protocol.OPENAI_CHAT, Bodies.path(Protocol.OPENAI_CHAT), Lab.KEY, body);
    }

    private void start() throws IOException {
        Results results = new Results(
                "start",
                "From the launch of the process to the first request that is answered with 200, full configuration.");
        byte[] request = new String(small(), StandardCharsets.ISO_8859_1)
                .replace("Accept:", "Connection: close\r\nAccept:")
                .getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < Math.max(1, options.rounds()); i++) {
            int port = Server.freePort();
            Path config = GatewayFile.withLedger(lab.folder())
                    .write(
                            lab.folder().resolve("start.yaml"),
                            port,
                            lab.answers().port(),
                            lab.streams().port());
            long begun = System.nanoTime();
            try (Server server = Server.launch("start", lab.folder(), lab.gatewayCommand(config), Map.of(), port)) {
                while (Server.statusOf(server.address(), request) != 200) {
                    if (System.nanoTime() - begun > Duration.ofSeconds(30).toNanos()) {
                        throw new IOException("the gateway gave no answer within 30 s after its start");
                    }
                    LockSupport.parkNanos(2_000_000L);
                }
                double millis = (System.nanoTime() - begun) / 1e6;
                pause(Duration.ofSeconds(1));
                double resident = Processes.resident(List.of(server.handle())) / MEGABYTE;
                results.add("gateway", Map.of("ms to first 200", millis, "RSS MB after it", resident));
            }
        }
        finish(options, results);
    }

    private static void pause(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private void memory() throws IOException {
        Target target = lab.gateway("gateway-memory", GatewayFile.USUAL);
        Results results = new Results(
                "memory",
                "Resident memory of a fresh gateway: at rest, with 1,000 streams, after them, and after 20 s of 1 KB"
                        + " requests.");
        Server.statusOf(target.address(), small());
        pause(Duration.ofSeconds(2));
        Map<String, Double> figures = new LinkedHashMap<>();
        double rest = Processes.resident(target.processes()) / MEGABYTE;
        figures.put("at rest MB", rest);
        double[] busy = new double[1];
        streams(target, MANY, () -> busy[0] = Processes.resident(target.processes()) / MEGABYTE);
        figures.put("1,000 streams MB", busy[0]);
        figures.put("KB per stream", (busy[0] - rest) * 1024 / MANY);
        pause(Duration.ofSeconds(5));
        figures.put("after streams MB", Processes.resident(target.processes()) / MEGABYTE);
        load(target, 64, Duration.ofSeconds(20));
        figures.put("under load MB", Processes.resident(target.processes()) / MEGABYTE);
        pause(Duration.ofSeconds(60));
        figures.put("60 s after load MB", Processes.resident(target.processes()) / MEGABYTE);
        results.add("gateway", figures);
        finish(options, results);
    }

    private void streams(Target target, int count, Runnable atEnd) {
        byte[] request = lab.stream(Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT, 1_000_000, 1000);
        Duration ramp = Duration.ofSeconds(2);
        var plan = new LoadClient.Plan(target.address(), request, count, 0, ramp, Duration.ofSeconds(10));
        LoadClient.run(plan, () -> {}, atEnd).mustBeClean(target.name());
    }

    private Tally load(Target target, int connections, Duration duration) {
        var plan = new LoadClient.Plan(target.address(), small(), connections, 0, Duration.ZERO, duration);
        return LoadClient.run(plan, () -> {}, () -> {}).mustBeClean(target.name());
    }

    /** Makes 1,000 requests at once, so that 1,000 connections lie idle on both sides afterwards. */
    private void idle() throws IOException {
        Target target = lab.gateway("gateway-idle", GatewayFile.USUAL);
        Results results = new Results("idle", "CPU of the gateway at rest, in microseconds per second.");
        results.add("nothing connected", Map.of("us per second", rest(target)));
        byte[] slow = Bodies.http(
                Protocol.OPENAI_CHAT,
                Bodies.path(Protocol.OPENAI_CHAT),
                Lab.KEY,
                Bodies.request(Protocol.OPENAI_CHAT, "ow-1024-3000", false, 1024));
        double[] used = new double[1];
        var plan = new LoadClient.Plan(target.address(), slow, MANY, 0, Duration.ofSeconds(2), Duration.ofMillis(2500));
        // the last answers of this run are sent again by the generator; a stopped one keeps its connections open
        try (LoadClient client = new LoadClient(plan)) {
            client.onceEach();
            // what a burst leaves behind is not rest: compilers, and one whole collection 20 s after it
            pause(Duration.ofSeconds(26));
            used[0] = rest(target);
        }
        results.add("1,000 idle connections on both sides", Map.of("us per second", used[0]));
        finish(options, results);
    }

    private static double rest(Target target) {
        pause(Duration.ofSeconds(5));
        Duration watched = Duration.ofSeconds(20);
        var before = Processes.cpu(target.processes());
        pause(watched);
        return Processes.cpu(target.processes()).since(before) / 1000.0 / watched.toSeconds();
    }

    private void overload() throws IOException {
        Target target = lab.gateway("gateway-overload", new GatewayFile("{concurrent: 64}", ""));
        Results results = new Results(
                "overload",
                "30 s at twice the rate the gateway can do, new connections for what does not fit, 64 requests at once"
                        + " allowed.");
        load(target, 32, options.warm());
        double peak = load(target, 32, Duration.ofSeconds(5)).perSecond();
        var plan =
                new LoadClient.Plan(target.address(), small(), 2000, 2 * peak, Duration.ZERO, Duration.ofSeconds(30));
        Tally tally = LoadClient.run(plan, () -> {}, () -> {});
        long over = System.nanoTime();
        int status = Server.statusOf(
                new InetSocketAddress(
                        java.net.InetAddress.getLoopbackAddress(),
                        target.address().getPort()),
                small());
        double recovery = (System.nanoTime() - over) / 1e6;
        // what was under way when the flood ended may still hold some of the places for a moment
        pause(Duration.ofSeconds(1));
        double after = load(target, 32, Duration.ofSeconds(5)).perSecond();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("peak per second", peak);
        figures.put("good per second", tally.perSecond());
        figures.put("good / peak", tally.perSecond() / peak);
        figures.put("shed per second", tally.shed * 1e9 / tally.nanos);
        figures.put("broken", (double) tally.broken);
        figures.put("good p99 ms", tally.latency.percentile(99) / 1e6);
        figures.put("first status after", (double) status);
        figures.put("its ms", recovery);
        figures.put("per second after", after);
        results.add("gateway", figures);
        finish(options, results);
    }
}
