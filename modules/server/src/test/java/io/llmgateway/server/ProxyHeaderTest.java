package io.llmgateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
    private static final InetAddress PROXY = InetAddress.ofLiteral("10.0.0.1");
    private static final byte[] SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};
    private static final int LOCAL = 0x20;
    private static final int PROXIED = 0x21;

    private byte[] sent = {};
    private int position;

    /** Gives one byte with each read. */
    private final ClientSocket socket = new ClientSocket() {
        @Override
        public int read(byte[] target, int offset, int length) {
            if (position == sent.length) {
                return -1;
            }
            target[offset] = sent[position++];
            return 1;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            throw new AssertionError("nothing is said to a proxy");
        }

        @Override
        public void close() {
            position = sent.length;
        }

        @Override
        public boolean secure() {
            return false;
        }
    };

    private @Nullable InetAddress read(String text) throws IOException {
        return read(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private @Nullable InetAddress read(byte[] bytes) throws IOException {
        sent = bytes;
        position = 0;
        return ProxyHeader.read(socket, PROXY);
    }

    private static byte[] binary(int command, int family, int length, int... rest) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(SIGNATURE);
        out.write(command);
        out.write(family);
        out.write(length >> 8);
        out.write(length);
        for (int each : rest) {
            out.write(each);
        }
        return out.toByteArray();
    }

    @Test
    void line_givesTheClient_andTakesNoByteMore() throws IOException {
        assertThat(read("PROXY TCP4 1.2.3.4 5.6.7.8 1000 443\r\nGET /")).isEqualTo(InetAddress.ofLiteral("1.2.3.4"));
        assertThat(sent.length - position).isEqualTo(5);
        assertThat(read("PROXY TCP6 2001:db8::1 ::1 1000 443\r\n")).isEqualTo(InetAddress.ofLiteral("2001:db8::1"));
        assertThat(read("PROXY TCP6 ::ffff:1.2.3.4 ::ffff:127.0.0.1 1000 443\r\n"))
                .isEqualTo(InetAddress.ofLiteral("1.2.3.4"));
        assertThat(read("PROXY UNKNOWN\r\n")).isEqualTo(PROXY);
        assertThat(read("PROXY UNKNOWN a b c d\r\n")).isEqualTo(PROXY);
    }

    @Test
    void binary_givesTheClient_andTakesNoByteMore() throws IOException {
        byte[] header = binary(PROXIED, 0x11, 15, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0, 2, 2, 0, 0, 'G');

        assertThat(read(header)).isEqualTo(InetAddress.ofLiteral("1.2.3.4"));
        assertThat(sent.length - position).isEqualTo(1);
        assertThat(read(binary(LOCAL, 0, 0))).isEqualTo(PROXY);
        assertThat(read(binary(PROXIED, 0x31, 3, 1, 2, 3))).isEqualTo(PROXY);
    }

    @Test
    void end_beforeTheFirstByte_isNoClient() throws IOException {
        assertThat(read("")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "PROXY TCP4 1.2.3.4\r\n",
                "PROXY TCP4 example.com 5.6.7.8 1 2\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 2",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n",
                "PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n",
                "PROXIES\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 65536 443\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1000 -1\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 01 443\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1000 \r\n",
                "PROXY TCP4 1.2.3.4 example.com 1000 443\r\n",
                "PROXY TCP4 ::1 ::1 1 2\r\n",
                "PROXY TCP4 ::ffff:1.2.3.4 ::1 1 2\r\n",
                "PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n",
                "PROXY TCP4 010.1.1.1 5.6.7.8 1 2\r\n",
                "P",
                "\u0016\u0003\u0001"
            })
    void anythingElse_isRefused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(IOException.class);
    }

    @Test
    void values_behindTheAddresses_fillTheHeader_andTheirChecksumHolds() throws IOException {
        byte[] header =
                binary(PROXIED, 0x11, 23, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0, 2, 0x03, 0, 4, 0, 0, 0, 0, 2, 0, 1, 'x');
        header[15] = 23;
        CRC32C sum = new CRC32C();
        sum.update(header, 0, 16 + 23);
        for (int i = 0; i < 4; i++) {
            header[16 + 15 + i] = (byte) (sum.getValue() >> (24 - 8 * i));
        }
        assertThat(read(header)).isEqualTo(InetAddress.ofLiteral("1.2.3.4"));

        header[16] = 9;
        assertThatThrownBy(() -> read(header)).hasMessageContaining("checksum");
        byte[] cut = binary(PROXIED, 0x11, 16, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0, 2, 2, 0, 9, 'x');
        assertThatThrownBy(() -> read(cut)).hasMessageContaining("broken");
        byte[] half = binary(PROXIED, 0x11, 14, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0, 2, 2, 0);
        assertThatThrownBy(() -> read(half)).hasMessageContaining("broken");
    }

    @Test
    void headersThatAreTooLongOrTooShort_areRefused() {
        assertThatThrownBy(() -> read("PROXY " + "x".repeat(500) + "\r\n")).hasMessageContaining("too long");
        assertThatThrownBy(() -> read(binary(PROXIED, 0x11, 4, 1, 2, 3, 4))).hasMessageContaining("too short");
        assertThatThrownBy(() -> read(binary(PROXIED, 0x11, 60_000))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(binary(0x31, 0x11, 12))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(binary(PROXIED, 0x11, 12, 1, 2))).hasMessageContaining("ended inside");
    }
}
