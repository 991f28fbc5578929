package io.llmgateway.it.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.admin.ReloadReport;
import io.llmgateway.launcher.ConfigSource;
import io.llmgateway.launcher.Gateway;
import io.llmgateway.logs.Logs;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.read.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** One gateway under chaos, with its changing configuration and its books. Thread-safe but for reloads. */
final class Rig implements AutoCloseable {
    private static final long POLL_NANOS = 20_000_000;

    private final String name;
    private final Path folder;
    private final ChaosConfig config;
    private final Gateway gateway;
    private final GatewayInvariants invariants;
    private int number;

    private Rig(String name, Path folder, ChaosConfig config, Gateway gateway) {
        this.name = name;
        this.folder = folder;
        this.config = config;
        this.gateway = gateway;
        this.invariants = GatewayInvariants.of(gateway);
    }

    static Rig start(String name, Path folder, ChaosConfig config) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("gateway.yaml");
        Files.writeString(file, config.yaml(0));
        ConfigSource source = ConfigSource.file(file, ChaosConfig.ENVIRONMENT, Map.of());
        Set<Path> files = new LinkedHashSet<>();
        if (!(source.load(files) instanceof LoadResult.Loaded(GatewaySettings settings, var _))) {
            throw new AssertionError(source.load(files).toString());
        }
        return new Rig(name, folder, config, Gateway.start(settings, source, files, Logs.none()));
    }

    Gateway gateway() {
        return gateway;
    }

    /** Applies the next configuration. */
    void reload() throws IOException {
        number++;
        Files.writeString(folder.resolve("gateway.yaml"), config.yaml(number));
        ReloadReport report = gateway.reload("chaos").orElseThrow();
        if (!report.taken()) {
            throw new AssertionError("configuration " + number + " is not taken: " + report.problems());
        }
    }

    int reloads() {
        return number;
    }

    /** What does not hold now that its clients have gone. */
    List<String> broken(Duration patience) {
        List<String> broken = new ArrayList<>(invariants.broken(patience));
        long end = System.nanoTime() + patience.toNanos();
        while (GatewayInvariants.sum(gateway, "gateway_ledger_records_queued", "") > 0 && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        if (broken.isEmpty()) {
            books(broken);
        }
        return broken.stream().map(each -> name + ": " + each).toList();
    }

    /** What the gateway has counted of one thing in its ledger and in its limits. */
    private void books(List<String> broken) {
        Books stored = stored();
        same(broken, "tokens: ledger, limits", stored.input() + stored.output(), spent("tokens-per-day"));
        same(broken, "input tokens: ledger, limits", stored.input(), spent("input-tokens-per-day"));
        same(broken, "output tokens: ledger, limits", stored.output(), spent("output-tokens-per-day"));
        long budget = spent("budget");
        if (Math.abs(stored.cost() / 1_000 - budget) > 1) {
            broken.add("micro dollars: ledger " + stored.cost() / 1_000 + ", limits " + budget);
        }
    }

    private static void same(List<String> broken, String what, long first, long second) {
        if (first != second) {
            broken.add(what + ": " + first + ", " + second);
        }
    }

    /** What all keys together have taken of an overall limit. */
    private long spent(String limit) {
        for (JsonNode each : GatewayInvariants.json(gateway, "/limits").path("limits")) {
            String owner = each.path("scope").asText();
            boolean overall = !owner.startsWith("key") && !owner.startsWith("group");
            if (overall && each.path("limit").asText().startsWith(limit)) {
                return each.path("amount").asLong() - each.path("remaining").asLong();
            }
        }
        throw new AssertionError("no limit " + limit + " in " + GatewayInvariants.page(gateway, "/limits"));
    }

    /** What is in the ledger. */
    Books stored() {
        String sums =
                "SELECT count(*), sum(input + cache_read + cache_write), sum(output), sum(max(cost, 0)) FROM usage";
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("usage.db"));
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sums)) {
            return new Books(found.getLong(1), found.getLong(2), found.getLong(3), found.getLong(4));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        gateway.close();
    }
}
