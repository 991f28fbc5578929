package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.http.BadMessageException;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.Slice;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ChannelTest {
    private static Channel channel(BytesSocket socket) throws IOException {
        return new Channel(socket, socket, 5);
    }

    @Test
    void headThatIsTooLarge_isRefused() throws IOException {
        Channel channel = channel(new BytesSocket("HTTP/1.1 200 OK\r\nA: " + "x".repeat(100_000)));

        assertThatThrownBy(channel::readHead)
                .isInstanceOf(BadMessageException.class)
                .hasMessageContaining("larger than");
    }

    @Test
    void endBeforeTheFirstByte_isNoHead_insideItIsAnError() throws IOException {
        assertThat(channel(new BytesSocket("")).readHead()).isFalse();
        Channel cut = channel(new BytesSocket("HTTP/1.1 200 OK\r\n"));
        assertThatThrownBy(cut::readHead).isInstanceOf(BadMessageException.class);
    }

    @Test
    void bytesThatNobodyAskedFor_areSeen_readAheadOrNot() throws IOException {
        Channel channel = channel(new BytesSocket("HTTP/1.1 204 No\r\n\r\nHTTP"));
        assertThat(channel.hasUninvitedBytes()).as("in the socket").isTrue();
        assertThat(channel.readHead()).isTrue();
        assertThat(channel.hasUninvitedBytes()).as("read ahead").isTrue();

        Channel empty = channel(new BytesSocket(""));
        assertThat(empty.hasUninvitedBytes()).isFalse();
    }

    @Test
    void headAndBody_leaveTogether() throws IOException {
        BytesSocket socket = new BytesSocket("");
        Channel channel = channel(socket);
        OutBuffer head = new OutBuffer(16);
        head.write("HEAD ");

        channel.send(head, List.of(slice("one "), slice("x".repeat(100_000)), slice(" two")));

        assertThat(socket.sent()).isEqualTo("HEAD one " + "x".repeat(100_000) + " two");
    }

    private static Slice slice(String text) {
        return Slice.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void hurriedRead_afterItsMoment_failsWithoutReading() throws IOException {
        AtomicLong now = new AtomicLong(10);
        Channel channel = channel(new BytesSocket("abc"));
        byte[] part = new byte[1];

        channel.hurry(20, now::get);
        assertThat(channel.input().read(part, 0, 1)).isEqualTo(1);
        now.set(20);
        assertThatThrownBy(() -> channel.input().read(part, 0, 1)).isInstanceOf(SocketTimeoutException.class);
        channel.unhurried();
        assertThat(channel.input().read(part, 0, 1)).isEqualTo(1);
    }

    @Test
    void killed_isDeadAndShut() throws IOException {
        BytesSocket socket = new BytesSocket("");
        Channel channel = channel(socket);
        assertThat(channel.dead()).isFalse();
        assertThat(channel.used()).isFalse();

        channel.kill();

        assertThat(channel.dead()).isTrue();
        assertThat(socket.shut()).isTrue();
        assertThat(channel.createdAt()).isEqualTo(5);
    }
}
