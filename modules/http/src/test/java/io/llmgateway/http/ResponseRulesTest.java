package io.llmgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9112 and 9110, rule by rule, for the head of a response: the rule, its bytes, how they are read. */
class ResponseRulesTest {
    private static String read(Input in) throws IOException {
        ResponseHead head = new ResponseHead(new Limits(8 * 1024, 16 * 1024, 100));
        if (!head.read(in)) {
            return "nothing";
        }
        return head.status() + (head.http11() ? " 1.1" : " 1.0") + (head.keepAlive() ? "" : " close") + " "
                + head.size();
    }

    private static void check(String response, String expected) {
        assertThat(Feeds.everyWay(Feeds.bytes(response), ResponseRulesTest::read))
                .isEqualTo(Feeds.bytes(expected));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            4 a status line and its fields        | HTTP/1.1 200 OK~A: b~~                | 200 1.1 1
            4 what follows stays where it is      | HTTP/1.1 200 OK~~HTTP/1.1             | 200 1.1 0 then HTTP/1.1
            4 a reason of many words              | HTTP/1.1 429 Too {TAB}Many {FF}~~     | 429 1.1 0
            4 an empty reason                     | HTTP/1.1 200 ~~                       | 200 1.1 0
            4 no space behind the status          | HTTP/1.1 200~~                        | 200 1.1 0
            4 the end before a first byte         | ``                                    | nothing
            8 the end inside the status line      | HTTP/1.1 20                           | 400
            8 the end before the empty line       | HTTP/1.1 200 OK~A: b~                 | 400
            8 the end inside the empty line       | HTTP/1.1 200 OK~A: b~{CR}             | 400
            2.2 LF alone ends no status line      | HTTP/1.1 200 OK{LF}~                  | 400
            2.2 LF alone ends no field            | HTTP/1.1 200 OK~A: b{LF}C: d~~        | 400
            2.2 LF alone ends no head             | HTTP/1.1 200 OK~{LF}                  | 400
            2.2 CR alone                          | HTTP/1.1 200 OK{CR}~~                 | 400
            2.2 CR alone in a field               | HTTP/1.1 200 OK~A: b{CR}C: d~~        | 400
            2.2 CR and another byte end no field  | HTTP/1.1 200 OK~A: b{CR}xC: d~~       | 400
            2.2 nor a head                        | HTTP/1.1 200 OK~A: b~{CR}x            | 400
            2.2 blank lines before it             | ~HTTP/1.1 200 OK~~                    | 400
            2.2 no blank before the first field   | HTTP/1.1 200 OK~ A: b~~               | 400
            2.3 HTTP/1.0                          | HTTP/1.0 200 OK~~                     | 200 1.0 close 0
            2.3 HTTP/1.0 with keep-alive          | HTTP/1.0 200 OK~Connection: keep-alive~~ | 200 1.0 close 1
            2.3 HTTP/1.2                          | HTTP/1.2 200 OK~~                     | 505
            2.3 HTTP/2.0                          | HTTP/2.0 200 OK~~                     | 505
            2.3 http in small letters             | http/1.1 200 OK~~                     | 400
            2.3 another protocol                  | ICY 200 OK~~                          | 400
            4 two spaces before the status        | HTTP/1.1  200 OK~~                    | 400
            4 a tab before the status             | HTTP/1.1{TAB}200 OK~~                 | 400
            4 two digits                          | HTTP/1.1 20 OK~~                      | 400
            4 four digits                         | HTTP/1.1 2000 OK~~                    | 400
            4 letters                             | HTTP/1.1 2x0 OK~~                     | 400
            4 a sign                              | HTTP/1.1 +20 OK~~                     | 400
            4 NUL in the reason                   | HTTP/1.1 200 O{NUL}K~~                | 400
            9110 15 below 100                     | HTTP/1.1 099 OK~~                     | 400
            9110 15 above 599                     | HTTP/1.1 600 OK~~                     | 400
            9110 15 the highest                   | HTTP/1.1 599 OK~~                     | 599 1.1 0
            9110 15.2 an interim answer           | HTTP/1.1 100 Continue~~HTTP/1.1 200 OK~~ | 200 1.1 0
            9110 15.2 early hints with fields     | HTTP/1.1 103 E~A: b~~HTTP/1.1 200 O~C: d~~ | 200 1.1 1
            9110 15.2 an interim answer alone     | HTTP/1.1 100 Continue~~               | 400
            9110 15.2.2 a switch of protocols     | HTTP/1.1 101 Switching~~HTTP/1.1 200 OK~~ | 400
            9.3 close                             | HTTP/1.1 200 OK~Connection: x, Close~~ | 200 1.1 close 1
            5.1 a space before the colon          | HTTP/1.1 200 OK~A : b~~               | 400
            5.1 no name                           | HTTP/1.1 200 OK~: b~~                 | 400
            5.1 no colon                          | HTTP/1.1 200 OK~A~~                   | 400
            5.2 a folded line                     | HTTP/1.1 200 OK~A: b~ c~~             | 400
            9110 5.5 NUL in a value               | HTTP/1.1 200 OK~A: b{NUL}~~           | 400
            9110 5.5 DEL in a value               | HTTP/1.1 200 OK~A: b{DEL}~~           | 400
            9110 5.5 a value above 127            | HTTP/1.1 200 OK~A: {80}~~             | 200 1.1 1
            """)
    void head(String rule, String response, String expected) {
        check(response, expected);
    }

    @ParameterizedTest(name = "{0} interim answers")
    @CsvSource({"10, 200 1.1 0", "11, 400"})
    void interimAnswers_areBounded_9110_15_2(int count, String expected) {
        check("HTTP/1.1 102 Processing~~".repeat(count) + "HTTP/1.1 200 OK~~", expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            A: b~                                 | -1
            Keep-Alive: timeout=5~                | 5
            keep-alive: max=100, Timeout=75~      | 75
            Keep-Alive: timeout=0~                | 0
            Keep-Alive: timeout=5.5~              | 5
            Keep-Alive: timeout=99999999999~      | 999999999
            Keep-Alive: timeout=-1~               | -1
            Keep-Alive: timeout~                  | -1
            Keep-Alive: timeouts=5~               | -1
            Keep-Alive: x-timeout=5~              | -1
            Keep-Alive: max=5,~                   | -1
            """)
    void timeOfAKeptConnection_isRead(String fields, long seconds) throws IOException {
        assertThat(parse("HTTP/1.1 200 OK~" + fields + "~").keepAliveSeconds()).isEqualTo(seconds);
    }

    private static ResponseHead parse(String response) throws IOException {
        ResponseHead head = new ResponseHead(new Limits(8 * 1024, 16 * 1024, 100));
        byte[] bytes = Feeds.bytes(response).getBytes(StandardCharsets.ISO_8859_1);
        assertThat(head.begun()).isFalse();
        assertThat(head.read(new Input(new Feeds.Source(bytes, bytes.length, bytes.length), 64, 64)))
                .isTrue();
        assertThat(head.begun()).isTrue();
        return head;
    }

    @Test
    void fields_areFoundByTheirNames() throws IOException {
        ResponseHead head = parse("HTTP/1.1 429 Too Many~Retry-After:{TAB} 7 ~X-Empty:~retry-after: 8~~");

        assertThat(head.reason()).isEqualTo("Too Many");
        assertThat(head.value("retry-after")).isEqualTo("7");
        assertThat(head.count("retry-after")).isEqualTo(2);
        assertThat(head.value("x-empty")).isEmpty();
        assertThat(head.value("x-other")).isNull();
        assertThat(head.name(0)).isEqualTo("retry-after");
        assertThat(head.named(2, "retry-after")).isTrue();
        assertThat(head.value(2)).isEqualTo("8");
        assertThat(head.size()).isEqualTo(3);
        head.trim();
        assertThat(head.size()).isZero();
    }

    @Test
    void head_isReused() throws IOException {
        ResponseHead head = new ResponseHead(new Limits(8 * 1024, 16 * 1024, 100));
        byte[] bytes =
                Feeds.bytes("HTTP/1.1 200 OK~A: a~B: b~~HTTP/1.0 404~C: c~~").getBytes(StandardCharsets.US_ASCII);
        Input in = new Input(new Feeds.Source(bytes, bytes.length, bytes.length), 64, 64);

        assertThat(head.read(in)).isTrue();
        assertThat(head.read(in)).isTrue();

        assertThat(head.status()).isEqualTo(404);
        assertThat(head.reason()).isEmpty();
        assertThat(head.http11()).isFalse();
        assertThat(head.value("a")).isNull();
        assertThat(head.value("c")).isEqualTo("c");
        assertThat(head.read(in)).isFalse();
        assertThat(head.begun()).isFalse();
    }
}
