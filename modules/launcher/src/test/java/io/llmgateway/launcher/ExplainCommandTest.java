package io.llmgateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {
    private static final String YAML = """
            keys:
              - name: team
                key: canary-client-key-0123456789
                models: ["fast", "claude-*"]
                limits: {requests-per-minute: 600, budget: {amount: 5}, models: {"other*": {concurrent: 3}}}
              - {name: off, key: canary-client-key-0123456780, enabled: false}
            providers:
              openai:
                type: openai
                circuit-breaker: {consecutive-failures: 1}
                instances:
                  - {name: a, base-url: "http://127.0.0.1:1/v1", weight: 75, api-key: canary-provider-key}
                  - {name: b, base-url: "http://127.0.0.1:1/v1", weight: 25}
                  - {name: c, base-url: "http://127.0.0.1:1/v1", priority: 2, timeouts: {idle: 7s}}
                  - {name: d, base-url: "http://127.0.0.1:1/v1", weight: 0}
                  - {name: e, base-url: "http://127.0.0.1:1/v1", enabled: false}
              anthropic:
                type: anthropic
                conversion: strict
                instances: [{name: f, base-url: "http://127.0.0.1:1"}]
            routing:
              rules: {"claude-": anthropic, "gpt-": openai}
              models:
                fast:
                  targets:
                    - {provider: openai, model: gpt-5-mini, weight: 90}
                    - {provider: openai, model: own, weight: 10}
                  fallbacks: [claude-haiku-4-5, gpt-4.1]
                  fallback-on: [context-length]
                  timeouts: {first-token: 5s}
            """;

    @TempDir
    private Path folder;

    private Path file = Path.of("");
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("gateway.yaml"), YAML);
    }

    private int explain(String... more) {
        String[] arguments = new String[more.length + 3];
        arguments[0] = "explain";
        arguments[1] = "-c";
        arguments[2] = file.toString();
        System.arraycopy(more, 0, arguments, 3, more.length);
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    @Test
    void alias_isExplainedWithTargetsInstancesPricesAndLimits() {
        assertThat(explain("--model", "fast", "--key", "team")).isZero();

        assertThat(out.toString().lines())
                .containsSubsequence(
                        "model 'fast', key 'team', openai-chat client",
                        "matched by alias 'fast'",
                        "1. openai / gpt-5-mini (90 %)",
                        "   relayed byte for byte",
                        "   USD for a million tokens: input 0.25, from cache 0.025, into cache 0.25, output 2",
                        "   retries: at most 3 attempts here, 10 at all targets together; in ten seconds 20 % of the"
                                + " requests, at least 100",
                        "     1. a (75 % of priority 1)",
                        "        timeouts: connect 3s, first token 5s, idle 60s, total 600s",
                        "     2. b (25 % of priority 1)",
                        "     3. c (100 % of priority 2): priority 2: only when no instance before it can be used",
                        "        timeouts: connect 3s, first token 5s, idle 7s, total 600s",
                        "     4. d (100 % of priority 1): weight 0: only when nothing else is left",
                        "     - e: disabled",
                        "2. openai / own (10 %)",
                        "   no price",
                        "3. anthropic / claude-haiku-4-5 (fallback, 100 %)",
                        "   converted to anthropic-messages, strict",
                        "fallback 'gpt-4.1' is skipped: the key may not use it",
                        "fallbacks are tried after a refusal with context_length too",
                        "limits:",
                        "  key 'team': requests-per-minute 600, 600 left",
                        "  key 'team': budget-per-month 5 USD, 5 USD left");
        assertThat(out.toString()).contains("     seed: refused: ").doesNotContain("canary", "concurrent");
    }

    @Test
    void conversion_tellsWhatTheTranslatorsDo() {
        assertThat(explain("--model", "gpt-5-mini", "--protocol", "anthropic")).isZero();

        assertThat(out.toString())
                .contains(
                        "matched by rule 'gpt-': names that begin with 'gpt-'",
                        "converted to openai-chat, lenient",
                        "top_k: dropped:top_k");
    }

    @Test
    void refusals_giveTheReasonAndOne() {
        assertThat(explain("--model", "gpt-5-mini", "--key", "team")).isEqualTo(Main.FAILED);
        assertThat(explain("--model", "fast", "--key", "off")).isEqualTo(Main.FAILED);
        assertThat(explain("--model", "llama")).isEqualTo(Main.FAILED);
        assertThat(explain("--model", "bad\tname")).isEqualTo(Main.FAILED);

        assertThat(out.toString())
                .contains("refused: the model name has a character that is not allowed at position 4")
                .doesNotContain("the model name the model name");
        assertThat(out.toString()).contains("(permission)", "(authentication)", "(model_not_found)", "(bad_request)");
    }

    @Test
    void modelThatNoRuleTakes_isToldHowTheRulesAreRead() {
        assertThat(explain("--model", "llama")).isEqualTo(Main.FAILED);

        assertThat(out.toString())
                .contains("of the rules, 'claude-' takes names that begin with 'claude-'; 'gpt-' takes names that");
    }

    @Test
    void markerOfALongContext_isExplained() {
        assertThat(explain("--model", "claude-opus-5[1m]")).isZero();

        assertThat(out.toString())
                .contains("1. anthropic / claude-opus-5 (100 %)", "the marker [1m] asks for the long context");
    }

    @Test
    void validate_saysWhatIsCalled_andHowRulesAreRead() {
        int code = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute("validate", "-c", file.toString());

        assertThat(code).isZero();
        assertThat(out.toString())
                .contains(
                        "instance 'a' of provider 'openai' is called at http://127.0.0.1:1/v1/chat/completions",
                        "instance 'f' of provider 'anthropic' is called at http://127.0.0.1:1/v1/messages",
                        "rule 'claude-': names that begin with 'claude-' -> provider 'anthropic'");
        assertThat(err.toString()).contains("routing.rules.gpt-: can never match: no key may use such a model");
    }

    @Test
    void unknownKey_isAUsageErrorThatSaysNotToGiveTheKeyItself() {
        assertThat(explain("--model", "fast", "--key", "x")).isEqualTo(2);
        assertThat(err.toString()).contains("never the key itself", "team");
    }

    @Test
    void json_saysTheSame() {
        assertThat(explain("--model", "fast", "--key", "team", "--json")).isZero();

        assertThat(out.toString())
                .contains(
                        "\"match\": \"alias 'fast'\"",
                        "\"price_nano_usd\"",
                        "\"max_attempts\": 3",
                        "\"reason\": \"disabled\"")
                .doesNotContain("canary");
    }
}
