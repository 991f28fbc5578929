package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.InstanceName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.Secret;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken out of a provider's words, and what is not. */
class HidingTest {
    private static Hiding hiding(String host, int port) {
        return new Hiding(new AnsweredBy(
                new InstanceName("i"), Protocol.OPENAI_CHAT, host, port, List.of(Secret.of("plain words as key"))));
    }

    private static String clean(String text) {
        return hiding("vllm.corp.example", 8000).clean(text, 4_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a secret of the bearer authentication scheme",
                "the bearer token is not valid",
                "the Bearer a secret",
                "risk-assessment-2026-11 and disk-based tasks",
                "task-sk-learn is no model; sk-learn neither",
                "monkey=banana12345 is no parameter",
                "key=value",
                "version 1.2.3.4, section 10.11.12, 300.10.10.10, 8.8.8.8 and 10.1.2.3.4x",
                "line one\n\tline two\r\nthe end",
                "vllm failed; the corp.example policy",
                "Grüße, 世界 👋"
            })
    void ordinaryWords_stayAsTheyAre(String text) {
        assertThat(clean(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Incorrect API key provided: sk-proj-abcdef0123456789.      | Incorrect API key provided: sk-***
            Incorrect API key provided: sk-pr***************6789, see  | Incorrect API key provided: sk-***, see
            Bearer abcdef0123456789 is refused                         | Bearer *** is refused
            https://x.example/v1?key=AIzaSyA0123456789abcdef           | https://x.example/v1?key=***
            the key 'plain words as key' is refused                    | the key '***' is refused
            connect to http://vllm.corp.example:8000/v1 failed         | connect to http:***/v1 failed
            vllm.corp.example:8000 said no                             | *** said no
            dial tcp 10.0.3.7:8080: refused                            | dial tcp ***: refused
            (192.168.1.20) 172.20.0.5,127.0.0.1:11434 169.254.1.1      | (***) ***,*** ***
            """)
    void keysAndInternalAddresses_areTakenOut(String text, String told) {
        assertThat(clean(text)).isEqualTo(told);
    }

    @Test
    void nameOfOneLabel_isHiddenAsAnAddressOnly() {
        Hiding hiding = hiding("ollama", 11434);

        assertThat(hiding.clean("ollama cannot reach http://ollama:11434/api and ollama:11434", 1_000))
                .isEqualTo("ollama cannot reach http:***/api and ***");
    }

    @Test
    void quotaOfAPublicProvider_staysReadable() {
        String metric = "Quota exceeded for metric: generativelanguage.googleapis.com/free_tier_requests";

        assertThat(hiding("generativelanguage.googleapis.com", 443).clean(metric, 1_000))
                .isEqualTo(metric);
    }

    @Test
    void longText_isCutBetweenCharacters() {
        assertThat(clean("x".repeat(3_999) + "👋👋")).isEqualTo("x".repeat(3_999));
        assertThat(hiding("", 0).clean("\u0000\u001b[31mred\u007f", 100)).isEqualTo("  [31mred ");
    }
}
