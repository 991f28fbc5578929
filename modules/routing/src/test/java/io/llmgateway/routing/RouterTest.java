package io.llmgateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.Refusal;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.RouteOptions;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterTest {
    private static final KeyName KEY = new KeyName("me");
    private static final Predicate<ModelName> ALL = allBut();
    private static final String HEAD = """
            keys: [{name: me, key: a-key-for-this-test}]
            providers:
              openai: {type: openai, models: [gpt-5, zeta], instances: [{name: a, base-url: "http://a"}]}
              claude: {type: anthropic, models: [claude-x], instances: [{name: b, base-url: "http://b"}]}
              local: {type: openai, models: [qwen, gpt-5], instances: [{name: c, base-url: "http://c"}]}
            """;
    private static final String RULES = """
            routing:
              rules: {"gpt-": openai, "gpt-5-": claude, "gpt-5-mini": local, "o1*": openai, "*": local}
              models:
                fast:
                  targets:
                    - {provider: openai, model: gpt-5-mini, weight: 90}
                    - {provider: local, model: qwen, weight: 10}
                  fallbacks: [smart, o1-pro]
                smart:
                  targets: [{provider: claude, model: claude-x}]
                  fallbacks: [tiny, cheap]
                tiny:
                  targets: [{provider: local, model: qwen}]
                  fallbacks: [cheap]
                cheap:
                  targets: [{provider: local, model: small}, {provider: claude, model: claude-x, weight: 0}]
                zeta:
                  targets: [{provider: local, model: zeta-local}]
            """;

    private static Router router(String text) {
        LoadResult result = SettingsLoader.load("test", text, Path.of(""), Sources.of(Map.of()));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        GatewaySettings settings = ((LoadResult.Loaded) result).settings();
        return new Router(settings);
    }

    private static Target target(String provider, String model, int weight, int tier) {
        return new Target(new ProviderName(provider), new ModelName(model), weight, tier);
    }

    private static Predicate<ModelName> allBut(String... names) {
        return model -> !List.of(names).contains(model.value());
    }

    @Nested
    class ModelsWithRulesOnly {
        private static final String PUBLIC = """
                keys: [{name: me, key: a-key-for-this-test}]
                providers:
                  openai: {type: openai, instances: [{name: a, base-url: "https://api.openai.com/v1"}]}
                  claude: {type: anthropic, instances: [{name: b, base-url: "https://api.anthropic.com"}]}
                  google:
                    type: gemini
                    instances: [{name: c, base-url: "https://generativelanguage.googleapis.com"}]
                  groq: {type: openai, instances: [{name: d, base-url: "https://api.groq.com"}]}
                """;

        private static List<String> listed(String routing) {
            return router(PUBLIC + routing).models(ALL).stream()
                    .map(model -> model.name() + ">" + model.owner())
                    .toList();
        }

        @Test
        void publicProviders_haveTheirUsualNames_asFarAsTheRulesLeadThere() {
            assertThat(listed("routing: {rules: {\"gpt-\": openai, \"claude-opus-\": claude, \"gemini-\": google}}"))
                    .contains("gpt-5>openai", "gpt-4o>openai", "claude-opus-5>claude", "gemini-2.5-pro>google")
                    .doesNotContain("o3>openai", "claude-haiku-4-5>claude");
        }

        @Test
        void wholeNamesOfRules_areListed() {
            assertThat(listed("routing: {rules: {\"llama-3.3\": groq, \"/models/x\": groq}}"))
                    .containsExactly("/models/x>groq", "llama-3.3>groq");
        }

        @Test
        void withoutRules_theUsualOnesHold() {
            assertThat(listed(""))
                    .contains("gpt-5>openai", "o3>openai", "claude-opus-5>claude", "gemini-2.5-pro>google");
        }

        @Test
        void defaultProvider_hasItsUsualNames() {
            assertThat(listed("routing: {rules: {}, default-provider: claude}"))
                    .contains("claude-opus-5>claude")
                    .noneMatch(model -> model.endsWith(">openai"));
        }
    }

    @Nested
    class Plan {
        private final Router router = router(HEAD + RULES);

        @ParameterizedTest
        @CsvSource({
            "gpt-4,openai,rule 'gpt-'",
            "gpt-5-nano,claude,rule 'gpt-5-'",
            "gpt-5-mini,local,rule 'gpt-5-mini'",
            "gpt-5-mini-2,claude,rule 'gpt-5-'",
            "gpt-5,openai,model list of provider 'openai'",
            "claude-x,claude,model list of provider 'claude'",
            "claude-y,local,rule '*'",
            "o1,openai,rule 'o1*'",
            "o1-pro,openai,rule 'o1*'",
            "GPT-4,local,rule '*'",
            "gpt,local,rule '*'",
        })
        void modelName_longestMatchWins(String model, String provider, String why) {
            RoutePlan plan = router.plan(KEY, ALL, new ModelName(model));

            assertThat(plan.targets()).containsExactly(target(provider, model, 100, 0));
            assertThat(plan.match()).hasToString(why);
            assertThat(plan.requested()).isEqualTo(new ModelName(model));
        }

        @ParameterizedTest
        @CsvSource({
            "gpt-4[1m], gpt-4, openai, rule 'gpt-'",
            "gpt-5-mini[1M], gpt-5-mini, local, rule 'gpt-5-mini'",
            "claude-x[1m], claude-x, claude, model list of provider 'claude'",
            "o1-x[2m], o1-x[2m], openai, rule 'o1*'",
            "[1m], [1m], local, rule '*'"
        })
        void markerOfALongContext_goesWhereTheModelGoes(String asked, String model, String provider, String why) {
            RoutePlan plan = router.plan(KEY, ALL, new ModelName(asked));

            assertThat(plan.targets()).containsExactly(target(provider, model, 100, 0));
            assertThat(plan.match()).hasToString(why);
            assertThat(plan.requested()).isEqualTo(new ModelName(model));
        }

        @Test
        void markerOfALongContext_ofAnAlias_isThatAlias() {
            assertThat(router.plan(KEY, ALL, new ModelName("cheap[1m]")))
                    .isEqualTo(router.plan(KEY, ALL, new ModelName("cheap")));
        }

        @Test
        void nameWithAMarker_thatIsConfigured_isTakenAsItIs() {
            Router own = router(HEAD + """
                    routing:
                      rules: {"c[1m]": local, "c": claude}
                      models: {"d[1m]": {targets: [{provider: openai, model: long}]}}
                    """);

            assertThat(own.plan(KEY, ALL, new ModelName("c[1m]")).targets())
                    .containsExactly(target("local", "c[1m]", 100, 0));
            assertThat(own.plan(KEY, ALL, new ModelName("d[1m]")).targets())
                    .containsExactly(target("openai", "long", 100, 0));
        }

        @Test
        void markerOfALongContext_ofAModelTheKeyMayNotUse_isRefused() {
            GatewayException e = catchThrowableOfType(
                    GatewayException.class,
                    () -> router.plan(KEY, allBut("gpt-4", "gpt-4[1m]"), new ModelName("gpt-4[1m]")));

            assertThat(e.error()).isEqualTo(new Refusal.ModelNotAllowed(KEY, new ModelName("gpt-4[1m]")));
            assertThat(router.plan(KEY, allBut("gpt-4[1m]"), new ModelName("gpt-4[1m]"))
                            .requested())
                    .isEqualTo(new ModelName("gpt-4"));
        }

        @Test
        void alias_hasItsTargetsThenFallbacksInOrderWithoutRepeating() {
            RoutePlan plan = router.plan(KEY, ALL, new ModelName("fast"));

            assertThat(plan.match()).hasToString("alias 'fast'");
            assertThat(plan.targets())
                    .containsExactly(
                            target("openai", "gpt-5-mini", 90, 0),
                            target("local", "qwen", 10, 0),
                            target("claude", "claude-x", 100, 1),
                            target("local", "small", 100, 2),
                            target("openai", "o1-pro", 100, 3));
            assertThat(plan.skipped()).isEmpty();
            assertThat(router.plan(KEY, ALL, new ModelName("fast"))).isSameAs(plan);
        }

        @Test
        void alias_withTheNameOfAListedModel_wins() {
            assertThat(router.plan(KEY, ALL, new ModelName("zeta")).targets())
                    .containsExactly(target("local", "zeta-local", 100, 0));
        }

        @Test
        void fallbackTheKeyMayNotUse_isSkippedWithItsOwn() {
            RoutePlan plan = router.plan(KEY, allBut("smart"), new ModelName("fast"));

            assertThat(plan.targets())
                    .containsExactly(
                            target("openai", "gpt-5-mini", 90, 0),
                            target("local", "qwen", 10, 0),
                            target("openai", "o1-pro", 100, 1));
            assertThat(plan.skipped()).containsExactly(new ModelName("smart"));
        }

        @Test
        void fallbackTheKeyMayNotUse_deepDown_isSkipped() {
            RoutePlan plan = router.plan(KEY, allBut("cheap", "o1-pro"), new ModelName("fast"));

            assertThat(plan.targets()).hasSize(3);
            assertThat(plan.skipped()).containsExactly(new ModelName("cheap"), new ModelName("o1-pro"));
        }

        @Test
        void modelTheKeyMayNotUse_isRefused() {
            assertThat(refusal(router, allBut("gpt-4"), "gpt-4"))
                    .isEqualTo(new Refusal.ModelNotAllowed(KEY, new ModelName("gpt-4")));
            assertThat(refusal(router, _ -> false, "no-such"))
                    .isEqualTo(new Refusal.ModelNotAllowed(KEY, new ModelName("no-such")));
        }

        @Test
        void unknownModel_isRefused() {
            Router strict = router(HEAD + "routing: {rules: {\"gpt-\": openai}}\n");

            assertThat(refusal(strict, ALL, "mistral")).isEqualTo(new Refusal.UnknownModel(new ModelName("mistral")));
        }

        @Test
        void unmatchedModel_goesToTheDefaultProvider() {
            Router lax = router(HEAD + "routing: {rules: {\"gpt-\": openai}, default-provider: claude}\n");

            RoutePlan plan = lax.plan(KEY, ALL, new ModelName("mistral"));

            assertThat(plan.targets()).containsExactly(target("claude", "mistral", 100, 0));
            assertThat(plan.match()).hasToString("default provider");
        }

        @Test
        void deepDiamondsOfFallbacks_arePlannedQuickly() {
            StringBuilder models = new StringBuilder("routing:\n  models:\n");
            for (int i = 0; i < 60; i++) {
                String next = "[l" + (i + 1) + ", r" + (i + 1) + "]";
                for (String side : List.of("l", "r")) {
                    models.append("    " + side + i + ": {targets: [{provider: local, model: " + side + "m" + i
                            + "}], fallbacks: " + (i == 59 ? "[]" : next) + "}\n");
                }
            }

            RoutePlan plan = router(HEAD + models).plan(KEY, allBut("r7"), new ModelName("l0"));

            assertThat(plan.targets()).hasSize(118);
        }

        private static GatewayError refusal(Router router, Predicate<ModelName> mayUse, String model) {
            GatewayException thrown =
                    catchThrowableOfType(GatewayException.class, () -> router.plan(KEY, mayUse, new ModelName(model)));
            assertThat(thrown).isNotNull();
            return thrown.error();
        }
    }

    @Nested
    class Models {
        private final Router router = router(HEAD + RULES);

        @Test
        void models_areSortedDistinctAndOwned() {
            assertThat(router.models(ALL))
                    .extracting(model -> model.name() + "=" + model.owner())
                    .containsExactly(
                            "cheap=gateway",
                            "claude-x=claude",
                            "fast=gateway",
                            "gpt-5=openai",
                            "gpt-5-mini=local",
                            "qwen=local",
                            "smart=gateway",
                            "tiny=gateway",
                            "zeta=gateway");
        }

        @Test
        void models_holdOnlyWhatTheKeyMayUse() {
            assertThat(router.models(model -> model.value().startsWith("c")))
                    .extracting(model -> model.name().value())
                    .containsExactly("cheap", "claude-x");
        }
    }

    @Nested
    class Drawn {
        private final long seed = Long.getLong("seed", 20_261_124L);
        private final Random random = new Random(seed);

        @Test
        void drawn_keepsTiersAndFollowsWeights() {
            RoutePlan plan = router(HEAD + RULES).plan(KEY, ALL, new ModelName("fast"));
            Map<String, Integer> first = new HashMap<>();

            for (int i = 0; i < 10_000; i++) {
                List<Target> drawn = plan.drawn(random);
                assertThat(drawn).hasSameElementsAs(plan.targets());
                assertThat(drawn).extracting(Target::tier).isSorted();
                first.merge(drawn.getFirst().provider().value(), 1, Integer::sum);
            }

            assertThat(first.get("openai")).as("seed %d", seed).isBetween(8_850, 9_150);
        }

        @Test
        void drawn_weightZero_isLastOfItsTier() {
            RoutePlan plan = router(HEAD + RULES).plan(KEY, ALL, new ModelName("cheap"));

            for (int i = 0; i < 100; i++) {
                assertThat(plan.drawn(random).getLast().weight()).isZero();
            }
        }

        @Test
        void drawn_onlyWeightsOfZero_stillGivesAll() {
            List<Target> targets = List.of(target("a", "m", 0, 0), target("b", "m", 0, 0), target("c", "m", 5, 1));
            RoutePlan plan =
                    new RoutePlan(new ModelName("m"), new Match.Default(), targets, List.of(), RouteOptions.NONE);

            assertThat(plan.drawn(random)).containsExactlyElementsOf(targets);
        }
    }
}
