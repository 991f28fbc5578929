package io.llmgateway.benchmarks.load;

import io.llmgateway.benchmarks.load.Lab.Target;
import io.llmgateway.model.Protocol;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures the gateway's image from outside, round by round beside the upstream alone, nginx and the peers of a file.
 * Run with {@code ./dev bench load}; read {@code benchmarks/results/load/load.md}: ratios count, times depend on the
 * machine.
 */
public final class LoadBench {
    private static final int CONNECTIONS = 64;
    // with 64 of them at once the time goes into waiting for a turn, in nginx too
    private static final int CONNECTIONS_FOR_LARGE = 16;
    private static final int LARGE = 100 * 1024;
    private static final int ENDLESS = 1_000_000;

    private final Options options;
    private final Lab lab;
    private final Window window;
    private final Target gateway;

    private LoadBench(Options options, Lab lab) throws IOException {
        this.options = options;
        this.lab = lab;
        this.window = new Window(options, lab);
        this.gateway = lab.gateway("gateway", GatewayFile.USUAL);
    }

    /** One thing that is measured in every round. */
    private record Cell(String name, Measurement measurement) {}

    /** Measures for so long. */
    @FunctionalInterface
    private interface Measurement {
        Map<String, Double> run(Duration duration) throws IOException;
    }

    /** See {@link Options#USAGE}. */
    public static void main(String[] arguments) throws IOException {
        Options options;
        try {
            options = Options.parse(List.of(arguments));
        } catch (IllegalArgumentException e) {
            Console.line("error: " + e.getMessage());
            Console.line(Options.USAGE.formatted("whole-1k, whole-10k, whole-100k, whole-1m, streams-64, streams-1000,"
                    + " latency, first-event, memory, idle, start, overload"));
            System.exit(2);
            return;
        }
        if (options.wrk().isEmpty()) {
            Console.line("wrk is missing (apt-get install wrk): the own load generator takes its place");
        }
        try (Lab lab = new Lab(options)) {
            new LoadBench(options, lab).run();
        }
        Report.write(options.results());
        Console.line("wrote " + options.results().resolve("load.md"));
    }

    private void run() throws IOException {
        for (Bodies.Size size : Bodies.SIZES) {
            if (options.wants("whole-" + size.name()) && (!options.quick() || size.bytes() == 1024)) {
                whole(size);
            }
        }
        if (options.wants("streams-64")) {
            streams(64, 10);
        }
        if (options.wants("streams-1000") && !options.quick()) {
            streams(1000, 100);
        }
        if (options.wants("latency")) {
            latency();
        }
        if (options.wants("first-event")) {
            firstEvent();
        }
        new States(options, lab).run();
    }

    private void whole(Bodies.Size size) throws IOException {
        List<Cell> cells = new ArrayList<>();
        cells.add(whole(lab.direct(false), "direct", Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT, size));
        lab.nginx(false).ifPresent(t -> cells.add(whole(t, "nginx", Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT, size)));
        if (size.bytes() == 1024) {
            cells.add(whole(lab.bare(), "bare proxy", Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT, size));
            for (Target peer : lab.peers()) {
                cells.add(whole(peer, peer.name(), Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT, size));
            }
        }
        cells.add(whole(gateway, "gateway", Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT, size));
        if (size.bytes() == 1024) {
            Target ledger = lab.gateway("gateway-ledger", GatewayFile.withLedger(lab.folder()));
            cells.add(whole(ledger, "gateway, usage stored", Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT, size));
        }
        cells.add(whole(gateway, "Anthropic", Protocol.ANTHROPIC_MESSAGES, Protocol.ANTHROPIC_MESSAGES, size));
        cells.add(whole(gateway, "OpenAI to Anthropic", Protocol.OPENAI_CHAT, Protocol.ANTHROPIC_MESSAGES, size));
        cells.add(whole(gateway, "Anthropic to OpenAI", Protocol.ANTHROPIC_MESSAGES, Protocol.OPENAI_CHAT, size));
        cells.add(whole(gateway, "OpenAI to Gemini", Protocol.OPENAI_CHAT, Protocol.GEMINI, size));
        Results results = new Results(
                "whole-" + size.name(),
                "Whole answers: request and answer of " + size.bytes() + " bytes each, " + connections(size)
                        + " connections that ask again as soon as they have their answer.");
        interleave(results, cells);
    }

    private Cell whole(Target target, String name, Protocol client, Protocol upstream, Bodies.Size size) {
        byte[] request = lab.request(target, client, upstream, size);
        return new Cell(
                name,
                duration -> window.closed(
                        target, request, connections(size), client == upstream ? size.bytes() : 100, duration));
    }

    private static int connections(Bodies.Size size) {
        return size.bytes() < LARGE ? CONNECTIONS : CONNECTIONS_FOR_LARGE;
    }

    private void streams(int count, int millis) throws IOException {
        List<Cell> cells = new ArrayList<>();
        cells.add(stream(lab.direct(true), "direct", count, millis, Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT));
        lab.nginx(true)
                .ifPresent(
                        t -> cells.add(stream(t, "nginx", count, millis, Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT)));
        cells.add(stream(lab.bare(), "bare proxy", count, millis, Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT));
        cells.add(stream(gateway, "gateway", count, millis, Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT));
        if (count < 1000) {
            cells.add(stream(
                    gateway, "Anthropic", count, millis, Protocol.ANTHROPIC_MESSAGES, Protocol.ANTHROPIC_MESSAGES));
            cells.add(stream(
                    gateway, "OpenAI to Anthropic", count, millis, Protocol.OPENAI_CHAT, Protocol.ANTHROPIC_MESSAGES));
            cells.add(stream(
                    gateway, "Anthropic to OpenAI", count, millis, Protocol.ANTHROPIC_MESSAGES, Protocol.OPENAI_CHAT));
            cells.add(stream(gateway, "OpenAI to Gemini", count, millis, Protocol.OPENAI_CHAT, Protocol.GEMINI));
        }
        Results results = new Results(
                "streams-" + count,
                count + " streams at once with an event each " + millis
                        + " ms; CPU for each event that left the target.");
        interleave(results, cells);
    }

    private Cell stream(Target target, String name, int count, int millis, Protocol client, Protocol upstream) {
        byte[] request = lab.stream(client, upstream, ENDLESS, millis);
        return new Cell(name, duration -> window.streams(target, request, count, duration));
    }

    private void latency() throws IOException {
        byte[] request = lab.request(gateway, Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT, Bodies.SIZES.getFirst());
        Duration probe = options.quick() ? Duration.ofSeconds(1) : Duration.ofSeconds(5);
        window.closed(gateway, request, CONNECTIONS, 1, options.warm());
        double capacity = window.closed(gateway, request, CONNECTIONS, 1, probe).getOrDefault("per second", 1000.0);
        Map<String, Double> rates = new LinkedHashMap<>();
        rates.put("latency-25", capacity / 4);
        if (!options.quick()) {
            rates.put("latency-50", capacity / 2);
            rates.put("latency-5000", 5000.0);
        }
        for (Map.Entry<String, Double> rate : rates.entrySet()) {
            double perSecond = Math.rint(rate.getValue() / 100) * 100;
            Results results = new Results(
                    rate.getKey(),
                    "1 KB requests at a fixed " + (long) perSecond
                            + " a second, timed from the moment each should be sent;" + " the gateway can do "
                            + (long) capacity + " a second here.");
            List<Cell> cells = new ArrayList<>();
            cells.add(open(lab.direct(false), perSecond));
            lab.nginx(false).ifPresent(t -> cells.add(open(t, perSecond)));
            cells.add(open(gateway, perSecond));
            interleave(results, cells);
        }
    }

    private Cell open(Target target, double rate) {
        byte[] request = lab.request(target, Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT, Bodies.SIZES.getFirst());
        return new Cell(target.name(), duration -> window.open(target, request, rate, duration));
    }

    private void firstEvent() throws IOException {
        Results results = new Results(
                "first-event",
                "Streams of 5 events, 10 ms apart, begun at a fixed 200 a second: time to the first event.");
        List<Cell> cells = new ArrayList<>();
        List<Target> targets = new ArrayList<>();
        targets.add(lab.direct(true));
        lab.nginx(true).ifPresent(targets::add);
        targets.add(gateway);
        for (Target target : targets) {
            byte[] request = lab.stream(Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT, 5, 10);
            cells.add(new Cell(target.name(), duration -> window.open(target, request, 200, duration)));
        }
        interleave(results, cells);
    }

    private void interleave(Results results, List<Cell> cells) throws IOException {
        for (Cell cell : cells) {
            cell.measurement.run(options.warm());
        }
        for (int round = 1; round <= options.rounds(); round++) {
            for (Cell cell : cells) {
                results.add(cell.name, cell.measurement.run(options.window()));
            }
        }
        States.finish(options, results);
    }
}
