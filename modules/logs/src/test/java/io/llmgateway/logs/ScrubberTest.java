package io.llmgateway.logs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What looks like a credential is masked, what does not is left as it is. */
class ScrubberTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "key sk-proj-abcdef123456 is wrong | key sk-*** is wrong",
                "Authorization: Bearer abc.def-123 | Authorization: Bearer ***",
                "authorization=Basic dXNlcjpwdw== x | authorization=Basic *** x",
                "GET https://h/v1?key=AbC123&alt=sse HTTP | GET https://h/v1?key=***&alt=sse HTTP",
                "GET https://h/v1?a=b&key=AbC123 | GET https://h/v1?a=b&key=***",
                "https://h/?access_token=abc | https://h/?access_token=***",
                "x-api-key: abc123 | x-api-key: ***",
                "X-Goog-Api-Key: abc123, y | X-Goog-Api-Key: ***, y",
                "{\"api_key\":\"abc123\",\"b\":1} | {\"api_key\":\"***\",\"b\":1}",
                "{\\\"api_key\\\": \\\"abc123\\\"} | {\\\"api_key\\\": \\\"***\\\"}",
                "OPENAI_API_KEY=abc123 | OPENAI_API_KEY=***",
                "password = hunter2! | password = ***!",
                "{\"password\": \"my secret, long\", \"b\": 1} | {\"password\": \"***\", \"b\": 1}",
                "{\\\"client_secret\\\":\\\"two words\\\"} | {\\\"client_secret\\\":\\\"***\\\"}",
                "api_key='a b c' d | api_key='***' d",
                "password: \"never closed here | password: \"***",
                "Authorization: Token abcdef123456, next | Authorization: ***, next",
                "authorization: Bearer abcdefgh more words | authorization: Bearer *** more words",
                "llmgw-AAAABBBBCCCC | llmgw-***",
                "AIzaSyA1234567890 | AIza***",
                "token gsk_abcdefgh and xai-abcdefgh | token gsk_*** and xai-***"
            })
    void clean_masksWhatLooksLikeACredential(String text, String expected) {
        assertThat(Scrubber.clean(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a task-assessment of the disk-usage is risk-free",
                "model=gpt-5-mini key=search-team",
                "the api-key is missing",
                "sk-1",
                "max_tokens: 200, basic authorization needed"
            })
    void clean_leavesOrdinaryTextsAlone(String text) {
        assertThat(Scrubber.clean(text)).isSameAs(text);
    }

    @Test
    void clean_takesOutWhatSteersTerminals() {
        assertThat(Scrubber.clean("a\u009b31mb\u007f")).isEqualTo("a\ufffd31mb\ufffd");
    }

    @Test
    void shortWordBehindTheNameOfAHeader_isPartOfTheSentence() {
        assertThat(Scrubber.clean("instances[0].api-key: a secret stands in the configuration"))
                .isEqualTo("instances[0].api-key: a secret stands in the configuration");
        assertThat(Scrubber.clean("send it as 'x-api-key: KEY'")).isEqualTo("send it as 'x-api-key: KEY'");
        assertThat(Scrubber.clean("x-api-key: abcd")).isEqualTo("x-api-key: ***");
        assertThat(Scrubber.clean("password: abc")).isEqualTo("password: ***");
    }
}
