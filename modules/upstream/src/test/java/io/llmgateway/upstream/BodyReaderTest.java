package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyReaderTest {
    private static Channel channel(String text) throws IOException {
        BytesSocket socket = new BytesSocket(text.replace("~", "\r\n")
                .replace("{", "Transfer-Encoding: chunked")
                .replace("}", "Content-Length: "));
        Channel channel = new Channel(socket, socket, 0);
        assertThat(channel.readHead()).isTrue();
        return channel;
    }

    private static String read(BodyReader body, int piece) throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] part = new byte[piece];
        int count = body.read(part, 0, part.length);
        while (count >= 0) {
            assertThat(count).isPositive();
            text.append(new String(part, 0, count, StandardCharsets.ISO_8859_1));
            count = body.read(part, 0, part.length);
        }
        assertThat(body.read(part, 0, part.length)).as("the end stays the end").isEqualTo(-1);
        return text.toString();
    }

    /** Response, its body, whether the connection can carry another exchange; ~ is a line's end. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = true, textBlock = """
            HTTP/1.1 200 OK~}3~~abc               | abc    | true
            HTTP/1.1 200 OK~}0~~                  | ''     | true
            HTTP/1.1 200 OK~}3~~abcX              | abc    | false
            HTTP/1.1 200 OK~}0~~HTTP/1.1 200      | ''     | false
            HTTP/1.1 200 OK~~abc                  | abc    | false
            HTTP/1.1 200 OK~{~~3~abc~0~~          | abc    | true
            HTTP/1.1 200 OK~{~~1;x=y~a~02~bc~0~~  | abc    | true
            HTTP/1.1 200 OK~{~~0~A: b~~           | ''     | true
            HTTP/1.1 200 OK~{~~3~abc~0~~X         | abc    | false
            HTTP/1.1 204 No~~                     | ''     | true
            HTTP/1.1 304 Not~~                    | ''     | true
            HTTP/1.1 204 No~~abc                  | ''     | false
            HTTP/1.1 204 No~}3~~abc               | ''     | false
            HTTP/1.1 204 No~}3~~                  | ''     | false
            HTTP/1.1 304 Not~}3~~                 | ''     | false
            HTTP/1.1 204 No~{~~0~~                | ''     | false
            """)
    void body_endsWhereItsFramingSays(String response, String expected, boolean reusable) throws IOException {
        for (int piece : new int[] {1, 2, 64}) {
            Channel channel = channel(response);
            BodyReader body = BodyReader.of(channel, channel.head());

            assertThat(read(body, piece)).isEqualTo(expected);
            assertThat(body.reusable()).isEqualTo(reusable);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK~}3~~ab",
                "HTTP/1.1 200 OK~{~~3~ab",
                "HTTP/1.1 200 OK~{~~3~abc",
                "HTTP/1.1 200 OK~{~~3~abc~",
                "HTTP/1.1 200 OK~{~~3~abc~0~",
                "HTTP/1.1 200 OK~{~~3~abcd~0~~",
                "HTTP/1.1 200 OK~{~~g~",
                "HTTP/1.1 200 OK~{~~-1~a~",
                "HTTP/1.1 200 OK~{~~0x1~a~",
                "HTTP/1.1 200 OK~{~~~a~",
                "HTTP/1.1 200 OK~{~~1000000000000000~a",
                "HTTP/1.1 200 OK~}-1~~",
                "HTTP/1.1 200 OK~}+1~~a",
                "HTTP/1.1 200 OK~}1,1~~a",
                "HTTP/1.1 200 OK~}1000000000000000000~~a",
                "HTTP/1.1 200 OK~}1~}1~~a",
                "HTTP/1.1 200 OK~{~}1~~a",
                "HTTP/1.1 200 OK~Transfer-Encoding: gzip, chunked~~0~~"
            })
    void bodyThatBreaksTheRules_isAnErrorAndNeverAnEnd(String response) throws IOException {
        Channel channel = channel(response);

        assertThatThrownBy(() -> read(BodyReader.of(channel, channel.head()), 64))
                .isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1;", "0~A: "})
    void chunkLineAndTrailers_areBounded(String begin) throws IOException {
        Channel channel = channel("HTTP/1.1 200 OK~{~~" + begin + "x".repeat(64 * 1024) + "~~~");

        assertThatThrownBy(() -> read(BodyReader.of(channel, channel.head()), 64))
                .isInstanceOf(BadResponseException.class);
    }
}
