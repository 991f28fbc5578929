package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentCodingsTest {
    private static final int MIB = 1024 * 1024;

    private final DecodingMemory memory = new DecodingMemory(64L * MIB);

    @AfterEach
    void everyDecoder_gaveItsMemoryBack() {
        assertThat(memory.used()).isZero();
    }

    /** Gives a body in pieces of a size. */
    private static Decoder.Source source(byte[] body, int piece) {
        int[] at = new int[1];
        return (target, offset, length) -> {
            int count = Math.min(Math.min(piece, length), body.length - at[0]);
            if (count == 0) {
                return -1;
            }
            System.arraycopy(body, at[0], target, offset, count);
            at[0] += count;
            return count;
        };
    }

    private byte[] decoded(List<String> codings, byte[] body, int piece) throws IOException {
        try (Decoder decoder = ContentCodings.decoder(codings, source(body, piece), memory)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] part = new byte[777];
            int count = decoder.read(part, 3, part.length - 3);
            while (count >= 0) {
                assertThat(count).isPositive();
                out.write(part, 3, count);
                count = decoder.read(part, 3, part.length - 3);
            }
            assertThat(decoder.read(part, 0, part.length)).isEqualTo(-1);
            return out.toByteArray();
        }
    }

    private static byte[] content(int length) {
        StringBuilder text = new StringBuilder(length + 64);
        Random random = new Random(7);
        while (text.length() < length) {
            text.append("data: {\"delta\":\"").append(random.nextInt(1000)).append("\"}\n\n");
        }
        return text.substring(0, length).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({
        "gzip, 0", "gzip, 1", "gzip, 300000",
        "deflate, 0", "deflate, 1", "deflate, 300000",
        "raw, 0", "raw, 1", "raw, 300000",
        "zstd, 0", "zstd, 1", "zstd, 300000",
        "br, 0", "br, 1", "br, 300000"
    })
    void everyCoding_isUndone_howeverItsBytesCome(String coding, int length) throws IOException {
        byte[] content = content(length);
        byte[] body = Encoded.whole(coding, content);

        for (int piece : new int[] {1, 2, 3, 1000, 1_000_000}) {
            assertThat(decoded(List.of(Encoded.wire(coding)), body, piece)).isEqualTo(content);
        }
    }

    /** Made by programs that are not the libraries which decode here. */
    @ParameterizedTest
    @CsvSource({
        "zstd, KLUv/SQd6QAAZGF0YTogeyJhIjoxfQoKZGF0YTogW0RPTkVdCgo9j5k3",
        "x-gzip, H4sICNnCCWsCA2YudHh0AEtJLEm0UqhWSlSyMqzl4koBc6Nd/P1cY7m4ALG3XzQdAAAA",
        "br, Cw6AZGF0YTogeyJhIjoxfQoKZGF0YTogW0RPTkVdCgoD",
        "deflate, eJxLSSxJtFKoVkpUsjKs5eJKAXOjXfz9XGO5uACAZwf3",
        "deflate, S0ksSbRSqFZKVLIyrOXiSgFzo138/VxjubgA"
    })
    void foreignBodies_areUndone(String coding, String body) throws IOException {
        byte[] decoded = decoded(List.of(coding), Base64.getDecoder().decode(body), 5);

        assertThat(new String(decoded, StandardCharsets.US_ASCII)).isEqualTo("data: {\"a\":1}\n\ndata: [DONE]\n\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void membersAndFrames_areOneBody(String coding) throws IOException {
        byte[] first = Encoded.whole(coding, content(5000));
        byte[] empty = Encoded.whole(coding, new byte[0]);
        byte[] body = joined(first, empty, first);

        for (int piece : new int[] {1, 4096, 1_000_000}) {
            assertThat(decoded(List.of(coding), body, piece)).isEqualTo(joined(content(5000), content(5000)));
        }
    }

    /** The library says then that it wants more input although nothing is missing. */
    @ParameterizedTest
    @ValueSource(ints = {16, 32})
    void brotliThatFillsItsWindowExactly_isWhole(int mebibytes) throws IOException {
        byte[] content = new byte[mebibytes * MIB];

        assertThat(decoded(List.of("br"), Encoded.whole("br", content), 100).length)
                .isEqualTo(content.length);
    }

    @Test
    void severalCodings_areUndoneFromTheLastToTheFirst() throws IOException {
        byte[] body = Encoded.whole("zstd", Encoded.whole("br", Encoded.whole("gzip", content(20_000))));

        assertThat(decoded(List.of("gzip", "br", "zstd"), body, 100)).isEqualTo(content(20_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "br", "zstd"})
    void bodyOfNoBytes_isEmpty(String coding) throws IOException {
        assertThat(decoded(List.of(coding), new byte[0], 1)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "raw", "br", "zstd"})
    void bodyCutAnywhere_isNeverWhole(String coding) throws IOException {
        byte[] body = Encoded.whole(coding, content(600));

        for (int length = 1; length < body.length; length++) {
            byte[] cut = Arrays.copyOf(body, length);
            assertThatThrownBy(() -> decoded(List.of(Encoded.wire(coding)), cut, 100))
                    .as("%d of %d bytes", length, body.length)
                    .isInstanceOf(Decoder.CutCodingException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "raw", "br", "zstd"})
    void bytesBehindTheEnd_areDamage(String coding) throws IOException {
        byte[] body = joined(Encoded.whole(coding, content(600)), "behind it".getBytes(StandardCharsets.US_ASCII));

        for (int piece : new int[] {1, 1000}) {
            assertThatThrownBy(() -> decoded(List.of(Encoded.wire(coding)), body, piece))
                    .isInstanceOf(Decoder.BadCodingException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "br", "zstd"})
    void plainBody_thatSaysItIsEncoded_isDamage(String coding) {
        byte[] body =
                "{\"id\":\"1\",\"object\":\"chat.completion\"}\n".repeat(20).getBytes(StandardCharsets.US_ASCII);

        assertThatThrownBy(() -> decoded(List.of(coding), body, 100))
                .isInstanceOfAny(Decoder.BadCodingException.class, Decoder.CutCodingException.class)
                .hasMessageContaining(coding);
    }

    /** Without a check sum damage may go unseen; it must never do more than give wrong bytes or an error. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "raw", "br", "zstd"})
    void damagedBody_isAnErrorOrOtherBytes(String coding) throws IOException {
        long seed = Long.getLong("seed", 20_261_127L);
        Random random = new Random(seed);
        byte[] content = content(3000);
        byte[] body = Encoded.whole(coding, content);
        boolean checked = !"raw".equals(coding) && !"br".equals(coding);

        for (int i = 0; i < 2000; i++) {
            byte[] damaged = body.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                byte[] decoded = decoded(List.of(Encoded.wire(coding)), damaged, 1 + random.nextInt(200));
                assertThat(!checked || Arrays.equals(decoded, content))
                        .as("seed %d", seed)
                        .isTrue();
            } catch (Decoder.BadCodingException | Decoder.CutCodingException e) {
                assertThat(e).hasMessageContaining(Encoded.wire(coding));
            }
        }
    }

    @Test
    void zstdWindowAboveEightMebibytes_isRefused() throws IOException {
        byte[] content = content(9 * MIB);
        ByteArrayOutputStream within = new ByteArrayOutputStream();
        ByteArrayOutputStream above = new ByteArrayOutputStream();
        try (var encoding = new ZstdOutputStreamNoFinalizer(within, 1).setLong(23)) {
            encoding.write(content);
        }
        try (var encoding = new ZstdOutputStreamNoFinalizer(above, 1).setLong(24)) {
            encoding.write(content);
        }

        assertThat(decoded(List.of("zstd"), within.toByteArray(), 4096)).isEqualTo(content);
        assertThatThrownBy(() -> decoded(List.of("zstd"), above.toByteArray(), 4096))
                .isInstanceOf(Decoder.BadCodingException.class);
    }

    @Test
    void brotliWindowAboveSixteenMebibytes_isRefused() {
        Brotli4jLoader.ensureAvailability();
        byte[] largeWindow = {0x11, 0x1e, 0, 0, 0, 0, 0, 0};

        assertThatThrownBy(() -> decoded(List.of("br"), largeWindow, 100))
                .isInstanceOf(Decoder.BadCodingException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"compress", "aws-chunked", "gzip;q=1", "k\u00e4se", "*"})
    void unknownCoding_isNamed(String coding) {
        assertThatThrownBy(() -> decoded(List.of("gzip", coding), new byte[] {1}, 1))
                .isInstanceOf(Decoder.BadCodingException.class)
                .hasMessageContaining("content coding '" + coding.replace('\u00e4', '?') + "'");
    }

    @Test
    void moreCodingsThanThree_areRefused() {
        assertThatThrownBy(() -> decoded(List.of("gzip", "gzip", "gzip", "gzip"), new byte[0], 1))
                .isInstanceOf(Decoder.BadCodingException.class)
                .hasMessageContaining("more than 3");
    }

    /** 64 MiB of zeros in a few bytes: they flow through, and no decoder holds more than its window. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "zstd"})
    void bomb_isDecodedInLittleMemory(String coding) throws IOException {
        byte[] body = Encoded.whole(coding, new byte[64 * MIB]);
        long total = 0;
        try (Decoder decoder = ContentCodings.decoder(List.of(coding), source(body, 100), memory)) {
            byte[] part = new byte[8192];
            int count = decoder.read(part, 0, part.length);
            while (count >= 0) {
                total += count;
                assertThat(memory.used()).isLessThanOrEqualTo(17L * MIB);
                count = decoder.read(part, 0, part.length);
            }
        }
        assertThat(total).isEqualTo(64L * MIB);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "br", "zstd"})
    void decoders_areBoundedTogether(String coding) throws IOException {
        DecodingMemory little = new DecodingMemory(1000);
        byte[] body = Encoded.whole(coding, content(600));

        try (Decoder decoder = ContentCodings.decoder(List.of(coding), source(body, 100), little)) {
            assertThatThrownBy(() -> decoder.read(new byte[100], 0, 100))
                    .isInstanceOfSatisfying(
                            GatewayException.class,
                            e -> assertThat(e.error().kind()).isEqualTo(ErrorKind.OVERLOADED));
        }
        assertThat(little.used()).isZero();
    }
}
