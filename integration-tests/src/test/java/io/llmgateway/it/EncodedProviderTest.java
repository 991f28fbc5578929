package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy in front of a provider that compresses although it was asked not to: no client ever sees it. */
class EncodedProviderTest {
    private static OutputStream encoding(String coding, OutputStream out) throws IOException {
        return switch (coding) {
            case "gzip" -> new GZIPOutputStream(out, 512, true);
            case "zstd" -> new ZstdOutputStreamNoFinalizer(out, 3);
            default -> {
                Brotli4jLoader.ensureAvailability();
                yield new BrotliOutputStream(out);
            }
        };
    }

    private static byte[] encoded(String coding, String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream encoding = encoding(coding, out)) {
            encoding.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    private static void head(ScriptedUpstream.Call call, int status, String coding, String type, String framing)
            throws IOException {
        call.write("HTTP/1.1 " + status + " Any\r\nContent-Type: " + type + "\r\nContent-Encoding: " + coding + "\r\n"
                + framing + "\r\n\r\n");
    }

    private static void whole(ScriptedUpstream.Call call, int status, String coding, String body) throws IOException {
        byte[] bytes = encoded(coding, body);
        head(call, status, coding, "application/json", "Content-Length: " + bytes.length);
        call.write(bytes);
    }

    private static void chunk(ScriptedUpstream.Call call, byte[] bytes) throws IOException {
        if (bytes.length > 0) {
            call.write(Integer.toHexString(bytes.length) + "\r\n");
            call.write(bytes);
            call.write("\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"gzip, openai", "br, openai", "zstd, openai", "gzip, anthropic", "br, anthropic", "zstd, anthropic"})
    void compressedAnswers_reachClientsAsTheyShould(String coding, String type) throws Exception {
        try (ScriptedGateway gateway = ScriptedGateway.one(type, "", call -> {
            assertThat(call.headers()).containsEntry("accept-encoding", "identity");
            if (call.body().contains("\"stream\":true")) {
                head(call, 200, coding, "text/event-stream", "Transfer-Encoding: chunked");
                chunk(call, encoded(coding, ProviderAnswers.events(call.line())));
                call.write(ProviderAnswers.LAST_CHUNK);
            } else {
                whole(call, 200, coding, ProviderAnswers.whole(call.line(), "ok"));
            }
        })) {
            for (String path : new String[] {ScriptedGateway.CHAT, ScriptedGateway.MESSAGES}) {
                for (boolean stream : new boolean[] {false, true}) {
                    String answer = gateway.ask(path, ScriptedGateway.request("m", stream));

                    assertThat(answer).startsWith("HTTP/1.1 200").contains("\"ok\"");
                    assertThat(answer.toLowerCase(java.util.Locale.ROOT)).doesNotContain("content-encoding");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "zstd"})
    void compressedError_isUnderstood(String coding) throws Exception {
        try (ScriptedGateway gateway = ScriptedGateway.one(
                "openai",
                "retries: {max-attempts: 1}",
                call -> whole(
                        call,
                        400,
                        coding,
                        "{\"error\":{\"message\":\"the seed is odd\",\"type\":\"invalid_request_error\"}}"))) {
            assertThat(gateway.ask(ScriptedGateway.CHAT, ScriptedGateway.request("m", false)))
                    .startsWith("HTTP/1.1 400")
                    .contains("the seed is odd");
        }
    }

    /** An error whose body cannot be read still has its status. */
    @ParameterizedTest
    @ValueSource(strings = {"compress", "br"})
    void errorThatCannotBeDecoded_keepsItsStatus(String coding) throws Exception {
        try (ScriptedGateway gateway = ScriptedGateway.one("openai", "retries: {max-attempts: 1}", call -> {
            head(call, 429, coding, "application/json", "Retry-After: 7\r\nContent-Length: 9");
            call.write("{\"a\":\"b\"}");
        })) {
            assertThat(gateway.ask(ScriptedGateway.CHAT, ScriptedGateway.request("m", false)))
                    .startsWith("HTTP/1.1 429");
        }
    }

    /** Another instance may do better; without one it is a 502 that names the coding in the log only. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void unknownCoding_failsOver(boolean another) throws Exception {
        ScriptedUpstream.Script odd = call -> {
            head(call, 200, "rot13", "application/json", "Content-Length: 7");
            call.write("no gzip");
        };
        try (ScriptedGateway gateway = ScriptedGateway.start("""
                server: {port: 0}
                providers:
                  p:
                    type: openai
                    instances: [{name: one, base-url: "%1$s", priority: 1}, {name: two, base-url: "%2$s", priority: 2}]
                routing: {default-provider: p}
                """, odd, another ? ProviderAnswers::serve : odd)) {
            String answer = gateway.ask(ScriptedGateway.CHAT, ScriptedGateway.request("m", false));

            assertThat(answer)
                    .startsWith(another ? "HTTP/1.1 200" : "HTTP/1.1 502")
                    .doesNotContain("no gzip");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "zstd"})
    void flushedEvent_reachesTheClient_beforeTheNextIsSent(String coding) throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        try (ScriptedGateway gateway = ScriptedGateway.one("openai", "", call -> {
                    head(call, 200, coding, "text/event-stream", "Transfer-Encoding: chunked");
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    try (OutputStream encoding = encoding(coding, out)) {
                        encoding.write((ProviderAnswers.OPENAI_START + ProviderAnswers.openAiDelta("first"))
                                .getBytes(StandardCharsets.UTF_8));
                        encoding.flush();
                        chunk(call, out.toByteArray());
                        out.reset();
                        assertThat(seen.await(20, TimeUnit.SECONDS)).isTrue();
                        encoding.write(ProviderAnswers.OPENAI_END.getBytes(StandardCharsets.UTF_8));
                    }
                    chunk(call, out.toByteArray());
                    call.write(ProviderAnswers.LAST_CHUNK);
                });
                RawClient client = gateway.send(ScriptedGateway.CHAT, ScriptedGateway.request("m", true))) {
            assertThat(client.readHead()).startsWith("HTTP/1.1 200");
            StringBuilder text = new StringBuilder();
            while (text.indexOf("first") < 0) {
                text.append(new String(client.readChunk(), StandardCharsets.UTF_8));
            }
            assertThat(text).doesNotContain("[DONE]");
            seen.countDown();
            while (text.indexOf("[DONE]") < 0) {
                text.append(new String(client.readChunk(), StandardCharsets.UTF_8));
            }
        }
    }
}
