package io.llmgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InputTest {
    private final List<Integer> asked = new ArrayList<>();

    private Input input(String text, int small, int large) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        Feeds.Source source = new Feeds.Source(bytes, bytes.length, bytes.length);
        return new Input(
                (target, offset, length) -> {
                    asked.add(length);
                    return source.read(target, offset, length);
                },
                small,
                large);
    }

    @Test
    void bytes_comeOneByOne_andAreSeenBeforeTheyAreTaken() throws IOException {
        Input in = input("a\u00ff", 16, 16);

        assertThat(in.peek()).as("never waits").isEqualTo(-1);
        assertThat(asked).isEmpty();
        assertThat(in.await()).isTrue();
        assertThat(in.peek()).isEqualTo('a');
        assertThat(in.buffered()).isEqualTo(2);
        assertThat(in.next()).isEqualTo('a');
        assertThat(in.next()).isEqualTo(255);
        assertThat(in.next()).isEqualTo(-1);
        assertThat(in.await()).isFalse();
    }

    @Test
    void bufferGrows_onceASingleReadHasFilledIt_andIsGivenBack() throws IOException {
        Input in = input("x".repeat(100), 4, 16);

        for (int i = 0; i < 20; i++) {
            assertThat(in.next()).isEqualTo('x');
        }
        assertThat(asked).containsExactly(4, 16);
        in.trim();
        assertThat(in.next()).isEqualTo('x');
        assertThat(asked).as("with nothing left it is small again").containsExactly(4, 16, 4);
        in.trim();
        assertThat(in.buffered()).as("bytes that were read ahead stay").isEqualTo(3);
    }

    @Test
    void bytesThatAreNotThereYet_goStraightToTheReader() throws IOException {
        Input in = input("x".repeat(5000), 4, 16);
        byte[] target = new byte[1000];

        assertThat(in.next()).isEqualTo('x');
        assertThat(in.read(target, 0, 1000)).as("what is read ahead").isEqualTo(3);
        assertThat(in.read(target, 0, 1000)).isEqualTo(1000);
        assertThat(asked).containsExactly(4, 1000);
    }

    @Test
    void chunkHeadThatIsThere_isKnown() throws IOException {
        assertThat(ahead("5\r\n").holdsChunkHead(false)).isTrue();
        assertThat(ahead("5;a\r").holdsChunkHead(false)).isFalse();
        assertThat(ahead("0\r\n\r\n").holdsChunkHead(false)).as("the last one").isFalse();
        assertThat(ahead("\r\n5\r\n").holdsChunkHead(true)).isTrue();
        assertThat(ahead("\r\n").holdsChunkHead(true)).isFalse();
        assertThat(ahead("\r").holdsChunkHead(true)).isFalse();
    }

    private Input ahead(String text) throws IOException {
        Input in = input("x" + text, 64, 64);
        assertThat(in.next()).isEqualTo('x');
        return in;
    }
}
