package io.llmgateway.converters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.model.Protocol;
import io.llmgateway.wire.OutBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Short forms of providers' answers, and what clients make of what they get. */
final class AnswerPrograms {
    private AnswerPrograms() {}

    /** One chunk of an OpenAI stream. */
    static String chunk(String choice) {
        return "data: {\"id\":\"1\",\"choices\":[{\"index\":0," + choice + "}]}\n\n";
    }

    static String delta(String delta) {
        return chunk("\"delta\":{" + delta + "},\"finish_reason\":null");
    }

    static String finish(String reason) {
        return chunk("\"delta\":{},\"finish_reason\":\"" + reason + "\"") + "data: [DONE]\n\n";
    }

    /** One entry of tool_calls. */
    static String call(String head, String name, String arguments) {
        return "{" + head + "\"function\":{" + (name == null ? "" : "\"name\":\"" + name + "\",") + "\"arguments\":\""
                + arguments.replace("\"", "\\\"") + "\"}}";
    }

    static String calls(String... entries) {
        return delta("\"tool_calls\":[" + String.join(",", entries) + "]");
    }

    /** What a stream told an Anthropic client. */
    static Blocks streamed(Protocol upstream, String stream) {
        var streamed = Converting.between(Converting.ANTHROPIC, upstream).stream(
                AnswerTables.request("anthropic", true), stream, 64);
        assertThat(streamed.finished()).as(streamed.out() + streamed.steps()).isTrue();
        io.llmgateway.testing.StreamInvariants.anthropic(streamed.out());
        Blocks blocks = new Blocks(
                new ArrayList<>(), new ArrayList<>(), streamed.translator().warnings());
        for (String line : streamed.out().split("\n", -1)) {
            if (line.startsWith("data: ")) {
                blocks.event(Loss.read(line.substring("data: ".length())));
            }
        }
        return blocks;
    }

    /** What a whole answer told an Anthropic client. */
    static Blocks whole(Protocol upstream, String answer) {
        AnswerTranslator translator = Converting.between(Converting.ANTHROPIC, upstream)
                .begin(AnswerTables.request("anthropic", false))
                .answer();
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        OutBuffer out = new OutBuffer(64);
        translator.translate(bytes, 0, bytes.length, out);
        assertThat(translator.finish(out)).isEqualTo(AnswerTranslator.Verdict.COMPLETE);
        JsonNode message = Loss.read(Loss.utf8(out.toByteArray()));
        Blocks blocks = new Blocks(new ArrayList<>(), new ArrayList<>(), translator.warnings());
        for (JsonNode block : message.path("content")) {
            blocks.all().add(Blocks.shown(block, block.path("input").toString()));
        }
        blocks.ends().add(message.path("stop_reason").asText());
        return blocks;
    }

    /** Blocks as {@code type:content}, and stop reasons. */
    record Blocks(List<String> all, List<String> ends, List<String> warnings) {
        void event(JsonNode event) {
            switch (event.path("type").asText()) {
                case "content_block_start" -> all.add(shown(event.path("content_block"), ""));
                case "content_block_delta" -> {
                    JsonNode delta = event.path("delta");
                    String more = delta.path("text").asText("")
                            + delta.path("thinking").asText("")
                            + delta.path("partial_json").asText("");
                    all.set(all.size() - 1, all.getLast() + more);
                }
                case "message_delta" ->
                    ends.add(event.path("delta").path("stop_reason").asText());
                default -> {
                    // nothing that the client shows
                }
            }
        }

        static String shown(JsonNode block, String input) {
            return switch (block.path("type").asText()) {
                case "tool_use" -> block.path("name").asText() + input;
                case "thinking" -> "(" + block.path("thinking").asText();
                default -> block.path("text").asText();
            };
        }
    }
}
