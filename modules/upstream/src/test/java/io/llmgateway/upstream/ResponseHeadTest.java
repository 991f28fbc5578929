package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadTest {
    private final ResponseHead head = new ResponseHead();

    private ResponseHead parse(String text) throws BadResponseException {
        byte[] bytes = ("..." + text).getBytes(StandardCharsets.ISO_8859_1);
        head.parse(bytes, 3, bytes.length - 3);
        return head;
    }

    @Test
    void fields_areFoundByTheirNames() throws BadResponseException {
        parse("HTTP/1.1 429 Too Many\r\nRetry-After:\t 7 \r\nX-Empty:\r\nretry-after: 8\r\n\r\n");

        assertThat(head.status()).isEqualTo(429);
        assertThat(head.http11()).isTrue();
        assertThat(head.value("retry-after")).isEqualTo("7");
        assertThat(head.count("retry-after")).isEqualTo(2);
        assertThat(head.value("x-empty")).isEmpty();
        assertThat(head.value("x-other")).isNull();
        assertThat(head.name(0)).isEqualTo("retry-after");
        assertThat(head.size()).isEqualTo(3);
    }

    @Test
    void head_isReused() throws BadResponseException {
        parse("HTTP/1.1 200 OK\r\nA: a\r\nB: b\r\n\r\n");
        parse("HTTP/1.0 404\r\nC: c\r\n\r\n");

        assertThat(head.status()).isEqualTo(404);
        assertThat(head.http11()).isFalse();
        assertThat(head.value("a")).isNull();
        assertThat(head.value("c")).isEqualTo("c");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Connection: close | true
            connection: CLOSE | true
            Connection: keep-alive, close | true
            Connection: close,keep-alive | true
            Connection: keep-alive , \tClose\t, x | true
            Connection: keep-alive;Connection: close | true
            Connection: , ,close | true
            Connection: keep-alive | false
            Connection: closed | false
            Connection: not-close | false
            Connection: clo,se | false
            Connection: | false
            X-Connection: close | false
            """)
    void close_isFoundInListsAndInEveryField(String fields, boolean close) throws BadResponseException {
        parse("HTTP/1.1 200 OK\r\n" + fields.replace(";", "\r\n") + "\r\n\r\n");

        assertThat(head.hasToken("connection", "close")).isEqualTo(close);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.2 200 OK\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 2x0 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\n: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA b: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA : x\r\n\r\n",
                "HTTP/1.1 200 OK\r\n folded\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA: x\ny\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA: x\u0000\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA: x\u007f\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"
            })
    void whatTwoReadersCouldTakeInTwoWays_isRefused(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(BadResponseException.class);
    }

    @Test
    void numberOfFields_isBounded() throws BadResponseException {
        parse("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(200) + "\r\n");
        assertThat(head.size()).isEqualTo(200);

        assertThatThrownBy(() -> parse("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(201) + "\r\n"))
                .isInstanceOf(BadResponseException.class)
                .hasMessageContaining("200");
    }
}
