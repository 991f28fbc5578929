package io.llmgateway.it.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.launcher.ConfigSource;
import io.llmgateway.launcher.Gateway;
import io.llmgateway.launcher.ReloadReport;
import io.llmgateway.logs.Logs;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.LoadResult;
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
    private int number;

    private Rig(String name, Path folder, ChaosConfig config, Gateway gateway) {
        this.name = name;
        this.folder = folder;
        this.config = config;
        this.gateway = gateway;
    }

    static Rig start(String name, Path folder, ChaosConfig config) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("gateway.yaml");
        Files.writeString(file, config.yaml(0));
        ConfigSource source = ConfigSource.file(file, Map.of(), Map.of());
        Set<Path> files = new LinkedHashSet<>();
        if (!(source.load(files) instanceof LoadResult.Loaded(GatewaySettings settings, var _))) {
            throw new AssertionError(source.load(files).toString());
        }
        return new Rig(name, folder, config, Gateway.start(settings, source, files, Logs.none()));
    }

    Gateway gateway() {
        return gateway;
    }

    /** Puts the next configuration in force. */
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
        List<String> broken = new ArrayList<>(GatewayInvariants.broken(gateway, patience));
        long end = System.nanoTime() + patience.toNanos();
        while (GatewayInvariants.sum(gateway, "gateway_ledger_waiting", "") > 0 && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        if (broken.isEmpty()) {
            books(broken);
        }
        return broken.stream().map(each -> name + ": " + each).toList();
    }

    /** What the gateway has counted of one thing in its several places. */
    private void books(List<String> broken) {
        long[] stored = stored();
        long[] counted = {
            Math.round(GatewayInvariants.sum(gateway, "gateway_tokens_total", "kind=\"input\"")
                    + GatewayInvariants.sum(gateway, "gateway_tokens_total", "kind=\"cache_read\"")
                    + GatewayInvariants.sum(gateway, "gateway_tokens_total", "kind=\"cache_write\"")),
            Math.round(GatewayInvariants.sum(gateway, "gateway_tokens_total", "kind=\"output\""))
        };
        long lost = Math.round(GatewayInvariants.sum(gateway, "gateway_ledger_records_total", "state=\"lost\""));
        long written = Math.round(GatewayInvariants.sum(gateway, "gateway_ledger_records_total", "state=\"written\""));
        same(broken, "usage records: stored, counted", stored[0], written);
        same(broken, "usage records lost: nothing, counted", 0, lost);
        same(broken, "input tokens: ledger, metrics", stored[1], counted[0]);
        same(broken, "output tokens: ledger, metrics", stored[2], counted[1]);
        same(broken, "tokens: ledger, limits", stored[1] + stored[2], spent("tokens-per-day"));
        same(broken, "input tokens: ledger, limits", stored[1], spent("input-tokens-per-day"));
        same(broken, "output tokens: ledger, limits", stored[2], spent("output-tokens-per-day"));
        long budget = spent("budget");
        if (Math.abs(stored[3] / 1_000 - budget) > 1) {
            broken.add("micro dollars: ledger " + stored[3] / 1_000 + ", limits " + budget);
        }
        double dollars = GatewayInvariants.sum(gateway, "gateway_key_cost_dollars", "");
        if (Math.abs(stored[3] / 1e9 - dollars) > 1e-6) {
            broken.add("dollars: ledger " + stored[3] / 1e9 + ", metrics " + dollars);
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
            String owner = each.path("of").asText();
            boolean overall = !owner.startsWith("key") && !owner.startsWith("group");
            if (overall && each.path("limit").asText().startsWith(limit)) {
                return each.path("amount").asLong() - each.path("remaining").asLong();
            }
        }
        throw new AssertionError("no limit " + limit + " in " + GatewayInvariants.page(gateway, "/limits"));
    }

    private long[] stored() {
        String sums = "SELECT count(*), sum(input + cache_read + cache_write), sum(output), sum(max(cost, 0)) FROM usage";
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("usage.db"));
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sums)) {
            return new long[] {found.getLong(1), found.getLong(2), found.getLong(3), found.getLong(4)};
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        gateway.close();
    }
}
