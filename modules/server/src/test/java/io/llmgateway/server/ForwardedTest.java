package io.llmgateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.http.Input;
import io.llmgateway.http.Limits;
import io.llmgateway.http.RequestHead;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedTest {
    private static final InetAddress PROXY = InetAddress.ofLiteral("10.0.0.1");

    private static RequestHead head(String... fields) throws IOException {
        StringBuilder text = new StringBuilder("GET / HTTP/1.1\r\nHost: h\r\n");
        for (String field : fields) {
            text.append("X-Forwarded-For: ").append(field).append("\r\n");
        }
        ByteArrayInputStream in =
                new ByteArrayInputStream(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        RequestHead head = new RequestHead(new Limits(8_192, 16_384, 100));
        assertThat(head.read(new Input(in::read, 512, 512))).isTrue();
        return head;
    }

    private static boolean trusted(InetAddress address) {
        return address.getHostAddress().startsWith("10.");
    }

    private static String client(InetAddress connection, String... fields) throws IOException {
        return Forwarded.client(connection, head(fields), ForwardedTest::trusted)
                .getHostAddress();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.2.3.4                      | 1.2.3.4",
                "6.6.6.6, 1.2.3.4             | 1.2.3.4",
                "1.2.3.4, 10.0.0.9            | 1.2.3.4",
                "6.6.6.6, 1.2.3.4,10.0.0.9    | 1.2.3.4",
                "10.0.0.7, 10.0.0.9           | 10.0.0.7",
                "1.2.3.4:5678                 | 1.2.3.4",
                "[2001:db8::7]:99             | 2001:db8:0:0:0:0:0:7",
                "2001:db8::7                  | 2001:db8:0:0:0:0:0:7",
                "nonsense                     | 10.0.0.1",
                "1.2.3.4, nonsense            | 10.0.0.1",
                "1.2.3.4, nonsense, 10.0.0.9  | 10.0.0.9",
                "''                           | 10.0.0.1",
                "1.2.3.4,                     | 10.0.0.1",
            })
    void proxy_isBelievedUpToTheFirstAddressThatIsNoProxys(String field, String expected) throws IOException {
        assertThat(client(PROXY, field)).isEqualTo(expected);
    }

    @Test
    void fields_countAsOneListInTheirOrder() throws IOException {
        assertThat(client(PROXY, "6.6.6.6", "1.2.3.4", "10.0.0.9")).isEqualTo("1.2.3.4");
    }

    @Test
    void client_thatIsNoProxy_isNotBelieved() throws IOException {
        assertThat(client(InetAddress.ofLiteral("9.9.9.9"), "1.2.3.4")).isEqualTo("9.9.9.9");
    }

    @Test
    void listWithoutEnd_isLookedAtForSomeHopsOnly() throws IOException {
        String field = "1.2.3.4" + ", 10.0.0.2".repeat(40);

        assertThat(client(PROXY, field)).isEqualTo("10.0.0.2");
    }

    @ParameterizedTest
    @CsvSource({"a.example", "1.2.3", "[::1", "::1]", "1.2.3.4.5", "'1.2.3.4 '", "999.1.1.1", "010.1.1.1", "1.2.3.04"})
    void parse_ofWhatIsNoAddress_isNull(String text) {
        @Nullable InetAddress parsed = Forwarded.parse(text);

        assertThat(parsed).isNull();
    }
}
