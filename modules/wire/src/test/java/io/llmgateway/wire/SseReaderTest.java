package io.llmgateway.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseReaderTest {
    private static final String STREAM = ": hello\n\nevent: message_start\ndata: {\"a\":\"ü€𝄞\"}\n\n"
            + "data:no space\n\nid: 7\nretry: 10\ndata: one\ndata: two\ndata:\n\n\ndata: [DONE]\n\n";

    private record Event(boolean data, String text, boolean named) {}

    private static List<Event> read(byte[] bytes, int... cuts) throws Exception {
        SseReader reader = new SseReader(1 << 20);
        List<Event> events = new ArrayList<>();
        StringBuilder raw = new StringBuilder();
        int from = 0;
        for (int i = 0; i <= cuts.length; i++) {
            int to = i < cuts.length ? cuts[i] : bytes.length;
            reader.feed(bytes, from, to - from);
            from = to;
            while (reader.next()) {
                take(reader, events, raw);
            }
        }
        if (reader.finish()) {
            take(reader, events, raw);
        }
        assertThat(raw.toString()).isEqualTo(new String(bytes, StandardCharsets.ISO_8859_1).replace("ï»¿", ""));
        return events;
    }

    private static void take(SseReader reader, List<Event> events, StringBuilder raw) {
        raw.append(new String(
                reader.bytes(), reader.rawStart(), reader.rawEnd() - reader.rawStart(), StandardCharsets.ISO_8859_1));
        if (reader.hasData()) {
            String data = new String(
                    reader.dataBytes(),
                    reader.dataStart(),
                    reader.dataEnd() - reader.dataStart(),
                    StandardCharsets.UTF_8);
            events.add(new Event(
                    true, data, reader.named("message_start".getBytes(StandardCharsets.UTF_8)) && reader.hasName()));
        }
    }

    private static List<Event> expected() {
        return List.of(
                new Event(true, "{\"a\":\"ü€𝄞\"}", true),
                new Event(true, "no space", false),
                new Event(true, "one\ntwo\n", false),
                new Event(true, "[DONE]", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void next_anyCutPosition_givesTheSameEventsAndBytes(String lineEnd) throws Exception {
        byte[] bytes = STREAM.replace("\n", lineEnd).getBytes(StandardCharsets.UTF_8);

        for (int cut = 0; cut <= bytes.length; cut++) {
            assertThat(read(bytes, cut)).as("cut at %d", cut).isEqualTo(expected());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void next_oneByteAtATime_givesTheSameEvents(String lineEnd) throws Exception {
        byte[] bytes = ("\uFEFF" + STREAM.replace("\n", lineEnd)).getBytes(StandardCharsets.UTF_8);
        int[] cuts = new int[bytes.length];
        for (int i = 0; i < cuts.length; i++) {
            cuts[i] = i;
        }

        assertThat(read(bytes, cuts)).isEqualTo(expected());
    }

    @Test
    void next_randomCutsOfALongStream_givesTheSameEvents() throws Exception {
        long seed = Long.getLong("seed", 20_261_127L);
        Random random = new Random(seed);
        StringBuilder stream = new StringBuilder();
        List<Event> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            String text = "x".repeat(random.nextInt(300)) + i;
            stream.append("data: ").append(text).append("\n\n");
            expected.add(new Event(true, text, false));
        }
        byte[] bytes = stream.toString().getBytes(StandardCharsets.UTF_8);
        int[] cuts = random.ints(200, 0, bytes.length).sorted().toArray();

        assertThat(read(bytes, cuts)).as("seed %d", seed).isEqualTo(expected);
    }

    @Test
    void finish_eventWithoutBlankLine_isHandedOut() throws Exception {
        assertThat(read("data: a\n\ndata: b".getBytes(StandardCharsets.UTF_8)))
                .extracting(Event::text)
                .containsExactly("a", "b");
    }

    @Test
    void next_bareJsonError_isData() throws Exception {
        String json = "{\n \"error\": {\n  \"code\": 503\n }\n}";

        assertThat(read(("data: a\n\n" + json).getBytes(StandardCharsets.UTF_8)))
                .extracting(Event::text)
                .containsExactly("a", json);
    }

    @Test
    void space_eventOverTheLimit_isRefused() {
        SseReader reader = new SseReader(16 * 1024);
        byte[] line = ("data: " + "x".repeat(20_000)).getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> reader.feed(line, 0, line.length))
                .isInstanceOf(SseReader.EventTooLargeException.class)
                .hasMessageContaining("16384");
    }

    @Test
    void space_afterALongEvent_givesTheMemoryBack() throws Exception {
        SseReader reader = new SseReader(1 << 20);
        byte[] big = ("data: " + "x".repeat(200_000) + "\n\n").getBytes(StandardCharsets.UTF_8);
        reader.feed(big, 0, big.length);
        assertThat(reader.next()).isTrue();
        assertThat(reader.next()).isFalse();

        assertThat(reader.space()).hasSize(8 * 1024);
    }

    @Test
    void errorField_isAnErrorWhateverElseTheBlockHolds() throws Exception {
        for (String block : List.of(
                "error: {\"code\":400}\n\n",
                "error:{\"code\":400}\n\n",
                "data: {\"a\":1}\nerror: {\"code\":400}\ndata: more\n\n",
                "event: x\r\nerror: {\"code\":400}\r\n\r\n")) {
            byte[] bytes = (block + "data: next\n\n").getBytes(StandardCharsets.UTF_8);
            SseReader reader = new SseReader(1 << 20);
            List<String> seen = new ArrayList<>();
            for (byte b : bytes) {
                reader.feed(new byte[] {b}, 0, 1);
                while (reader.next()) {
                    if (!reader.hasData()) {
                        continue;
                    }
                    String data = new String(
                            reader.dataBytes(),
                            reader.dataStart(),
                            reader.dataEnd() - reader.dataStart(),
                            StandardCharsets.UTF_8);
                    seen.add(reader.isError() + data);
                }
            }
            assertThat(seen).as(block).containsExactly("true{\"code\":400}", "falsenext");
        }
    }

    @Test
    void errorField_thatIsNoObject_isAFieldLikeAnyOther() throws Exception {
        for (String block : List.of("error: words\ndata: a\n\n", "errors: {}\ndata: a\n\n", "error\ndata: a\n\n")) {
            SseReader reader = new SseReader(1 << 20);
            byte[] bytes = block.getBytes(StandardCharsets.UTF_8);
            reader.feed(bytes, 0, bytes.length);

            assertThat(reader.next()).isTrue();
            assertThat(reader.isError()).isFalse();
            assertThat(reader.dataEnd() - reader.dataStart()).isEqualTo(1);
        }
    }
}
