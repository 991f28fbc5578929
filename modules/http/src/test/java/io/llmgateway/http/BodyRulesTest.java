package io.llmgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9112, sections 6 and 7, rule by rule, for bodies of both sides: the rule, its bytes, how they are read. */
class BodyRulesTest {
    private static final Limits LIMITS = new Limits(8 * 1024, 16 * 1024, 100);

    private static String request(Input in, int piece) throws IOException {
        RequestHead head = new RequestHead(LIMITS);
        assertThat(head.read(in)).isTrue();
        BodyReader body = BodyReader.of(in, head);
        String length = body.declaredLength() < 0 ? "-" : Long.toString(body.declaredLength());
        return length + (body.chunked() ? " chunked " : " ") + Feeds.body(body, piece);
    }

    private static String response(Input in, boolean answersHead, int piece, boolean kept) throws IOException {
        ResponseHead head = new ResponseHead(LIMITS);
        assertThat(head.read(in)).isTrue();
        BodyReader body = BodyReader.of(in, head, answersHead);
        String length = body.declaredLength() < 0 ? "-" : Long.toString(body.declaredLength());
        String text = Feeds.body(body, piece);
        return length + " " + text + (kept && body.reusable() ? " kept" : "");
    }

    private static String expand(String row) {
        return Feeds.bytes(row.replace("{CL}", "Content-Length: ").replace("{TE}", "Transfer-Encoding: "));
    }

    private static void check(String message, String expected, Feeds.Reading... readings) {
        for (Feeds.Reading reading : readings) {
            assertThat(Feeds.everyWay(expand(message), reading)).isEqualTo(Feeds.bytes(expected));
        }
    }

    private static void checkRequest(String fields, String expected) {
        String request = "POST / HTTP/1.1~Host: a~" + fields;
        check(request, expected, in -> request(in, 1), in -> request(in, 3), in -> request(in, 4096));
    }

    /** What is left behind a response is known only when it has come, so that a connection is judged by all of it. */
    private static void checkResponse(boolean answersHead, String response, String expected) {
        check(
                response,
                expected.replace(" kept", ""),
                in -> response(in, answersHead, 1, false),
                in -> response(in, answersHead, 4096, false));
        byte[] bytes = expand(response).getBytes(StandardCharsets.ISO_8859_1);
        Feeds.Source source = new Feeds.Source(bytes, bytes.length, bytes.length);
        assertThat(Feeds.outcome(bytes, source, 2048, in -> response(in, answersHead, 64, true)))
                .isEqualTo(Feeds.bytes(expected));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            6.3 neither length nor chunks         | ~GET / HTTP/1.1                     | `0  then GET / HTTP/1.1`
            6.2 a length                          | {CL}3~~abcd                         | 3 abc then d
            6.2 a length of zero                  | {CL}0~~a                            | `0  then a`
            6.2 zeros before it                   | {CL}0003~~abc                       | 3 abc
            6.2 eighteen digits                   | {CL}000000000000000003~~abc         | 3 abc
            6.2 nineteen digits                   | {CL}0000000000000000003~~abc        | 400
            6.2 more than a long                  | {CL}9223372036854775808~~abc        | 400
            6.2 more than 2^64                    | {CL}18446744073709551619~~abc       | 400
            6.2 a sign                            | {CL}+3~~abc                         | 400
            6.2 a negative one                    | {CL}-3~~abc                         | 400
            6.2 an empty one                      | {CL}~~abc                           | 400
            6.2 hexadecimal                       | {CL}0x3~~abc                        | 400
            6.2 a fraction                        | {CL}3.0~~abc                        | 400
            6.2 two words                         | {CL}3 3~~abc                        | 400
            6.2 a list                            | {CL}3, 3~~abc                       | 400
            6.2 digits of another script          | {CL}{FF}~~abc                       | 400
            6.2 twice the same                    | {CL}3~{CL}3~~abc                    | 400
            6.2 twice, not the same               | {CL}3~content-length: 4~~abc        | 400
            6.2 too short                         | {CL}3~~ab                           | cut
            6.2 not begun                         | {CL}3~~                             | cut
            6.1 chunks                            | {TE}chunked~~3~abc~0~~x             | - chunked abc then x
            6.1 chunks in any case                | {TE}Chunked~~1~a~0~~                | - chunked a
            6.1 blanks around the coding          | {TE}{TAB}chunked ~~1~a~0~~          | - chunked a
            6.1 length and chunks                 | {CL}3~{TE}chunked~~3~abc~0~~        | 400
            6.1 chunks and length                 | {TE}chunked~{CL}3~~3~abc~0~~        | 400
            6.1 chunks and a length of zero       | {TE}chunked~{CL}0~~0~~              | 400
            6.1 chunked twice                     | {TE}chunked, chunked~~0~~           | 400
            6.1 chunked in two fields             | {TE}chunked~{TE}chunked~~0~~        | 400
            6.1 two codings in two fields         | {TE}gzip~{TE}chunked~~0~~           | 400
            6.1 an empty coding                   | {TE}~~0~~                           | 400
            6.1 an empty element                  | {TE},chunked~~0~~                   | 400
            6.1 a comma behind it                 | {TE}chunked,~~0~~                   | 400
            6.1 a coding before chunked           | {TE}gzip, chunked~~0~~              | 501
            6.1 a coding behind chunked           | {TE}chunked, gzip~~0~~              | 501
            6.1 another coding                    | {TE}gzip~~a                         | 501
            6.1 identity                          | {TE}identity~~a                     | 501
            6.1 a longer word                     | {TE}xchunked~~0~~                   | 501
            6.1 a parameter                       | {TE}chunked;q=1~~0~~                | 501
            6.1 a quoted coding                   | {TE}"chunked"~~0~~                  | 400
            6.1 a vertical tab before it          | {TE}{VT}chunked~~0~~                | 400
            6.1 a byte above 127 before it        | {TE}{80}chunked~~0~~                | 400
            """)
    void requestIsFramedInOneWay(String rule, String fields, String expected) {
        checkRequest(fields, expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            7.1 one chunk                         | 3~abc~0~~           | abc
            7.1 several                           | 1~a~02~bc~0~~       | abc
            7.1 digits of both cases              | a~0123456789~A~abcdefghij~0~~ | 0123456789abcdefghij
            7.1 zeros before the size             | 000000000000001~a~00~~ | a
            7.1 sixteen digits                    | 0000000000000001~a~0~~ | 400
            7.1 more than a long                  | ffffffffffffffff~a~0~~ | 400
            7.1 no chunk with data                | 0~~                 | ``
            7.1 no size                           | ~a~0~~              | 400
            7.1 no size of a last chunk           | ~~                  | 400
            7.1 an extension without a size       | ;a~~                | 400
            7.1 a size that is no number          | g~a~0~~             | 400
            7.1 a size with a sign                | +1~a~0~~            | 400
            7.1 a negative size                   | -1~a~0~~            | 400
            7.1 a size with 0x                    | 0x1~a~0~~           | 400
            7.1 a blank before the size           | ` 1~a~0~~`          | 400
            7.1 a blank behind the size           | 1 ~a~0~~            | 400
            7.1 a tab behind the size             | 1{TAB}~a~0~~        | 400
            7.1 an underscore in the size         | 1_0~a~0~~           | 400
            7.1 LF behind the size                | 1{LF}a~0~~          | 400
            7.1 CR alone behind the size          | 1{CR}a~0~~          | 400
            7.1 CR CR LF behind the size          | 1{CR}~a~0~~         | 400
            7.1 data longer than the size         | 3~abcd~0~~          | 400
            7.1 data shorter than the size        | 3~ab~0~~            | 400
            7.1 LF behind the data                | 1~a{LF}0~~          | 400
            7.1 another byte and LF behind it     | 1~ax{LF}0~~         | 400
            7.1 CR and another byte behind it     | 1~a{CR}x0~~         | 400
            7.1 CR and another byte behind a size | 1{CR}xa~0~~         | 400
            7.1 CR and another byte as the end    | 0~{CR}x             | 400
            7.1 nothing behind the data           | 1~a0~~              | 400
            7.1 CR alone behind the data          | 1~a{CR}0~~          | 400
            7.1 LF behind the last size           | 0{LF}~              | 400
            7.1 LF as the empty line              | 0~{LF}              | 400
            7.1 CR alone as the empty line        | 0~{CR}a             | 400
            8 cut inside a size                   | 1                   | cut
            8 cut inside the data                 | 3~ab                | cut
            8 cut behind the data                 | 3~abc               | cut
            8 cut inside the line's end           | 3~abc{CR}           | cut
            8 cut before the last chunk           | 3~abc~              | cut
            8 cut inside the last chunk           | 3~abc~0             | cut
            8 cut before the empty line           | 3~abc~0~            | cut
            8 cut inside the empty line           | 3~abc~0~{CR}        | cut
            7.1.1 an extension                    | 1;a~x~0~~           | x
            7.1.1 one with a value                | 1;a=b~x~0~~         | x
            7.1.1 one with a quoted value         | 1;a="b;{TAB} \\"=,"~x~0~~ | x
            7.1.1 several                         | 1;a;b=c;d="e"~x~0;f~~ | x
            7.1.1 blanks around its parts         | 1 ; a = b ;{TAB}c~x~0~~ | x
            7.1.1 without a name                  | 1;~x~0~~            | 400
            7.1.1 without a name, with a value    | 1;=b~x~0~~          | 400
            7.1.1 without a value                 | 1;a=~x~0~~          | 400
            7.1.1 a blank at its end              | 1;a ~x~0~~          | 400
            7.1.1 a name that is no token         | 1;a(b~x~0~~         | 400
            7.1.1 two names                       | 1;a b~x~0~~         | 400
            7.1.1 without a semicolon             | 1 a~x~0~~           | 400
            7.1.1 an open quote                   | 1;a="b~x~0~~        | 400
            7.1.1 a line's end inside quotes      | 1;a="b~c"~x~0~~     | 400
            7.1.1 LF inside quotes                | 1;a="b{LF}"~x~0~~   | 400
            7.1.1 LF behind a backslash           | 1;a="\\{LF}"~x~0~~  | 400
            7.1.1 LF ends no extension            | 1;a{LF}x~0~~        | 400
            7.1.1 CR alone in an extension        | 1;a{CR}b~x~0~~      | 400
            7.1.1 NUL in an extension             | 1;a{NUL}~x~0~~      | 400
            7.1.2 a trailer                       | 0~A: b~~            | ``
            7.1.2 trailers                        | 1~x~0~A: b~C:~~     | x
            7.1.2 one that frames is not used     | 1~x~0~{CL}9~{TE}x~~ | x
            7.1.2 one without a name              | 0~: b~~             | 400
            7.1.2 one without a colon             | 0~A~~               | 400
            7.1.2 a space before its colon        | 0~A : b~~           | 400
            7.1.2 a folded one                    | 0~A: b~ c~~         | 400
            7.1.2 LF ends none                    | 0~A: b{LF}~         | 400
            7.1.2 CR alone in one                 | 0~A: b{CR}c~~       | 400
            7.1.2 NUL in one                      | 0~A: {NUL}~~        | 400
            7.1.2 cut inside one                  | 0~A: b              | cut
            7.1.2 cut behind one                  | 0~A: b~             | cut
            """)
    void chunks_haveOneReading(String rule, String chunks, String expected) {
        boolean fault = "400".equals(expected) || "cut".equals(expected);
        checkRequest("{TE}chunked~~" + chunks, fault ? expected : "- chunked " + expected);
        checkResponse(false, "HTTP/1.1 200 OK~{TE}chunked~~" + chunks, fault ? expected : "- " + expected + " kept");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            6.1 HTTP/1.0 has no codings           | POST / HTTP/1.0~{TE}chunked~~0~~    | 400
            6.1 nor any other                     | POST / HTTP/1.0~{TE}gzip~~          | 400
            6.2 but lengths                       | POST / HTTP/1.0~{CL}1~~a            | 1 a
            6.3 none means no body                | POST / HTTP/1.0~~                   | `0 `
            6.3 a body of GET                     | GET / HTTP/1.1~Host: a~{CL}1~~a     | 1 a
            6.3 a body of HEAD                    | HEAD / HTTP/1.1~Host: a~{CL}1~~a    | 1 a
            """)
    void otherRequests(String rule, String request, String expected) {
        check(request, expected, in -> request(in, 64));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            6.2 a length                          | 200 O~{CL}3~~abc         | 3 abc kept
            6.2 a length and bytes behind it      | 200 O~{CL}3~~abcd        | 3 abc then d
            6.2 a length of zero                  | 200 O~{CL}0~~            | `0  kept`
            6.2 too short                         | 200 O~{CL}3~~ab          | cut
            6.2 a sign                            | 200 O~{CL}-1~~           | 400
            6.2 a list                            | 200 O~{CL}1,1~~a         | 400
            6.2 twice                             | 200 O~{CL}1~{CL}1~~a     | 400
            6.1 length and chunks                 | 200 O~{CL}1~{TE}chunked~~1~a~0~~ | 400
            6.1 another coding                    | 200 O~{TE}gzip~~a        | 501
            6.1 a coding before chunked           | 200 O~{TE}gzip, chunked~~0~~ | 501
            6.3 up to the end                     | 200 O~~abc               | - abc
            6.3 up to an end at once              | 200 O~~                  | `- `
            6.3 204 has none                      | 204 N~~                  | `0  kept`
            6.3 304 has none                      | 304 N~~                  | `0  kept`
            6.3 204 and bytes behind it           | 204 N~~abc               | `0  then abc`
            6.3 204 with a length                 | 204 N~{CL}3~~            | `0 `
            6.3 204 with a length and a body      | 204 N~{CL}3~~abc         | `0  then abc`
            6.3 304 with a length                 | 304 N~{CL}3~~            | `0 `
            6.3 204 with chunks                   | 204 N~{TE}chunked~~      | `0 `
            6.3 an interim answer has none        | 103 E~{CL}3~~HTTP/1.1 200 O~{CL}1~~a | 1 a kept
            """)
    void response_endsWhereItsFramingSays(String rule, String response, String expected) {
        checkResponse(false, "HTTP/1.1 " + response, expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            6.3 a length                          | 1.1 200 O~{CL}3~~             | `0  kept`
            6.3 chunks                            | 1.1 200 O~{TE}chunked~~       | `0  kept`
            6.3 neither                           | 1.1 200 O~~                   | `0  kept`
            6.3 bytes behind it                   | 1.1 200 O~{CL}3~~abc          | `0  then abc`
            """)
    void answerToHead_hasNoBody(String rule, String response, String expected) {
        checkResponse(true, "HTTP/" + response, expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            6.1 HTTP/1.0 has no codings           | 200 O~{TE}chunked~~0~~        | 400
            6.3 up to the end                     | 200 O~~ab                     | - ab
            6.2 a length                          | 200 O~{CL}2~~ab               | 2 ab kept
            """)
    void responseOfHttp10(String rule, String response, String expected) {
        checkResponse(false, "HTTP/1.0 " + response, expected);
    }

    @Test
    void pipelinedRequests_areReadOneAfterTheOther_9112_9_3_2() {
        String requests = "POST /1 HTTP/1.1~Host: a~{CL}3~~abc"
                + "POST /2 HTTP/1.1~Host: a~{TE}chunked~~2~de~0~~"
                + "~GET /3 HTTP/1.1~Host: a~~"
                + "POST /4 HTTP/1.1~Host: a~{CL}1~{TE}chunked~~1~f~0~~";

        check(requests, "400", BodyRulesTest::pipelined);
        check(requests.substring(0, requests.indexOf("POST /4")), "/1 abc, /2 de, /3 , ", BodyRulesTest::pipelined);
    }

    private static String pipelined(Input in) throws IOException {
        RequestHead head = new RequestHead(LIMITS);
        StringBuilder found = new StringBuilder();
        while (head.read(in)) {
            String body = Feeds.body(BodyReader.of(in, head), 2);
            found.append(head.path()).append(' ').append(body).append(", ");
        }
        return found.toString();
    }
}
