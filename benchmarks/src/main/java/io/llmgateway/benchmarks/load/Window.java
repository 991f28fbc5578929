package io.llmgateway.benchmarks.load;

import io.llmgateway.benchmarks.load.Lab.Target;
import io.llmgateway.benchmarks.load.Processes.CpuSample;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures one target for one window of time. Used by one thread. */
final class Window {
    private static final double MEGABYTE = 1024 * 1024;

    private final Options options;
    private final Lab lab;
    private CpuSample before = new CpuSample(Map.of(), Map.of());
    private CpuSample after = before;

    Window(Options options, Lab lab) {
        this.options = options;
        this.lab = lab;
    }

    private void begin(Target target) {
        before = Processes.cpu(target.processes());
    }

    private void end(Target target) {
        after = Processes.cpu(target.processes());
    }

    /** As many whole answers as come through on so many connections. */
    Map<String, Double> closed(Target target, byte[] request, int connections, int answerBytes, Duration duration)
            throws IOException {
        double requests;
        double seconds;
        if (options.wrk().isPresent() && !options.quick()) {
            begin(target);
            double[] found = wrk(options.wrk().get(), target, request, connections, duration);
            end(target);
            requests = found[0];
            seconds = found[1];
            atLeast(target, found[2] / requests, answerBytes);
        } else {
            var plan = new LoadClient.Plan(target.address(), request, connections, 0, Duration.ZERO, duration);
            Tally tally =
                    LoadClient.run(plan, () -> begin(target), () -> end(target)).mustBeClean(target.name());
            requests = tally.good;
            seconds = tally.nanos / 1e9;
            atLeast(target, tally.bodyBytes / (double) Math.max(1, tally.good), answerBytes * 0.8);
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        cpu(figures, requests);
        figures.put("per second", requests / seconds);
        figures.put("RSS MB", Processes.resident(target.processes()) / MEGABYTE);
        return figures;
    }

    private static void atLeast(Target target, double bytes, double wanted) {
        if (bytes < wanted) {
            throw new IllegalStateException(target.name() + " answered with " + bytes + " bytes, expected " + wanted);
        }
    }

    private void cpu(Map<String, Double> figures, double count) {
        figures.put(Report.CPU, after.since(before) / 1000.0 / count);
        figures.put("of it JIT, GC", after.overheadSince(before) / 1000.0 / count);
    }

    /** Requests, seconds and bytes as wrk counts them. */
    private double[] wrk(Path wrk, Target target, byte[] request, int connections, Duration duration)
            throws IOException {
        Path raw = Files.write(lab.folder().resolve("request.bin"), request);
        Path script = Files.writeString(
                lab.folder().resolve("request.lua"),
                "local f = io.open('" + raw + "', 'rb')\nlocal r = f:read('*a')\nf:close()\n"
                        + "request = function() return r end\n"
                        + "done = function(s) io.write(string.format('R %d %d %d %d %d %d %d\\n',"
                        + " s.requests, s.duration,"
                        + " s.bytes, s.errors.status, s.errors.connect,"
                        + " s.errors.read + s.errors.write, s.errors.timeout)) end\n");
        List<String> command = List.of(
                wrk.toString(),
                "-t1",
                "-c" + connections,
                "-d" + Math.max(1, duration.toSeconds()) + "s",
                "-s",
                script.toString(),
                "http://127.0.0.1:" + target.address().getPort() + "/");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> output = new ArrayList<>();
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            in.lines().forEach(output::add);
        }
        for (String line : output) {
            if (line.startsWith("R ")) {
                String[] n = line.split(" ", -1);
                boolean clean = "0".equals(n[4]) && "0".equals(n[5]) && "0".equals(n[6]) && "0".equals(n[7]);
                if (!clean || "0".equals(n[1])) {
                    throw new IllegalStateException(target.name() + ": wrk saw errors: " + output);
                }
                return new double[] {Double.parseDouble(n[1]), Double.parseDouble(n[2]) / 1e6, Double.parseDouble(n[3])
                };
            }
        }
        throw new IOException("wrk said: " + output);
    }

    /** So many streams at once that go on longer than the window. */
    Map<String, Double> streams(Target target, byte[] request, int connections, Duration duration) {
        Duration ramp = Duration.ofMillis(options.quick() ? 200 : Math.max(500, connections));
        var plan = new LoadClient.Plan(target.address(), request, connections, 0, ramp, duration);
        Tally tally =
                LoadClient.run(plan, () -> begin(target), () -> end(target)).mustBeClean(target.name());
        Map<String, Double> figures = new LinkedHashMap<>();
        cpu(figures, (double) tally.events);
        figures.put("per second", tally.events * 1e9 / tally.nanos);
        figures.put("events / read", tally.events / (double) Math.max(1, tally.reads));
        figures.put("delay p50 us", tally.delay.percentile(50) / 1e3);
        figures.put("delay p99 us", tally.delay.percentile(99) / 1e3);
        figures.put("RSS MB", Processes.resident(target.processes()) / MEGABYTE);
        return figures;
    }

    /** Requests at a fixed rate, timed from the moment each should have been sent. */
    Map<String, Double> open(Target target, byte[] request, double rate, Duration duration) {
        var plan = new LoadClient.Plan(target.address(), request, 1024, rate, Duration.ZERO, duration);
        Tally tally =
                LoadClient.run(plan, () -> begin(target), () -> end(target)).mustBeClean(target.name());
        Map<String, Double> figures = new LinkedHashMap<>();
        cpu(figures, (double) tally.good);
        figures.put("per second", tally.perSecond());
        percentiles(figures, "", tally.latency);
        percentiles(figures, "first byte ", tally.first);
        return figures;
    }

    private static void percentiles(Map<String, Double> figures, String what, LatencyHistogram histogram) {
        figures.put(what + "p50 us", histogram.percentile(50) / 1e3);
        figures.put(what + "p90 us", histogram.percentile(90) / 1e3);
        figures.put(what + "p99 us", histogram.percentile(99) / 1e3);
        figures.put(what + "p99.9 us", histogram.percentile(99.9) / 1e3);
    }
}
