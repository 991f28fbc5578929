package io.llmgateway.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.imports.LiteLlmImport.Imported;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.KeyDigest;
import io.llmgateway.settings.KeySettings;
import io.llmgateway.settings.ModelGlob;
import io.llmgateway.settings.Problem;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiteLlmKeysTest {
    /** A key as LiteLLM makes them, and what its database has of it. */
    private static final String KEY = "sk-u8mVDzsvHz1Z2hVAkO9eSQ";

    private static final String REST = """
            providers:
              p: {type: openai, instances: [{name: i, base-url: "http://127.0.0.1:1/v1"}]}
            """;

    private static String hash(String key) {
        return KeyDigest.of(key).text().substring(KeyDigest.PREFIX.length());
    }

    private static GatewaySettings settings(Imported imported) {
        LoadResult result = SettingsLoader.load("c", imported.yaml() + REST, Path.of(""), Sources.of(Map.of()));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return ((LoadResult.Loaded) result).settings();
    }

    private static String notes(Imported imported) {
        return imported.notes().stream().map(Problem::toString).collect(Collectors.joining("\n"));
    }

    private static Imported keys(String csv) {
        return LiteLlmKeys.of("keys.csv", csv, Optional.empty(), Optional.empty());
    }

    private static KeySettings only(String columns, String values) {
        String commas = ",".repeat((int) columns.chars().filter(c -> c == ',').count());
        String good = hash("sk-a-key-that-is-good") + "," + commas;
        return settings(keys("token," + columns + "\n" + hash(KEY) + "," + values + "\n" + good + "\n"))
                .keys()
                .getFirst();
    }

    @Test
    void developersKeepTheirKeys_withNamesTeamsBudgetsAndExpiry() {
        String keys = """
                token,key_name,key_alias,spend,expires,models,aliases,user_id,team_id,max_parallel_requests,\
                metadata,blocked,tpm_limit,rpm_limit,max_budget,budget_duration,budget_id
                %s,sk-...eSQ,alice laptop,12.5,2099-01-02 03:04:05.678,"{gpt-4o,""claude 3""}",{},alice,team-1,5,\
                "{""a"": ""b, c
                d""}",f,100000,60,25.5,30d,
                %s,sk-...abc,,0,,{},{},,team-1,,{},t,,,,,b-1
                """.formatted(hash(KEY), hash("sk-another-key-of-somebody"));
        String teams = """
                team_id,team_alias,models,blocked,tpm_limit,rpm_limit,max_budget,budget_duration,organization_id
                team-1,Search & Ranking,{},f,,600,1000,1d,org-1
                """;
        String budgets =
                "budget_id,max_budget,tpm_limit,rpm_limit,max_parallel_requests,budget_duration\n" + "b-1,3,,7,,1h\n";

        Imported imported = LiteLlmKeys.of("keys.csv", keys, Optional.of(teams), Optional.of(budgets));
        GatewaySettings settings = settings(imported);

        KeySettings alice = settings.keys().getFirst();
        assertThat(alice.name().value()).isEqualTo("alice-laptop");
        assertThat(alice.digest()).isEqualTo(KeyDigest.of(KEY));
        assertThat(alice.enabled()).isTrue();
        assertThat(alice.expires()).isEqualTo(Instant.parse("2099-01-02T03:04:05.678Z"));
        assertThat(alice.models()).extracting(ModelGlob::value).containsExactly("gpt-4o", "claude 3");
        assertThat(alice.group()).contains("Search-&-Ranking");
        assertThat(alice.limits().limits())
                .extracting(limit -> limit.measure() + " " + limit.window() + " " + limit.amount())
                .containsExactlyInAnyOrder(
                        "REQUESTS MINUTE 60", "TOKENS MINUTE 100000", "CONCURRENT NONE 5", "MONEY MONTH 25500000000");
        KeySettings other = settings.keys().get(1);
        assertThat(other.name().value()).isEqualTo("sk-...abc");
        assertThat(other.enabled()).isFalse();
        assertThat(other.models()).isEqualTo(KeySettings.DEFAULT_MODELS);
        assertThat(other.limits().limits())
                .extracting(limit -> limit.measure() + " " + limit.window())
                .containsExactlyInAnyOrder("REQUESTS MINUTE", "MONEY HOUR");
        assertThat(settings.groups().getFirst().limits().limits())
                .extracting(limit -> limit.measure() + " " + limit.window() + " " + limit.amount())
                .containsExactlyInAnyOrder("REQUESTS MINUTE 600", "MONEY DAY 1000000000000");
        assertThat(notes(imported)).contains("spent", "'user_id'", "'metadata'", "'organization_id'");
    }

    @Test
    void modelsOfAKey_areThoseThatItsTeamMayUseToo() {
        String teams = "team_id,team_alias,models,blocked\nt,team,\"{gpt-*,claude-3}\",f\nb,out,{},t\n";
        String keys = "token,key_alias,models,team_id\n"
                + hash("sk-one-one-one-one") + ",both,\"{gpt-4o,qwen}\",t\n"
                + hash("sk-two-two-two-two") + ",all,{all-team-models},t\n"
                + hash("sk-three-three-three") + ",neither,{qwen},t\n"
                + hash("sk-four-four-four-four") + ",blocked,{},b\n"
                + hash("sk-five-five-five-five") + ",none,{no-default-models},\n";

        Imported imported = LiteLlmKeys.of("keys.csv", keys, Optional.of(teams), Optional.empty());

        assertThat(settings(imported).keys())
                .extracting(key -> key.name() + " " + key.enabled() + " " + key.models())
                .containsExactly(
                        "both true [gpt-4o]",
                        "all true [gpt-*, claude-3]",
                        "neither false [*]",
                        "blocked false [*]",
                        "none false [*]");
    }

    @ParameterizedTest
    @CsvSource({
        "2030-01-02, 2030-01-02T00:00:00Z",
        "2030-01-02 03:04:05, 2030-01-02T03:04:05Z",
        "2030-01-02 03:04:05+00, 2030-01-02T03:04:05Z",
        "2030-01-02T03:04:05+02:00, 2030-01-02T01:04:05Z",
        "2030-01-02T03:04:05.5Z, 2030-01-02T03:04:05.500Z",
    })
    void expiry_isReadInEveryForm(String written, String meant) {
        assertThat(only("expires", written).expires()).isEqualTo(Instant.parse(meant));
    }

    @Test
    void keyWhoseEndNobodyKnows_orThatMayNotSpend_isDisabled() {
        assertThat(only("expires", "soon").enabled()).isFalse();
        assertThat(only("max_budget", "0").enabled()).isFalse();
        assertThat(only("max_budget,rpm_limit", "5,0").limits().limits()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "rpm_limit, 0",
        "tpm_limit, 0",
        "tpm_limit, -1",
        "rpm_limit, 0.5",
        "rpm_limit, many",
        "max_parallel_requests, 0",
    })
    void limitThatAllowsNothing_disablesTheKeyAndTheTeam(String column, String value) {
        assertThat(only(column, value).enabled()).isFalse();
        assertThat(only("team_id,team_" + column, "t," + value).enabled()).isFalse();
        assertThat(notes(keys("token,key_alias," + column + "\n" + hash(KEY) + ",a," + value + "\n")))
                .contains("a: has ", "which allows nothing: it is disabled");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "models|{gpt-4o",
                "models|\"{gpt-4o,\"",
                "models|\"{\"\"gpt 4o}\"",
                "models|[gpt-4o}",
                "models|{",
                "models|gpt-4o}",
                "team_models|{gpt-4o",
                "blocked|maybe",
                "blocked|2",
                "team_blocked|tru"
            })
    void cutListsAndUnclearFlags_areRefusedWithLineAndColumn(String column, String value) {
        String keys = "token,key_alias," + column + "\n" + hash("sk-a-key-that-is-good") + ",\"two\nlines\",\n"
                + hash(KEY) + ",a," + value + "\n";

        assertThatThrownBy(() -> keys(keys))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("keys.csv line 4, column '" + column + "': ");
    }

    @Test
    void keysThatCannotBeTaken_areNamed() {
        Imported imported = keys("token,key_alias,team_id\n" + hash(KEY) + ",good,\n" + hash(KEY) + ",twice,\n"
                + "88dc28d0f030,short,\n" + hash("sk-ui-session-0123456") + ",ui,litellm-dashboard\n");

        assertThat(settings(imported).keys()).hasSize(1);
        assertThat(notes(imported)).contains("twice: is there twice", "short: has a token", "ui: is a session");
    }

    @Test
    void keysOfOneName_getNumbers_andAKeyInPlainTextIsHashed() {
        Imported imported = keys("token,key_alias\n" + KEY + ",a\n" + hash("sk-bbbbbbbbbbbbbbbbb") + ",a\n");

        assertThat(settings(imported).keys())
                .extracting(key -> key.name().value())
                .containsExactly("a", "a-2");
        assertThat(settings(imported).keys().getFirst().digest()).isEqualTo(KeyDigest.of(KEY));
        assertThat(imported.yaml() + notes(imported)).doesNotContain(KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a,b\n1,2\n", "token,a\n\"x\n", "token,a\nx\n", "token,token\n", "token\n\"a\"b\n"})
    void whatIsNoTable_isRefusedByName(String csv) {
        assertThatThrownBy(() -> keys(csv))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("keys.csv ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {"{}|", "[]|", "{a,b}|a b", "{\"a b\",c}|a b,c", "[\"a\", \"b\"]|a b", "{\"a\\\"b\"}|a\"b", "a|a"})
    void arrays_ofPostgresAndJson(String text, String items) {
        String expected = items == null ? "" : items.replace(' ', '\u0001').replace("a\u0001b,c", "a b\u0001c");

        assertThat(String.join("\u0001", LiteLlmValues.list(text))).isEqualTo(expected);
    }

    @Test
    void tablesWithSemicolonsTabsAndByteOrderMarks_areRead() {
        for (String csv : List.of(
                "\uFEFFtoken;key_alias\r\n%s;a\r\n",
                "token\tkey_alias\n%s\ta", "\"token\",\"key_alias\"\n\"%s\",\"a\"\n\n")) {
            assertThat(settings(keys(csv.formatted(hash(KEY)))).keys())
                    .extracting(key -> key.name().value())
                    .containsExactly("a");
        }
    }
}
