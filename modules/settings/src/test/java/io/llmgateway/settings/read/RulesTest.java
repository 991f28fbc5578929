package io.llmgateway.settings.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.settings.ModelGlob;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulesTest {
    private static LoadResult.Loaded loaded(String rules, String keyModels) {
        String text = """
                keys:
                  - {name: k, key: {env: K}, models: [%s]}
                  - {name: off, key: {env: OTHER}, enabled: false}
                providers:
                  p: {type: openai, instances: [{name: i, base-url: "http://h"}]}
                  q: {type: openai, instances: [{name: j, base-url: "http://h"}]}
                routing:
                  rules: {%s}
                  models: {fast: {targets: [{provider: p, model: x}]}}
                """.formatted(keyModels, rules);
        Map<String, String> environment = Map.of("K", "0123456789abcdef-0123", "OTHER", "0123456789abcdef-4567");
        return (LoadResult.Loaded) SettingsLoader.load("t.yaml", text, Path.of(""), new Sources(environment, Map.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-, gpt-, names that begin with 'gpt-'",
        "gpt-*, gpt-, names that begin with 'gpt-'",
        "openai/, openai/, names that begin with 'openai/'",
        "/models/, /models/, names that begin with '/models/'",
        "hf.co/unsloth/, hf.co/unsloth/, names that begin with 'hf.co/unsloth/'",
        "ft:, ft:, names that begin with 'ft:'",
        "claude-opus-4., claude-opus-4., names that begin with 'claude-opus-4.'",
        "o1*, o1*, names that begin with 'o1'",
        "o1, o1, the name 'o1' alone",
        "Mein Modell, Mein Modell, the name 'Mein Modell' alone",
        "*, *, every name"
    })
    void rule_saysHowItIsRead(String written, String pattern, String reading) {
        assertThat(loaded("\"" + written + "\": p", "\"*\"")
                        .settings()
                        .routing()
                        .rules())
                .singleElement()
                .satisfies(rule -> {
                    assertThat(rule.pattern()).isEqualTo(pattern);
                    assertThat(rule.reading()).isEqualTo(reading);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"fast\": p | \"*\" | an alias has this name",
                "\"gpt-\": p | \"claude-*\" | no key may use such a model",
                "\"gpt-4o\": p | \"gpt-4o-mini\", \"gpt-5*\" | no key may use such a model",
                "\"openai/\": p | \"*-mini\", \"x/*\" |",
                "\"gpt-5-\": p | \"gpt-\" |",
                "\"gpt-\": p | \"gpt-5-mini\" |",
                "\"*\": p | \"only-this\" |",
                "\"a*\": p | \"*b*c\" |",
                "\"fast*\": p | \"*\" |"
            })
    void rule_thatCanNeverMatch_isWarnedOf(String rules, String keyModels, String why) {
        LoadResult.Loaded loaded = loaded(rules, keyModels);

        if (why == null) {
            assertThat(loaded.warnings()).isEmpty();
        } else {
            assertThat(loaded.warnings())
                    .singleElement()
                    .asString()
                    .contains("t.yaml:8:", "routing.rules.", "can never match: " + why);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "claude-, claude-opus-5, true",
        "org/, org/m, true",
        "a., a.b, true",
        "x:, x:y, true",
        "claude-, xclaude-1, false",
        "claude, claude-opus-5, false",
        "claude, claude, true"
    })
    void patternWithoutAStar_thatEndsOpen_isABeginning_forKeysAndLimitsToo(String pattern, String name, boolean fits) {
        assertThat(new ModelGlob(pattern).matches(name)).isEqualTo(fits);
        assertThat(loaded("", "\"" + pattern + "\"")
                        .settings()
                        .keys()
                        .getFirst()
                        .models())
                .singleElement()
                .satisfies(glob -> assertThat(glob.matches(name)).isEqualTo(fits));
    }

    @Test
    void beginnings_overlap_exactlyWhenAName_existsThatHasBoth() {
        String[] globs = {"*", "a*", "*a", "a*b", "*a*b*", "ab", "abc", "b*", "a-", "**"};
        String[] beginnings = {"", "a", "ab", "abc", "b", "ba", "abab", "a-x"};
        String[] tails = {"", "a", "b", "c", "ab", "bc", "ba", "abc", "-", "a-", "-x", "x", "xab", "bab"};
        for (String glob : globs) {
            for (String beginning : beginnings) {
                boolean found = false;
                for (String tail : tails) {
                    found |= new ModelGlob(glob).matches(beginning + tail);
                }
                assertThat(new ModelGlob(glob).matchesSomeBeginningWith(beginning))
                        .as("%s and %s", glob, beginning)
                        .isEqualTo(found);
            }
        }
    }

    @Test
    void sameRule_writtenInTwoWays_isAProblem() {
        String text = """
                keys: [{name: k, key: {env: K}}]
                providers: {p: {type: openai, instances: [{name: i, base-url: "http://h"}]}}
                routing: {rules: {"org/": p, "org/*": p}}
                """;
        LoadResult result = SettingsLoader.load(
                "t.yaml", text, Path.of(""), new Sources(Map.of("K", "0123456789abcdef-0123"), Map.of()));

        assertThat(result).asString().contains("is the same rule as 'org/'");
    }
}
