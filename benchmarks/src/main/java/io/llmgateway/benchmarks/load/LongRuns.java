package io.llmgateway.benchmarks.load;

import io.llmgateway.benchmarks.load.Lab.Target;
import io.llmgateway.model.Protocol;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Two long measurements of the gateway's image. {@code ./dev bench scale}: thousands of live streams with an event each
 * ten seconds through a heap of 512 MiB; read that nothing broke off, the resident memory and the 99th percentile of
 * the delay. {@code ./dev bench soak}: requests with every kind of end for half an hour; read that live heap,
 * descriptors, threads and native memory do not rise from sample to sample.
 */
public final class LongRuns {
    private static final String PINNED = "jdk.VirtualThreadPinned";
    private static final int MOST_LINES = 100;
    private static final double MEGABYTE = 1024 * 1024;

    private final Options options;
    private final Lab lab;

    private LongRuns(Options options, Lab lab) {
        this.options = options;
        this.lab = lab;
    }

    /** Arguments: scale or soak, {@code --streams N}, {@code --minutes N}, then options as those of {@code load}. */
    public static void main(String[] arguments) throws IOException {
        List<String> left = new ArrayList<>(List.of(arguments));
        String what = left.removeFirst();
        int streams = number(left, "--streams", 10_000);
        int minutes = number(left, "--minutes", "scale".equals(what) ? 5 : 30);
        Options options = Options.parse(left);
        try (Lab lab = new Lab(options)) {
            LongRuns runs = new LongRuns(options, lab);
            if ("scale".equals(what)) {
                runs.scale(streams, minutes);
            } else {
                runs.soak(minutes);
            }
        }
        Report.write(options.results());
    }

    private static int number(List<String> arguments, String name, int otherwise) {
        int at = arguments.indexOf(name);
        if (at < 0) {
            return otherwise;
        }
        arguments.remove(at);
        return Integer.parseInt(arguments.remove(at));
    }

    private void scale(int streams, int minutes) throws IOException {
        Target target = lab.gateway("gateway", GatewayFile.USUAL);
        Results results = new Results(
                "scale",
                streams + " streams at once through one gateway with a heap of 512 MiB, an event each 10 s, for "
                        + minutes + " minutes.");
        byte[] request = lab.stream(Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT, 1_000_000, 10_000);
        Duration watched = Duration.ofMinutes(minutes);
        var plan = new LoadClient.Plan(target.address(), request, streams, 0, Duration.ofSeconds(20), watched);
        Map<String, Double> figures = new LinkedHashMap<>();
        double rest = Processes.resident(target.processes()) / MEGABYTE;
        var cpu = new Processes.CpuSample[1];
        Tally tally = LoadClient.run(plan, () -> cpu[0] = Processes.cpu(target.processes()), () -> {
            figures.put("RSS MB", Processes.resident(target.processes()) / MEGABYTE);
            figures.put("descriptors", (double)
                    Processes.descriptors(target.processes().getFirst()));
            figures.put("CPU %", Processes.cpu(target.processes()).since(cpu[0]) / 1e7 / watched.toSeconds());
        });
        double resident = figures.getOrDefault("RSS MB", 0.0);
        figures.put("RSS at rest MB", rest);
        figures.put("KB per stream", (resident - rest) * 1024 / streams);
        figures.put("streams broken off", (double) tally.broken);
        figures.put("streams ended", (double) (tally.good + tally.bad + tally.shed));
        figures.put("events", (double) tally.events);
        figures.put("events expected", streams * watched.toSeconds() / 10.0);
        figures.put("delay p50 ms", tally.delay.percentile(50) / 1e6);
        figures.put("delay p99 ms", tally.delay.percentile(99) / 1e6);
        figures.put("delay p99.9 ms", tally.delay.percentile(99.9) / 1e6);
        results.add("gateway", figures);
        States.finish(options, results);
    }

    private void soak(int minutes) throws IOException {
        Path recording = lab.folder().resolve("soak.jfr");
        Options recorded = options.withJavaOptions("-XX:NativeMemoryTracking=summary -XX:StartFlightRecording=filename="
                + recording + ",settings=default,jdk.VirtualThreadPinned#threshold=20ms,maxsize=64m");
        try (Lab watched = new Lab(recorded)) {
            Target target = watched.gateway("gateway", GatewayFile.withLedger(watched.folder()));
            Results results = new Results(
                    "soak",
                    minutes + " minutes of whole answers, streams to their end, clients that leave in the middle, wrong"
                            + " keys and bad requests together; one row each twentieth of the time.");
            Duration slice = Duration.ofMinutes(minutes).dividedBy(20);
            for (int i = 1; i <= 20; i++) {
                long served = slice(watched, target, slice);
                results.add(String.format(java.util.Locale.ROOT, "%02d", i), sample(target, served));
            }
            States.finish(options, results);
            jcmd(target, "JFR.dump", "filename=" + recording);
            List<String> pinned =
                    output("jfr", "print", "--events", PINNED, "--stack-depth", "12", recording.toString());
            long times = pinned.stream().filter(line -> line.startsWith(PINNED)).count();
            Console.line("pinned for over 20 ms: " + times);
            pinned.stream().limit(MOST_LINES).forEach(Console::line);
        }
    }

    private static long slice(Lab lab, Target target, Duration slice) {
        long end = System.nanoTime() + slice.toNanos();
        long served = 0;
        byte[] whole = lab.request(target, Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT, Bodies.SIZES.get(1));
        byte[] other = lab.request(target, Protocol.ANTHROPIC_MESSAGES, Protocol.OPENAI_CHAT, Bodies.SIZES.getFirst());
        byte[] stream = lab.stream(Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT, 20, 10);
        byte[] left = lab.stream(Protocol.OPENAI_CHAT, Protocol.GEMINI, 1_000_000, 20);
        byte[] wrongKey = new String(whole, StandardCharsets.US_ASCII)
                .replace(Lab.KEY, "not-a-key-of-this-gateway")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] noModel = new String(whole, StandardCharsets.US_ASCII)
                .replace("\"model\"", "\"mod_l\"")
                .getBytes(StandardCharsets.US_ASCII);
        Duration part = Duration.ofSeconds(1);
        while (System.nanoTime() < end) {
            served += run(target, whole, 200, part) + run(target, other, 100, part) + run(target, stream, 50, part);
            // these connections are closed while their streams go on
            leave(target, left, part);
            for (int i = 0; i < 20; i++) {
                Server.statusOf(target.address(), wrongKey);
                Server.statusOf(target.address(), noModel);
                half(target, whole);
            }
        }
        return served;
    }

    private static long run(Target target, byte[] request, int perSecond, Duration duration) {
        var plan = new LoadClient.Plan(target.address(), request, 64, perSecond, Duration.ZERO, duration);
        return LoadClient.run(plan, () -> {}, () -> {}).good;
    }

    private static void leave(Target target, byte[] request, Duration duration) {
        var plan = new LoadClient.Plan(target.address(), request, 20, 0, Duration.ZERO, duration);
        LoadClient.run(plan, () -> {}, () -> {});
    }

    /** Half a request, then the connection is closed. */
    private static void half(Target target, byte[] request) {
        try (Socket socket =
                new Socket(target.address().getAddress(), target.address().getPort())) {
            socket.getOutputStream().write(request, 0, request.length / 2);
        } catch (IOException e) {
            // the gateway may close first
        }
    }

    private Map<String, Double> sample(Target target, long served) throws IOException {
        LockSupport.parkNanos(2_000_000_000L);
        ProcessHandle process = target.processes().getFirst();
        jcmd(target, "GC.run");
        jcmd(target, "GC.run");
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("answers", (double) served);
        figures.put("live heap MB", heap(jcmd(target, "GC.heap_info")));
        figures.put("RSS MB", Processes.resident(target.processes()) / MEGABYTE);
        figures.put("native MB", nativeMemory(jcmd(target, "VM.native_memory", "summary", "scale=KB")));
        figures.put("descriptors", (double) Processes.descriptors(process));
        figures.put("threads", (double) Processes.threads(process));
        return figures;
    }

    /** Used heap in MB as {@code GC.heap_info} tells it. */
    private static double heap(List<String> lines) {
        for (String line : lines) {
            int at = line.indexOf(" used ");
            if (at >= 0 && !line.contains("Metaspace") && !line.contains("class space")) {
                String number = line.substring(at + " used ".length());
                return Double.parseDouble(number.substring(0, number.indexOf('K'))) / 1024;
            }
        }
        return 0;
    }

    /** Committed memory besides the Java heap in MB. */
    private static double nativeMemory(List<String> lines) {
        double total = 0;
        double heap = 0;
        for (String line : lines) {
            int at = line.indexOf("committed=");
            if (at >= 0) {
                String number = line.substring(at + "committed=".length());
                double value = Double.parseDouble(number.substring(0, number.indexOf('K'))) / 1024;
                total = line.startsWith("Total") ? value : total;
                heap = line.contains("Java Heap") ? value : heap;
            }
        }
        return total - heap;
    }

    private List<String> jcmd(Target target, String... command) throws IOException {
        return output("jcmd", Long.toString(target.processes().getFirst().pid()), command);
    }

    private List<String> output(String tool, String first, String... more) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
        command.add(first);
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            return in.lines().toList();
        }
    }
}
