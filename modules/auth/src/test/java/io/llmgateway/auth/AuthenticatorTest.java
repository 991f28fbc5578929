package io.llmgateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.Refusal;
import io.llmgateway.model.Secret;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.KeyDigest;
import io.llmgateway.settings.KeyMaterial;
import io.llmgateway.settings.ModelGlob;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticatorTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final String KEY = "llmgw-0123456789abcdef";
    private static final String OTHER = "llmgw-0123456789abcdeX";
    private static final String DISABLED = "llmgw-disabled-key-0001";
    private static final String EXPIRING = "llmgw-expiring-key-0001";
    private static final Instant END = Instant.parse("2027-01-01T00:00:00Z");

    private static GatewaySettings settings(String keys) {
        String text = keys + """
                providers:
                  openai:
                    type: openai
                    instances: [{name: a, base-url: "https://api.openai.com/v1"}]
                """;
        LoadResult result = SettingsLoader.load("test", text, Path.of(""), Sources.of(Map.of()));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return ((LoadResult.Loaded) result).settings();
    }

    private static Authenticator authenticatorAt(Instant now) {
        GatewaySettings settings = settings("""
                keys:
                  - {name: mine, key: %s}
                  - {name: other, key: %s, models: ["gpt-*", fast]}
                  - {name: off, key: %s, enabled: false}
                  - {name: ending, key: %s, expires: 2027-01-01}
                """.formatted(KEY, OTHER, DISABLED, EXPIRING));
        return new Authenticator(settings, Clock.fixed(now, ZoneOffset.UTC), System::nanoTime);
    }

    private final Authenticator authenticator = authenticatorAt(END.minusMillis(1));

    private GatewayError refusal(String bearer, String apiKey) {
        GatewayException thrown =
                catchThrowableOfType(GatewayException.class, () -> authenticator.authenticate(bearer, apiKey, HERE));
        assertThat(thrown).isNotNull();
        assertThat(thrown.error().message()).doesNotContain("llmgw-");
        return thrown.error();
    }

    @Nested
    class Authenticate {
        @Test
        void knownKey_inEitherHeader_isItsPrincipal() {
            assertThat(authenticator.authenticate(KEY, null, HERE).key()).isEqualTo(new KeyName("mine"));
            assertThat(authenticator.authenticate(null, KEY, HERE).key()).isEqualTo(new KeyName("mine"));
            assertThat(authenticator.authenticate(KEY, KEY, HERE).key()).isEqualTo(new KeyName("mine"));
            assertThat(authenticator.authenticate(KEY, "", HERE).key()).isEqualTo(new KeyName("mine"));
        }

        @Test
        void twoKeys_xApiKeyCountsWhenItIsOurs() {
            assertThat(authenticator.authenticate(KEY, OTHER, HERE).key()).isEqualTo(new KeyName("other"));
            assertThat(authenticator.authenticate(KEY, "sk-not-ours", HERE).key())
                    .isEqualTo(new KeyName("mine"));
            assertThat(authenticator.authenticate("not-ours", OTHER, HERE).key())
                    .isEqualTo(new KeyName("other"));
            assertThat(refusal(KEY, DISABLED)).isEqualTo(new Refusal.KeyDisabled(new KeyName("off")));
        }

        @Test
        void noKey_isMissing() {
            assertThat(refusal(null, null)).isEqualTo(new Refusal.MissingKey());
            assertThat(refusal("", "")).isEqualTo(new Refusal.MissingKey());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    KEY + " ",
                    " " + KEY,
                    KEY + "\0",
                    "\0",
                    "LLMGW-0123456789ABCDEF",
                    "' OR 1=1--",
                    "%",
                    "_",
                    "${jndi:ldap://x}",
                    "../../etc/passwd",
                    "mine",
                    "*"
                })
        void wrongKey_isUnknown(String presented) {
            assertThat(refusal(presented, null)).isEqualTo(new Refusal.UnknownKey());
            assertThat(refusal(null, presented)).isEqualTo(new Refusal.UnknownKey());
        }

        @Test
        void everyPrefixAndSuffixOfAKey_isUnknown() {
            for (int i = 1; i < KEY.length(); i++) {
                assertThat(refusal(KEY.substring(0, i), null)).isEqualTo(new Refusal.UnknownKey());
                assertThat(refusal(KEY.substring(i), null)).isEqualTo(new Refusal.UnknownKey());
            }
        }

        @Test
        void hashOfAKey_isNoKey() {
            String text = KeyDigest.of(KEY).text();

            assertThat(refusal(text, null)).isEqualTo(new Refusal.UnknownKey());
            assertThat(refusal(text.substring(KeyDigest.PREFIX.length()), null)).isEqualTo(new Refusal.UnknownKey());
        }

        @Test
        void hugeKey_isRefusedWithoutHashing() {
            assertThat(refusal("x".repeat(1 << 20), null)).isEqualTo(new Refusal.UnknownKey());
            assertThat(refusal("x".repeat(Authenticator.MAX_KEY_LENGTH + 1), "y".repeat(1 << 20)))
                    .isEqualTo(new Refusal.UnknownKey());
        }

        @Test
        void disabledKey_isRefusedAndTheClientLearnsNothing() {
            GatewayError error = refusal(DISABLED, null);

            assertThat(error).isEqualTo(new Refusal.KeyDisabled(new KeyName("off")));
            assertThat(error.clientMessage()).isEqualTo(new Refusal.UnknownKey().clientMessage());
        }

        @Test
        void expiringKey_worksUntilItsMoment() {
            assertThat(authenticator.authenticate(EXPIRING, null, HERE).key()).isEqualTo(new KeyName("ending"));

            GatewayException thrown = catchThrowableOfType(
                    GatewayException.class, () -> authenticatorAt(END).authenticate(EXPIRING, null, HERE));

            assertThat(thrown.error()).isEqualTo(new Refusal.KeyExpired(new KeyName("ending"), END));
        }

        @Test
        void tenThousandSeededKeys_eachIsItsOwn() {
            long seed = Long.getLong("seed", 20_261_124L);
            Random random = new Random(seed);
            List<String> keys = new ArrayList<>();
            StringBuilder yaml = new StringBuilder("auth: {failed-auth-per-minute: 0}\nkeys:\n");
            for (int i = 0; i < 10_000; i++) {
                KeyMaterial.GeneratedKey key = KeyMaterial.generate(random);
                keys.add(key.secret().reveal());
                yaml.append("  - {name: k")
                        .append(i)
                        .append(", hash: \"")
                        .append(key.digest().text())
                        .append("\"}\n");
            }
            Authenticator many = new Authenticator(settings(yaml.toString()), Clock.systemUTC(), System::nanoTime);

            for (int i = 0; i < keys.size(); i++) {
                String key = keys.get(i);
                assertThat(many.authenticate(key, null, HERE).key().value())
                        .as("seed %d", seed)
                        .isEqualTo("k" + i);
                char[] changed = key.toCharArray();
                int at = random.nextInt(changed.length);
                changed[at] = (char) (changed[at] ^ 1);
                GatewayException thrown = catchThrowableOfType(
                        GatewayException.class, () -> many.authenticate(new String(changed), null, HERE));
                assertThat(thrown.error()).as("seed %d", seed).isEqualTo(new Refusal.UnknownKey());
            }
        }
    }

    @Nested
    class MayUse {
        @Test
        void principal_followsItsPatterns() {
            Principal other = authenticator.authenticate(OTHER, null, HERE);

            assertThat(other.mayUse(new ModelName("gpt-5"))).isTrue();
            assertThat(other.mayUse(new ModelName("fast"))).isTrue();
            assertThat(other.mayUse(new ModelName("faster"))).isFalse();
            assertThat(other.mayUse(new ModelName("GPT-5"))).isFalse();
            assertThat(other.mayUse(new ModelName("openai/gpt-5"))).isFalse();
            assertThat(authenticator.authenticate(KEY, null, HERE).mayUse(new ModelName("anything")))
                    .isTrue();
        }

        @ParameterizedTest
        @CsvSource({
            "gpt-*,gpt-,true", "gpt-*,gpt,false", "*mini,gpt-5-mini,true", "*mini,mini-x,false", "a*b*c,abc,true",
            "a*b*c,axxbyybzc,true", "a*b*c,axxbyyb,false", "a*b*c,acb,false", "**,x,true", "*a*,banana,true",
            "*ab,aab,true", "*aab,aaaab,true", "a.c,abc,false", "x,x,true", "x,xx,false"
        })
        void matches_glob_asShells(String glob, String name, boolean expected) {
            assertThat(ModelPatterns.of(List.of(new ModelGlob(glob))).matches(new ModelName(name)))
                    .isEqualTo(expected);
        }

        @Test
        void matches_noPattern_nothing() {
            assertThat(ModelPatterns.of(List.of()).matches(new ModelName("x"))).isFalse();
        }
    }

    @Test
    void pepperedKey_isFound_byItsOwnPepperOnly() throws Exception {
        String pepper = "a-pepper-of-some-length";
        String text = KeyDigest.of(KEY, Secret.of(pepper)).text();
        String hash = KeyDigest.PEPPERED_PREFIX + text.substring(KeyDigest.PREFIX.length());
        String keys = "auth: {pepper: %s}%nkeys: [{name: p, hash: \"" + hash + "\"}]%n";

        Authenticator right = new Authenticator(settings(keys.formatted(pepper)), Clock.systemUTC(), System::nanoTime);
        Authenticator wrong =
                new Authenticator(settings(keys.formatted("another-pepper-123")), Clock.systemUTC(), System::nanoTime);

        assertThat(right.authenticate(KEY, null, HERE).key()).isEqualTo(new KeyName("p"));
        GatewayException thrown =
                catchThrowableOfType(GatewayException.class, () -> wrong.authenticate(KEY, null, HERE));
        assertThat(thrown.error()).isInstanceOf(Refusal.UnknownKey.class);
    }

    @Test
    void networks_decideWhereAKeyMayComeFrom() throws Exception {
        Authenticator authenticator = new Authenticator(
                settings("keys: [{name: n, key: " + KEY + ", networks: [10.1.0.0/20, \"2001:db8::/33\"]}]\n"),
                Clock.systemUTC(),
                System::nanoTime);

        for (String near : List.of("10.1.0.0", "10.1.15.255", "2001:db8::1", "2001:db8:7fff::")) {
            authenticator.authenticate(KEY, null, InetAddress.getByName(near));
        }
        for (String far : List.of("10.1.16.0", "10.2.0.0", "2001:db8:8000::", "::1")) {
            InetAddress address = InetAddress.getByName(far);
            GatewayException thrown =
                    catchThrowableOfType(GatewayException.class, () -> authenticator.authenticate(KEY, null, address));
            assertThat(thrown.error()).isInstanceOf(Refusal.NetworkNotAllowed.class);
        }
    }

    @Test
    void wrongKeys_areSlowedDownByAddress_forAMinute() throws Exception {
        AtomicLong nanos = new AtomicLong();
        Authenticator authenticator = new Authenticator(
                settings("auth: {failed-auth-per-minute: 2}\nkeys: [{name: n, key: " + KEY + "}]\n"),
                Clock.systemUTC(),
                nanos::get);
        InetAddress other = InetAddress.getByName("10.9.8.7");
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            GatewayException thrown =
                    catchThrowableOfType(GatewayException.class, () -> authenticator.authenticate("wrong", null, HERE));
            answers.add(thrown.error().getClass().getSimpleName());
        }
        assertThat(answers).containsExactly("UnknownKey", "UnknownKey", "LimitExceeded", "LimitExceeded");
        assertThat(authenticator.authenticate(KEY, null, HERE).key()).isEqualTo(new KeyName("n"));
        GatewayException elsewhere =
                catchThrowableOfType(GatewayException.class, () -> authenticator.authenticate("wrong", null, other));
        assertThat(elsewhere.error()).isInstanceOf(Refusal.UnknownKey.class);
        nanos.set(Duration.ofMinutes(1).toNanos());
        GatewayException later =
                catchThrowableOfType(GatewayException.class, () -> authenticator.authenticate("wrong", null, HERE));
        assertThat(later.error()).isInstanceOf(Refusal.UnknownKey.class);
    }
}
