package io.llmgateway.launcher;

import io.llmgateway.admin.ReloadReport;
import io.llmgateway.admin.Reloads;
import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.Problem;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsDiff;
import io.llmgateway.settings.read.SettingsDiff.Difference;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Applies changed configurations, one at a time: reads, validates and builds the whole, then swaps; a bad one
 * changes nothing and is reported. Thread-safe.
 */
public final class Reloader implements Reloads {
    private static final System.Logger LOG = System.getLogger(Reloader.class.getName());

    private final ConfigSource source;
    private final Snapshots snapshots;
    private final StartedWith started;
    private final GatewayMetrics metrics;
    private final Clock clock;
    private final List<Consumer<GatewaySettings>> followers = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Set<Path> files;
    private volatile ReloadReport last;

    /**
     * Begins with what is active.
     *
     * @param files the files that the active configuration was read from
     */
    Reloader(ConfigSource source, Set<Path> files, Snapshots snapshots, GatewayMetrics metrics, Clock clock) {
        this.files = Set.copyOf(files);
        this.source = source;
        this.snapshots = snapshots;
        this.started = new StartedWith(snapshots.active().settings());
        this.metrics = metrics;
        this.clock = clock;
        this.last = ReloadReport.started(clock.instant(), source.warnings());
        metrics.configuration(() -> (int) snapshots.active().generation(), () -> last.taken() ? 1 : 0);
    }

    /** Tells somebody of settings that are active now; to be named before the first reload. */
    void follow(Consumer<GatewaySettings> follower) {
        followers.add(follower);
    }

    @Override
    public ReloadReport last() {
        return last;
    }

    /** The files that the last configuration depended on. */
    Set<Path> files() {
        return files;
    }

    @Override
    public ReloadReport reload(String trigger) {
        lock.lock();
        try {
            Set<Path> found = new LinkedHashSet<>();
            LoadResult result = source.load(found);
            files = Set.copyOf(found);
            ReloadReport report = switch (result) {
                case LoadResult.Loaded(GatewaySettings settings, List<Problem> warnings) ->
                    put(trigger, settings, warnings);
                case LoadResult.Invalid(List<Problem> problems) -> refused(trigger, problems);
            };
            last = report;
            metrics.reloaded(report.taken());
            return report;
        } finally {
            lock.unlock();
        }
    }

    private ReloadReport put(String trigger, GatewaySettings settings, List<Problem> warnings) {
        List<Difference> differences = SettingsDiff.between(snapshots.active().settings(), settings);
        try {
            snapshots.put(settings);
        } catch (IOException e) {
            return refused(trigger, List.of(new Problem("configuration", 0, 0, "", String.valueOf(e.getMessage()))));
        }
        followers.forEach(follower -> follower.accept(settings));
        List<String> texts = differences.stream().map(Difference::toString).toList();
        List<String> waiting = SettingsDiff.between(started.holds(settings), settings).stream()
                .map(Difference::toString)
                .toList();
        long generation = snapshots.active().generation();
        LOG.log(
                System.Logger.Level.INFO,
                "configuration " + generation + " applied (" + trigger + "): "
                        + (texts.isEmpty() ? "no differences" : String.join("; ", texts)));
        if (!waiting.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "these settings take effect with the next start only: " + String.join("; ", waiting));
        }
        warnings.forEach(warning -> LOG.log(System.Logger.Level.WARNING, warning.toString()));
        return new ReloadReport(clock.instant(), trigger, true, generation, texts, waiting, List.of(), warnings);
    }

    private ReloadReport refused(String trigger, List<Problem> problems) {
        long generation = snapshots.active().generation();
        LOG.log(
                System.Logger.Level.ERROR,
                "the configuration is not valid (" + trigger + "), configuration " + generation + " stays active; "
                        + problems.size() + (problems.size() == 1 ? " problem" : " problems"));
        problems.forEach(problem -> LOG.log(System.Logger.Level.ERROR, problem.toString()));
        return ReloadReport.refused(clock.instant(), trigger, generation, problems);
    }
}
