package io.llmgateway.imports;

import io.llmgateway.imports.CsvTable.Row;
import io.llmgateway.imports.LiteLlmImport.Imported;
import io.llmgateway.settings.KeyDigest;
import io.llmgateway.settings.KeySettings;
import io.llmgateway.settings.ModelGlob;
import io.llmgateway.settings.Problem;
import io.llmgateway.settings.tree.Redacted;
import io.llmgateway.settings.tree.YamlOut;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns exports of the tables in which LiteLLM keeps its keys into our keys and groups. LiteLLM stores the SHA-256 of a
 * key, as the gateway does: everybody keeps the key they have. Confined to one import.
 */
public final class LiteLlmKeys {
    private static final int HASH_DIGITS = 64;
    /** Stands among the limits of a key that LiteLLM refuses always. */
    private static final String NO_BUDGET = "";

    private static final int HASH_DIGITS_IN_NAME = 8;
    /** LiteLLM's own sessions of its web page. */
    private static final String DASHBOARD = "litellm-dashboard";
    /** Columns that are used, or say nothing about what a key may do. */
    private static final Set<String> KNOWN = Set.of(
            "token",
            "key_name",
            "key_alias",
            "spend",
            "expires",
            "models",
            "team_id",
            "team_alias",
            "blocked",
            "tpm_limit",
            "rpm_limit",
            "max_parallel_requests",
            "max_budget",
            "budget_duration",
            "budget_id",
            "team_models",
            "team_blocked",
            "team_max_budget",
            "team_tpm_limit",
            "team_rpm_limit",
            "team_budget_duration",
            "budget_reset_at",
            "soft_budget_cooldown",
            "model_spend",
            "created_at",
            "updated_at",
            "created_by",
            "updated_by",
            "last_active",
            "last_refreshed_at",
            "last_rotation_at",
            "rotation_count");

    private static final Set<String> KNOWN_OF_TEAMS = Set.of(
            "team_id",
            "team_alias",
            "models",
            "blocked",
            "tpm_limit",
            "rpm_limit",
            "max_parallel_requests",
            "max_budget",
            "budget_duration",
            "budget_reset_at",
            "spend",
            "model_spend",
            "created_at",
            "updated_at");
    private static final Set<String> NOTHING = Set.of("", "{}", "[]", "f", "false", "0", "0.0", "False");

    private final String source;
    private final LiteLlmTally tally = new LiteLlmTally();
    private final Map<String, Row> budgets = new HashMap<>();
    private final Map<String, Team> teams = new LinkedHashMap<>();
    private final Set<String> groupNames = new HashSet<>();
    private final Set<String> keyNames = new HashSet<>();
    private final Set<KeyDigest> digests = new HashSet<>();
    private final YamlOut out = new YamlOut();

    /** A team under the name that its group has here. */
    private record Team(String name, List<String> models, boolean blocked, Map<String, String> limits) {
        boolean refused() {
            return blocked || limits.containsKey(NO_BUDGET);
        }
    }

    private LiteLlmKeys(String source) {
        this.source = source;
    }

    /**
     * Imports keys.
     *
     * @param source the file of the keys, for messages
     * @param keys the table {@code LiteLLM_VerificationToken} as CSV with a header
     * @param teams the table {@code LiteLLM_TeamTable}; empty when there is none
     * @param budgets the table {@code LiteLLM_BudgetTable}; empty when there is none
     * @return sections {@code groups} and {@code keys} of a configuration
     * @throws IllegalArgumentException when a table cannot be read; the message says which and why
     */
    public static Imported of(String source, String keys, Optional<String> teams, Optional<String> budgets) {
        LiteLlmKeys imports = new LiteLlmKeys(source);
        budgets.ifPresent(text -> table("the budgets", text, "budget_id")
                .rows()
                .forEach(row -> imports.budgets.put(row.get("budget_id"), row)));
        CsvTable table = table(source, keys, "token");
        teams.map(text -> table("the teams", text, "team_id")).ifPresent(imports::teams);
        table.rows().forEach(row -> imports.teamOf(row, teams.isPresent()));
        return imports.imported(table);
    }

    private static CsvTable table(String name, String text, String needed) {
        CsvTable table;
        try {
            table = CsvTable.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " " + e.getMessage(), e);
        }
        if (!table.columns().contains(needed)) {
            throw new IllegalArgumentException(
                    name + " has no column '" + needed + "': a CSV export with a line of column names is needed");
        }
        LiteLlmValues.check(name, table);
        return table;
    }

    private void teams(CsvTable table) {
        for (Row row : table.rows()) {
            String name = LiteLlmTally.free(
                    row.get("team_alias").isBlank() ? row.get("team_id") : row.get("team_alias"), groupNames);
            Map<String, String> limits = limits("", row, "team '" + name + "'");
            teams.put(
                    row.get("team_id"),
                    new Team(
                            name,
                            LiteLlmValues.list(row.get("models")),
                            LiteLlmValues.flag(row.get("blocked")),
                            limits));
        }
        unused(table, KNOWN_OF_TEAMS, "team_alias");
    }

    /** Makes a group of a team that only its keys name; the view of LiteLLM has the team's limits beside the key. */
    private void teamOf(Row row, boolean hasTeams) {
        String id = row.get("team_id");
        if (id.isEmpty() || id.equals(DASHBOARD) || teams.containsKey(id)) {
            return;
        }
        String name = LiteLlmTally.free(row.get("team_alias").isBlank() ? id : row.get("team_alias"), groupNames);
        Map<String, String> limits = limits("team_", row, "team '" + name + "'");
        teams.put(
                id,
                new Team(
                        name,
                        LiteLlmValues.list(row.get("team_models")),
                        LiteLlmValues.flag(row.get("team_blocked")),
                        limits));
        if (limits.isEmpty() && row.get("team_models").isEmpty()) {
            tally.add(
                    hasTeams
                            ? "is not in the table of teams: its limits are not known"
                            : "has no limits here: export LiteLLM_TeamTable too and name it with --teams",
                    name);
        }
    }

    private Imported imported(CsvTable table) {
        out.comment("Imported from " + source + ", keys of LiteLLM's database. Put groups and keys into the lists of"
                + " your configuration.");
        if (!teams.isEmpty()) {
            out.open("groups");
            teams.values().forEach(team -> {
                out.element().entry("name", YamlOut.scalar(team.name()), "");
                limits(team.limits());
                out.close();
            });
            out.close().blank();
        }
        out.open("keys");
        int count = 0;
        for (Row row : table.rows()) {
            count += key(row) ? 1 : 0;
        }
        out.close();
        unused(table, KNOWN, "key_alias");
        List<Problem> notes = tally.notes(source);
        return new Imported(count == 0 ? "" : out.text(), "", notes, Set.of());
    }

    private boolean key(Row row) {
        String shown = row.get("key_alias").isBlank() ? row.get("key_name") : row.get("key_alias");
        KeyDigest digest = digest(row.get("token"));
        if (row.get("team_id").equals(DASHBOARD)) {
            tally.add("is a session of LiteLLM's web page, left out", shown);
            return false;
        }
        if (digest == null || !digests.add(digest)) {
            tally.add(digest == null ? "has a token that is no SHA-256, left out" : "is there twice, left out", shown);
            return false;
        }
        String hash = digest.text().substring(KeyDigest.PREFIX.length());
        String name =
                LiteLlmTally.free(shown.isBlank() ? "key-" + hash.substring(0, HASH_DIGITS_IN_NAME) : shown, keyNames);
        Team team = teams.get(row.get("team_id"));
        Optional<List<String>> models = models(name, LiteLlmValues.list(row.get("models")), team);
        if (models.filter(List::isEmpty).isPresent()) {
            tally.add("may use every model: names that no alias takes go to routing.default-provider, if any", name);
        }
        Optional<String> expires = LiteLlmValues.expires(row.get("expires"));
        boolean enabled =
                !LiteLlmValues.flag(row.get("blocked")) && (team == null || !team.refused()) && models.isPresent();
        if (expires.isEmpty()) {
            tally.add("expires at a time that cannot be read: it is disabled", name);
            enabled = false;
        }
        Map<String, String> limits = limits("", row, name);
        enabled &= !limits.containsKey(NO_BUDGET);
        write(new Key(name, digest, enabled, expires.orElse(""), models.orElse(List.of()), limits), team);
        if (!NOTHING.contains(row.get("spend"))) {
            tally.add("has spent something: what was spent so far is not taken over, budgets begin anew", name);
        }
        return true;
    }

    private record Key(
            String name,
            KeyDigest digest,
            boolean enabled,
            String expires,
            List<String> models,
            Map<String, String> limits) {}

    private void write(Key key, @Nullable Team team) {
        out.element().entry("name", YamlOut.scalar(key.name()), "");
        out.entry("hash", "\"" + key.digest().text() + "\"", "");
        if (!key.enabled()) {
            out.entry("enabled", "false", "");
        }
        if (!key.expires().isEmpty()) {
            out.entry("expires", key.expires(), "");
        }
        if (!key.models().isEmpty()) {
            List<String> models = key.models().stream().map(YamlOut::scalar).toList();
            out.entry("models", "[" + String.join(", ", models) + "]", "");
        }
        if (team != null) {
            out.entry("group", YamlOut.scalar(team.name()), "");
        }
        limits(key.limits());
        out.close();
    }

    private void limits(Map<String, String> limits) {
        List<String> entries = limits.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(NO_BUDGET))
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .toList();
        if (!entries.isEmpty()) {
            out.entry("limits", "{" + String.join(", ", entries) + "}", "");
        }
    }

    private Map<String, String> limits(String prefix, Row row, String name) {
        Row shared = prefix.isEmpty() ? budgets.get(row.get("budget_id")) : null;
        if (prefix.isEmpty() && !row.get("budget_id").isEmpty() && shared == null) {
            tally.add("has a budget_id: export LiteLLM_BudgetTable too and name it with --budgets", name);
        }
        Map<String, String> limits = new LinkedHashMap<>();
        count(limits, "requests-per-minute", value(prefix + "rpm_limit", row, shared), name);
        count(limits, "tokens-per-minute", value(prefix + "tpm_limit", row, shared), name);
        count(limits, "concurrent", value(prefix + "max_parallel_requests", row, shared), name);
        String budget = value(prefix + "max_budget", row, shared);
        if (budget.isEmpty()) {
            return limits;
        }
        Optional<String> amount = LiteLlmOptions.money(budget);
        if (amount.isEmpty()) {
            tally.add("has a budget of " + Redacted.of(budget) + ", which allows nothing: it is disabled", name);
            limits.put(NO_BUDGET, "");
            return limits;
        }
        String duration = value(prefix + "budget_duration", row, shared);
        Optional<String> period = LiteLlmOptions.calendar(duration);
        if (period.isEmpty()) {
            tally.add(
                    duration.isEmpty()
                            ? "has a budget that is never reset: here it is for a month"
                            : "has a budget for " + Redacted.of(duration) + ": here it is for a month",
                    name);
        }
        limits.put("budget", "{amount: " + amount.get() + ", per: " + period.orElse("month") + "}");
        return limits;
    }

    private void count(Map<String, String> limits, String limit, String value, String name) {
        if (value.isEmpty()) {
            return;
        }
        try {
            long number = (long) Double.parseDouble(value);
            if (number >= 1) {
                limits.put(limit, Long.toString(Math.min(number, 10_000_000_000L)));
                return;
            }
        } catch (NumberFormatException _) {
            // told below
        }
        tally.add("has " + limit + " " + Redacted.of(value) + ", which allows nothing: it is disabled", name);
        limits.put(NO_BUDGET, "");
    }

    private static String value(String column, Row row, @Nullable Row shared) {
        String own = row.get(column);
        return own.isEmpty() && shared != null ? shared.get(column) : own;
    }

    /** What a key may use: nothing for all; absent when it may use none. */
    private Optional<List<String>> models(String name, List<String> own, @Nullable Team team) {
        List<String> teams = team == null ? List.of() : patterns(name, team.models());
        boolean all = own.isEmpty() || own.contains("all-proxy-models") || own.contains("all-team-models");
        if (own.contains("no-default-models") && own.size() == 1) {
            tally.add("may use no model: it is disabled", name);
            return Optional.empty();
        }
        if (all) {
            return Optional.of(teams);
        }
        List<String> written = patterns(name, own);
        List<String> both = written.stream()
                .filter(each ->
                        teams.isEmpty() || teams.stream().anyMatch(pattern -> new ModelGlob(pattern).matches(each)))
                .toList();
        if (both.isEmpty()) {
            tally.add("may use no model that its team may use: it is disabled", name);
            return Optional.empty();
        }
        return Optional.of(both);
    }

    private List<String> patterns(String name, List<String> models) {
        Set<String> patterns = new LinkedHashSet<>();
        for (String model : models) {
            if (model.equals("all-proxy-models")) {
                return List.of();
            }
            try {
                patterns.add(new ModelGlob(model).value());
            } catch (IllegalArgumentException _) {
                tally.add("may use a model whose name is not possible here, left out", name);
            }
        }
        return List.copyOf(patterns);
    }

    private static @Nullable KeyDigest digest(String token) {
        if (token.startsWith("sk-") && token.length() >= KeySettings.MIN_KEY_LENGTH) {
            return KeyDigest.of(token);
        }
        try {
            return token.length() == HASH_DIGITS ? KeyDigest.parse(KeyDigest.PREFIX + token) : null;
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private void unused(CsvTable table, Set<String> known, String nameColumn) {
        for (String column : table.columns()) {
            if (!known.contains(column)) {
                table.rows().stream()
                        .filter(row -> !NOTHING.contains(row.get(column).strip()))
                        .forEach(row -> tally.add(
                                "has '" + column + "', which has no counterpart, left out", row.get(nameColumn)));
            }
        }
    }
}
