package io.llmgateway.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.RequestEvent;
import io.llmgateway.settings.LogLevel;
import io.llmgateway.wire.OutBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** How lines look, for machines and for people. */
class FormatTest {
    private static String json(Line line) {
        return written(new JsonFormat(), line);
    }

    private static String text(Line line) {
        return written(new TextFormat(), line);
    }

    private static String written(Format format, Line line) {
        OutBuffer out = new OutBuffer(16);
        format.append(out, line);
        return new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
    }

    private static Line.Request request(RequestEvent event) {
        return new Line.Request(event);
    }

    private static Line.Said said(String message, String trace) {
        return new Line.Said(Events.AT, LogLevel.WARN, "io.llmgateway.X", message, trace);
    }

    @Test
    void json_servedRequest_hasEveryKey() {
        assertThat(json(request(Events.served("fast", "chat-7")))).isEqualTo("""
                {"time":"2026-11-25T03:22:38.123Z","level":"info","type":"request","request_id":"req_1",\
                "client_request_id":null,"session":"chat-7","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",\
                "key":"search-team","group":"search","endpoint":"chat_completions","model":"fast",\
                "model_served":"gpt-5-mini","provider":"openai","instance":"openai-a","stream":true,"status":200,\
                "outcome":"ok","duration_ms":812.345,"first_token_ms":300,"overhead_ms":0.123,"input_tokens":15,\
                "cache_read_tokens":2,"cache_write_tokens":3,"output_tokens":40,"reasoning_tokens":5,\
                "estimated":false,"cost":0.0012345,"attempts":[{"instance":"openai-b","model":"gpt-5-mini",\
                "outcome":"upstream_server","duration_ms":20.5},{"instance":"openai-a","model":"gpt-5-mini",\
                "outcome":"ok","duration_ms":790}],"warnings":["seed was left out"]}
                """);
    }

    @Test
    void json_refusedRequest_hasTheSameKeysWithNull() {
        assertThat(json(request(Events.refused("no key")))).isEqualTo("""
                {"time":"2026-11-25T03:22:38.123Z","level":"info","type":"request","request_id":"req_2",\
                "client_request_id":null,"session":null,"trace_id":null,"key":null,"group":null,\
                "endpoint":"messages","model":null,"model_served":null,"provider":null,"instance":null,\
                "stream":false,"status":401,"outcome":"authentication","duration_ms":0.005,"first_token_ms":null,\
                "overhead_ms":0.005,"input_tokens":null,"cache_read_tokens":null,"cache_write_tokens":null,\
                "output_tokens":null,"reasoning_tokens":null,"estimated":false,"cost":null,"attempts":[],\
                "warnings":[],"error":"no key"}
                """);
    }

    @Test
    void json_applicationLine_hasItsStack() {
        assertThat(json(said("it \"failed\"", "X: y\n\tat z"))).isEqualTo("""
                {"time":"2026-11-25T03:22:38.123Z","level":"warn","type":"app","logger":"io.llmgateway.X",\
                "message":"it \\"failed\\"","stack":"X: y\\n\\tat z"}
                """);
    }

    @Test
    void json_bodies_areThereWithTheirWholeLength() {
        assertThat(json(request(Events.withBodies("{\"a\":1}", "data: x\n\n"))))
                .contains("\"request_body\":\"{\\\"a\\\":1}\",\"request_bytes\":7,\"response_body\":\"data: x\\n\\n\","
                        + "\"response_bytes\":1009}");
    }

    @Test
    void text_servedRequest_isOneLineForPeople() {
        assertThat(text(request(Events.served("fast", "chat-7"))))
                .isEqualTo("2026-11-25T03:22:38.123Z INFO  request req_1 chat_completions key=search-team model=fast"
                        + " served=gpt-5-mini by=openai-a status=200 end=ok ms=812 first-ms=300 in=15 out=40"
                        + " cost=0.0012345 attempts=2[openai-b:upstream_server:20ms openai-a:ok:790ms]"
                        + " warnings=seed was left out\n");
    }

    @Test
    void text_stack_isSetIn() {
        assertThat(text(said("it failed", "X: y\n\tat z")))
                .isEqualTo("2026-11-25T03:22:38.123Z WARN  io.llmgateway.X: it failed\n    X: y\n     at z\n");
    }

    @Test
    void hostileTexts_cannotForgeLinesOrSteerTerminals() {
        String hostile = "x\n{\"level\":\"error\"}\r\u001b[2J\u009b31m\u202e\u2028\u0000\u007f";

        for (Line line : new Line[] {
            request(Events.served(hostile, hostile)), request(Events.refused(hostile)), said(hostile, null)
        }) {
            for (String written : new String[] {json(line), text(line)}) {
                assertThat(written.lines()).hasSize(1);
                assertThat(written.substring(0, written.length() - 1))
                        .doesNotContain("\u001b", "\u009b", "\u0000", "\u007f", "\r", "\n");
            }
        }
        assertThat(text(said(hostile, null))).doesNotContain("\u202e", "\u2028");
    }

    @Test
    void foreignTexts_areBounded() {
        assertThat(json(request(Events.served("m".repeat(100_000), "s".repeat(100_000)))))
                .hasSizeLessThan(2_000);
    }
}
