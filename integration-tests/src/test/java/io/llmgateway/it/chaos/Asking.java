package io.llmgateway.it.chaos;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * One request of a client's.
 *
 * @param number its number, which its marker names
 * @param anthropic whether it speaks Anthropic's protocol, else OpenAI's
 * @param stream whether it wants a stream
 * @param usage whether it wants the usage of a stream
 * @param counting whether it only wants its tokens counted
 * @param model the model it asks for
 * @param key the key it shows
 * @param extra more fields of its body, each beginning with a comma
 * @param filler how many bytes its message is longer
 */
record Asking(
        long number,
        boolean anthropic,
        boolean stream,
        boolean usage,
        boolean counting,
        String model,
        String key,
        String extra,
        int filler) {
    private static final List<String> MODELS =
            List.of("m-openai", "m-anthropic", "m-gemini", "m-mixed", "m-mixed", "m-narrow", "m-fall", "gpt-5-mini");
    private static final List<String> HOSTILE = List.of(
            ",\"temperature\":1e400",
            ",\"max_tokens\":-9223372036854775809",
            ",\"n\":99999999999999999999",
            ",\"top_p\":\"x\",\"stop\":[[[]]]",
            ",\"max_tokens\":1e9",
            ",\"seed\":-0.0,\"logit_bias\":{\"1\":1e308}",
            ",\"model\":\"m-openai\"",
            ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"$ref\":\"#\"}}}]",
            ",\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":"
                    + "\"#/properties/a\"}}}}]",
            ",\"deep\":" + "[".repeat(2_000) + "]".repeat(2_000),
            ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\",\"schema\":" + schema(60)
                    + "}}",
            ",\"tools\":[{\"name\":\"g\",\"input_schema\":" + schema(200) + "}]",
            ",\"stream_options\":7",
            ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1e30}",
            ",\"half\":");

    private static String schema(int depth) {
        return "{\"type\":\"object\",\"properties\":{\"p\":".repeat(depth) + "{\"type\":[\"null\",\"string\"]}"
                + "}}".repeat(depth);
    }

    static Asking of(long number, Random random, List<String> keys) {
        boolean anthropic = random.nextInt(5) < 2;
        boolean stream = random.nextInt(5) < 3;
        return new Asking(
                number,
                anthropic,
                stream,
                stream && !anthropic && random.nextBoolean(),
                false,
                MODELS.get(random.nextInt(MODELS.size())),
                keys.get(random.nextInt(keys.size())),
                random.nextInt(4) == 0 ? ",\"user\":\"u-" + random.nextInt(5) + "\"" : "",
                0);
    }

    Asking streamed() {
        return new Asking(number, anthropic, true, usage, false, model, key, extra, filler);
    }

    Asking counted() {
        return new Asking(number, true, false, false, true, model, key, "", filler);
    }

    Asking of(String other) {
        return new Asking(number, anthropic, stream, usage, counting, other, key, extra, filler);
    }

    Asking by(String other) {
        return new Asking(number, anthropic, stream, usage, counting, model, other, extra, filler);
    }

    Asking large(int bytes) {
        return new Asking(number, anthropic, stream, usage, counting, model, key, extra, bytes);
    }

    Asking hostile(Random random) {
        String more = HOSTILE.get(random.nextInt(HOSTILE.size()));
        return new Asking(number, anthropic, false, false, counting, model, key, more, filler);
    }

    private String path() {
        return !anthropic ? "/v1/chat/completions" : counting ? "/v1/messages/count_tokens" : "/v1/messages";
    }

    byte[] body() {
        String text = "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"say "
                + Texts.marker(number) + " " + "f".repeat(filler) + "\"}]"
                + (counting || extra.contains("max_tokens") ? "" : ",\"max_tokens\":200")
                + (stream ? ",\"stream\":true" : "")
                + (usage ? ",\"stream_options\":{\"include_usage\":true}" : "") + extra + "}";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The head, with a field for the length of the body or what stands for it. */
    byte[] head(String framing, Random random) {
        String session = random.nextInt(3) == 0 ? "X-Session-Id: s-" + random.nextInt(20) + "\r\n" : "";
        String auth = anthropic && random.nextBoolean() ? "x-api-key: " + key : "Authorization: Bearer " + key;
        return ("POST " + path() + " HTTP/1.1\r\nHost: chaos\r\n" + auth + "\r\nContent-Type: application/json\r\n"
                        + session + framing + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** All of it. */
    byte[] bytes(Random random) {
        byte[] body = body();
        byte[] head = head("Content-Length: " + body.length, random);
        byte[] all = new byte[head.length + body.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return all;
    }
}
