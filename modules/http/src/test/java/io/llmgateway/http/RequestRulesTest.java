package io.llmgateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9112 and 9110, rule by rule, for the head of a request: the rule, its bytes, how they are read. */
class RequestRulesTest {
    private static final Limits LIMITS = new Limits(8 * 1024, 16 * 1024, 100);

    static String read(Input in) throws IOException {
        RequestHead head = new RequestHead(LIMITS);
        if (!head.read(in)) {
            return "nothing";
        }
        String query = head.query().isEmpty() ? "" : "?" + head.query();
        return head.method() + " " + head.path() + query + (head.http11() ? " 1.1" : " 1.0")
                + (head.keepAlive() ? "" : " close") + (head.expectsContinue() ? " continue" : "")
                + (head.expectsOther() ? " other" : "");
    }

    private static void check(String request, String expected) {
        assertThat(Feeds.everyWay(Feeds.bytes(request), RequestRulesTest::read)).isEqualTo(Feeds.bytes(expected));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            3 a request line and its fields       | GET / HTTP/1.1~Host: a~~             | GET / 1.1
            3 what follows stays where it is      | GET / HTTP/1.1~Host: a~~GET /2 HTTP  | GET / 1.1 then GET /2 HTTP
            2.2 blank lines before it are skipped | ~~~GET / HTTP/1.1~Host: a~~          | GET / 1.1
            2.2 blank lines alone are no request  | ~~                                   | nothing
            2.2 a blank line is CRLF, no LF       | {LF}GET / HTTP/1.1~Host: a~~         | 400
            2.2 nor two of them                   | {LF}{LF}GET / HTTP/1.1~Host: a~~     | 400
            2.2 a blank line is CRLF, no CR       | {CR}GET / HTTP/1.1~Host: a~~         | 400
            2.2 the end before a first byte       | ``                                   | nothing
            8 the end inside the first line       | GET / HTT                            | 400
            8 the end behind the first line       | GET / HTTP/1.1~                      | 400
            8 the end inside a field              | GET / HTTP/1.1~Host: a               | 400
            8 the end before the empty line       | GET / HTTP/1.1~Host: a~              | 400
            8 the end inside the empty line       | GET / HTTP/1.1~Host: a~{CR}          | 400
            2.2 LF alone ends no first line       | GET / HTTP/1.1{LF}Host: a~~          | 400
            2.2 LF alone ends no field            | GET / HTTP/1.1~Host: a{LF}B: c~~     | 400
            2.2 LF alone ends no head             | GET / HTTP/1.1~Host: a~{LF}          | 400
            2.2 CR alone in the first line        | GET /{CR} HTTP/1.1~Host: a~~         | 400
            2.2 CR alone in a field               | GET / HTTP/1.1~Host: a{CR}B: c~~     | 400
            2.2 CR and another byte end no line   | GET / HTTP/1.1{CR}xHost: a~~         | 400
            2.2 nor a field                       | GET / HTTP/1.1~Host: a{CR}xB: c~~    | 400
            2.2 nor a head                        | GET / HTTP/1.1~Host: a~{CR}x         | 400
            2.2 CR CR LF                          | GET / HTTP/1.1~Host: a{CR}~~         | 400
            2.2 no blank before the first field   | GET / HTTP/1.1~ Host: a~~            | 400
            3 two spaces before the target        | GET  / HTTP/1.1~Host: a~~            | 400
            3 two spaces behind the target        | GET /  HTTP/1.1~Host: a~~            | 400
            3 a tab between the parts             | GET{TAB}/ HTTP/1.1~Host: a~~         | 400
            3 a space before the method           | ` GET / HTTP/1.1~Host: a~~`           | 400
            3 a space behind the version          | GET / HTTP/1.1 ~Host: a~~            | 400
            3 a space inside the target           | GET /a b HTTP/1.1~Host: a~~          | 400
            3 HTTP/0.9                            | GET /~~                              | 400
            3 no target                           | GET HTTP/1.1~Host: a~~               | 400
            3 NUL in the first line               | GET /{NUL} HTTP/1.1~Host: a~~        | 400
            3.1 methods mind their case           | get / HTTP/1.1~Host: a~~             | get / 1.1
            3.1 any token is a method             | M-SEARCH / HTTP/1.1~Host: a~~        | M-SEARCH / 1.1
            3.1 a method is a token               | GE(T / HTTP/1.1~Host: a~~            | 400
            3.1 no method                         | / HTTP/1.1~Host: a~~                 | 400
            3.1 a method above 127                | {FF} / HTTP/1.1~Host: a~~            | 400
            3.1 a method of TLS                   | {NUL}{CR}                            | 400
            2.3 HTTP/1.0                          | GET / HTTP/1.0~~                     | GET / 1.0 close
            2.3 HTTP/1.2                          | GET / HTTP/1.2~Host: a~~             | 505
            2.3 HTTP/2.0                          | GET / HTTP/2.0~Host: a~~             | 505
            2.3 the preface of HTTP/2             | PRI * HTTP/2.0~~SM~~                 | 505
            2.3 HTTP/0.9 said                     | GET / HTTP/0.9~~                     | 505
            2.3 HTTP/1.10                         | GET / HTTP/1.10~Host: a~~            | 400
            2.3 HTTP/01.1                         | GET / HTTP/01.1~Host: a~~            | 400
            2.3 HTTP/1,1                          | GET / HTTP/1,1~Host: a~~             | 400
            2.3 http in small letters             | GET / http/1.1~Host: a~~             | 400
            2.3 another protocol                  | GET / HTTPS/1.1~Host: a~~            | 400
            """)
    void requestLine(String rule, String request, String expected) {
        check(request, expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            3.2.1 a path and a query              | GET /a/b;c=1?d=e&f HTTP/1.1~Host: a~~      | GET /a/b;c=1?d=e&f 1.1
            3.2.1 a query with question marks     | GET /?a?b/c HTTP/1.1~Host: a~~             | GET /?a?b/c 1.1
            3.2.1 an empty query                  | GET /a? HTTP/1.1~Host: a~~                 | GET /a 1.1
            3.2.1 nothing is decoded              | GET /%2e%2E//%41 HTTP/1.1~Host: a~~        | GET /%2e%2E//%41 1.1
            3.2.1 a path of a Gemini model        | POST /m:go?alt=sse HTTP/1.1~Host: a~~    | POST /m:go?alt=sse 1.1
            3.2.1 brackets in the query           | GET /?a[]=1 HTTP/1.1~Host: a~~             | GET /?a[]=1 1.1
            3.2.1 brackets in the path            | GET /a[1] HTTP/1.1~Host: a~~               | 400
            3.2.1 a fragment is never sent        | GET /#a HTTP/1.1~Host: a~~                 | 400
            3.2.1 a quote                         | GET /"a" HTTP/1.1~Host: a~~                | 400
            3.2.1 a backslash                     | GET /..\\a HTTP/1.1~Host: a~~              | 400
            3.2.1 angle brackets                  | GET /<a> HTTP/1.1~Host: a~~                | 400
            3.2.1 braces in the query             | GET /?{ HTTP/1.1~Host: a~~                 | 400
            3.2.1 a byte above 127                | GET /{80} HTTP/1.1~Host: a~~               | 400
            3.2.1 a byte above 127 in the query   | GET /?{FF} HTTP/1.1~Host: a~~              | 400
            3.2.1 a percent sign alone            | GET /% HTTP/1.1~Host: a~~                  | 400
            3.2.1 a percent sign and one digit    | GET /%4 HTTP/1.1~Host: a~~                 | 400
            3.2.1 a percent sign and no hex       | GET /%4g HTTP/1.1~Host: a~~                | 400
            3.2.1 the same in the query           | GET /?a=%zz HTTP/1.1~Host: a~~             | 400
            3.2.1 a path without a slash          | GET a HTTP/1.1~Host: a~~                   | 400
            3.2.1 a query without a path          | GET ?a HTTP/1.1~Host: a~~                  | 400
            3.2.2 a URL                           | GET http://a/b?c HTTP/1.1~Host: a~~        | GET /b?c 1.1
            3.2.2 a URL of https                  | GET https://a/b HTTP/1.1~Host: a~~         | GET /b 1.1
            3.2.2 its scheme in any case          | GET HTTP://A/b HTTP/1.1~Host: a~~          | GET /b 1.1
            3.2.2 without a path                  | GET http://a HTTP/1.1~Host: a~~            | GET / 1.1
            3.2.2 without a path, with a query    | GET http://a?b HTTP/1.1~Host: a~~          | GET /?b 1.1
            3.2.2 the usual port                  | GET http://a:80/ HTTP/1.1~Host: a~~        | GET / 1.1
            3.2.2 the usual port of https         | GET https://a/ HTTP/1.1~Host: a:443~~      | GET / 1.1
            3.2.2 an empty port                   | GET http://a:/ HTTP/1.1~Host: a~~          | GET / 1.1
            3.2.2 an address                      | GET http://[::1]:8/ HTTP/1.1~Host: [::1]:8~~| GET / 1.1
            3.2.2 another host                    | GET http://a/ HTTP/1.1~Host: b~~           | 400
            3.2.2 another port                    | GET http://a:81/ HTTP/1.1~Host: a~~        | 400
            3.2.2 the port of the other scheme    | GET http://a/ HTTP/1.1~Host: a:443~~       | 400
            3.2.2 a longer host                   | GET http://a/ HTTP/1.1~Host: a.b~~         | 400
            3.2.2 no host                         | GET http:///b HTTP/1.1~Host: a~~           | 400
            3.2.2 another scheme                  | GET ftp://a/ HTTP/1.1~Host: a~~            | 400
            3.2.2 HTTP/1.0 without Host           | GET http://a/b HTTP/1.0~~                  | GET /b 1.0 close
            3.2.2 a bad host, HTTP/1.0            | GET http://a,b/ HTTP/1.0~~                 | 400
            9110 4.2.4 user information           | GET http://u:p@a/ HTTP/1.1~Host: a~~       | 400
            3.2.3 an authority for CONNECT        | CONNECT a:443 HTTP/1.1~Host: a:443~~       | `CONNECT  1.1`
            3.2.3 without a port                  | CONNECT a HTTP/1.1~Host: a~~               | 400
            3.2.3 a path for CONNECT              | CONNECT /a HTTP/1.1~Host: a~~              | 400
            3.2.3 an authority for GET            | GET a:443 HTTP/1.1~Host: a~~               | 400
            3.2.4 the asterisk for OPTIONS        | OPTIONS * HTTP/1.1~Host: a~~               | OPTIONS * 1.1
            3.2.4 the asterisk for GET            | GET * HTTP/1.1~Host: a~~                   | 400
            3.2.4 two of them                     | OPTIONS ** HTTP/1.1~Host: a~~              | 400
            """)
    void target(String rule, String request, String expected) {
        check(request, expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a name                 | Host: a.b-c_d~                | GET / 1.1
            a name and a port      | Host: a:8080~                 | GET / 1.1
            an empty port          | Host: a:~                     | GET / 1.1
            an address             | Host: 127.0.0.1:80~           | GET / 1.1
            an IPv6 address        | Host: [2001:db8::1]~          | GET / 1.1
            one with a port        | Host: [::ffff:1.2.3.4]:80~    | GET / 1.1
            any letter case        | hOST: A~                      | GET / 1.1
            blanks around it       | Host:{TAB} a {TAB}~           | GET / 1.1
            missing                | Accept: a~                    | 400
            twice                  | Host: a~Host: a~              | 400
            twice in other cases   | Host: a~hosT: b~              | 400
            empty                  | Host:~                        | 400
            a port alone           | Host: :80~                    | 400
            two names              | Host: a b~                    | 400
            a list                 | Host: a, b~                   | 400
            a list without blanks  | Host: a,b~                    | 400
            a path                 | Host: a/b~                    | 400
            a URL                  | Host: http://a~               | 400
            user information       | Host: u@a~                    | 400
            an escape              | Host: %61~                    | 400
            a query                | Host: a?b~                    | 400
            a byte above 127       | Host: {FF}~                   | 400
            two ports              | Host: a:1:2~                  | 400
            a port with a sign     | Host: a:+1~                   | 400
            a port of letters      | Host: a:b~                    | 400
            a port that is no port | Host: a:65536~                | 400
            a port of six digits   | Host: a:000080~               | 400
            IPv6 without brackets  | Host: ::1~                    | 400
            an open bracket        | Host: [::1~                   | 400
            empty brackets         | Host: []~                     | 400
            a name in brackets     | Host: [host]~                 | 400
            behind the brackets    | Host: [::1]a~                 | 400
            """)
    void host_isThereOnceAndValid_9112_3_2(String rule, String fields, String expected) {
        check("GET / HTTP/1.1~" + fields + "~", expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            HTTP/1.0 needs none     | ``              | GET / 1.0 close
            it may have one         | Host: a~        | GET / 1.0 close
            not two                 | Host: a~Host: a~| 400
            nor one that is invalid | Host: a b~      | 400
            """)
    void hostOfHttp10_mayBeMissing_9112_3_2(String rule, String fields, String expected) {
        check("GET / HTTP/1.0~" + fields + "~", expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            5 an empty value                      | A:~                   | GET / 1.1
            5 most characters of a token          | !#$%&'*+-.^_9aZ: b~   | GET / 1.1
            5 a value above 127                   | A: {FF}{80}~          | GET / 1.1
            5 a tab inside a value                | A: b{TAB}c~           | GET / 1.1
            5.1 a space before the colon          | A : b~                | 400
            5.1 a tab before the colon            | A{TAB}: b~            | 400
            5.1 Content-Length with a space       | Content-Length : 1~   | 400
            5.1 a name with a space               | A b: c~               | 400
            5.1 no name                           | : a~                  | 400
            5.1 no colon                          | A~                    | 400
            5.1 a name above 127                  | {FF}: b~              | 400
            5.1 a name with brackets              | A[0]: b~              | 400
            5.2 a folded line                     | A: b~ c~              | 400
            5.2 a line folded with a tab          | A: b~{TAB}c~          | 400
            5.2 a folded length                   | Content-Length:~ 1~   | 400
            9110 5.5 NUL in a value               | A: b{NUL}c~           | 400
            9110 5.5 NUL in a name                | A{NUL}: b~            | 400
            9110 5.5 a vertical tab               | A: b{VT}c~            | 400
            9110 5.5 DEL                          | A: b{DEL}~            | 400
            """)
    void fields_haveOneReading(String rule, String fields, String expected) {
        check("GET / HTTP/1.1~Host: a~" + fields + "~", expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            9.3 HTTP/1.1 lives on                 | 1.1 | ``                                  | ``
            9.3 HTTP/1.1 with close               | 1.1 | Connection: close~                  | ` close`
            9.3 close in any case, in a list      | 1.1 | Connection: x , CLOSE~              | ` close`
            9.3 close in a second field           | 1.1 | Connection: x~Connection: close~    | ` close`
            9.3 close beats keep-alive            | 1.1 | Connection: keep-alive, close~      | ` close`
            9.3 a longer word is another          | 1.1 | Connection: closed, not-close~      | ``
            9.3 HTTP/1.0 ends                     | 1.0 | ``                                  | ` close`
            9.3 HTTP/1.0 with keep-alive          | 1.0 | Connection: Keep-Alive~             | ``
            9.3 HTTP/1.0 with both                | 1.0 | Connection: keep-alive, close~      | ` close`
            9110 10.1.1 a client that waits       | 1.1 | Expect: 100-Continue~               | ` continue`
            9110 10.1.1 one of HTTP/1.0 does not  | 1.0 | Expect: 100-continue~               | ` close`
            9110 10.1.1 another expectation       | 1.1 | Expect: 200-ok~                     | ` other`
            9110 10.1.1 two expectations          | 1.1 | Expect: 100-continue, a~            | ` other`
            9110 10.1.1 twice                     | 1.1 | Expect: 100-continue~Expect: a~     | ` other`
            """)
    void connectionAndExpect(String rule, String version, String fields, String expected) {
        check("POST / HTTP/" + version + "~Host: a~" + fields + "~", "POST / " + version + expected);
    }

    /** The head that was read before, and one that breaks a rule: what is there of it, and nothing of the other one. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {NUL}                       | ``   | ``   | ``  | 0
            GET~                        | ``   | ``   | ``  | 0
            PUT /b                      | ``   | ``   | ``  | 0
            PUT /b HTTP/2.0~            | PUT  | ``   | ``  | 0
            PUT b HTTP/1.1~             | PUT  | b    | /   | 0
            PUT /b HTTP/1.1~A: b~C D~   | PUT  | /b   | /b  | 1
            PUT /b HTTP/1.1~A: b~~      | PUT  | /b   | /b  | 1
            """)
    void headThatBreaksARule_hasNothingOfTheOneBefore(String bad, String method, String target, String path, int fields)
            throws IOException {
        byte[] bytes = Feeds.bytes("POST /a?query HTTP/1.1~Host: a~Connection: close~~" + bad)
                .getBytes(StandardCharsets.ISO_8859_1);
        Input in = new Input(new Feeds.Source(bytes, bytes.length, bytes.length), 2048, 2048);
        RequestHead head = new RequestHead(LIMITS);
        assertThat(head.read(in)).isTrue();
        assertThat(head.path() + head.query()).isEqualTo("/aquery");

        assertThatThrownBy(() -> head.read(in)).isInstanceOf(BadMessageException.class);

        assertThat(head.method()).isEqualTo(method);
        assertThat(head.target()).isEqualTo(target);
        assertThat(head.path()).isEqualTo(path);
        assertThat(head.query()).isEmpty();
        assertThat(head.size()).isEqualTo(fields);
        assertThat(head.begun()).isTrue();
    }
}
