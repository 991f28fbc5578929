package io.llmgateway.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.RawClient.Response;
import io.llmgateway.testing.StreamInvariants;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatorTest {
    private static final String OPENAI = "Authorization: Bearer k\r\n";
    private static final String ANTHROPIC = "x-api-key: k\r\nanthropic-version: 2023-06-01\r\n";
    private static final String GEMINI = "x-goog-api-key: k\r\n";

    private static Simulator simulator;

    @BeforeAll
    static void start() {
        simulator = Simulator.start(SimulatorOptions.defaults());
    }

    @AfterAll
    static void stop() {
        simulator.close();
    }

    private static Response post(String path, String headers, String body) throws IOException {
        try (RawClient client = RawClient.connect(simulator.port())) {
            return client.send("POST " + path + " HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n" + headers
                            + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                    .read();
        }
    }

    private static Response openai(String script, boolean stream) throws IOException {
        return post(
                "/v1/chat/completions",
                OPENAI,
                "{\"model\":\"sim/" + script + "\",\"stream\":" + stream
                        + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}");
    }

    private static Response anthropic(String script, boolean stream) throws IOException {
        return post(
                "/v1/messages",
                ANTHROPIC,
                "{\"model\":\"sim/" + script + "\",\"max_tokens\":9,\"stream\":" + stream
                        + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}");
    }

    private static Response gemini(String script, boolean stream) throws IOException {
        return post(
                "/v1beta/models/sim/" + script + (stream ? ":streamGenerateContent?alt=sse" : ":generateContent"),
                GEMINI,
                "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Hello\"}]}]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo", "thinking", "tool-call", "tool-calls-3", "refusal", "max-tokens", "cached-100"})
    void answer_inEveryProtocol_followsItsRules(String script) throws IOException {
        StreamInvariants.openAi(openai(script, true).body(), false);
        StreamInvariants.anthropic(anthropic(script, true).body());
        assertThat(gemini(script, true).body())
                .startsWith("data: {\"candidates\"")
                .contains("\"finishReason\"");
        assertThat(openai(script, false).body()).contains("\"object\":\"chat.completion\"");
        assertThat(anthropic(script, false).body()).contains("\"type\":\"message\"");
        assertThat(gemini(script, false).body()).contains("\"usageMetadata\"");
    }

    private static final String TOOLS = """
            ,"tools":[{"type":"function","function":{"name":"first","parameters":{"type":"object","properties":{}}}},
            {"type":"function","function":{"name":"Read","parameters":{"type":"object","required":["path"],
            "properties":{"path":{"type":"string"},"dangerous":{"type":"boolean"}}}}}]""";
    private static final String CLAUDES_TOOLS = """
            ,"tools":[{"name":"first","input_schema":{"type":"object"}},{"name":"Read","input_schema":{"type":"object",
            "required":["path"],"properties":{"path":{"type":"string"},"dangerous":{"type":"boolean"}}}}]""";
    private static final String GEMINIS_TOOLS = """
            ,"tools":[{"functionDeclarations":[{"name":"first"},{"name":"Read","parameters":{"type":"OBJECT",
            "required":["path"],"properties":{"path":{"type":"STRING"},"dangerous":{"type":"BOOLEAN"}}}}]}]""";

    /** What the three providers answer to the same words of a user who offers tools. */
    private static List<String> said(String text) throws IOException {
        String message = "\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]";
        return List.of(
                post("/v1/chat/completions", OPENAI, "{\"model\":\"m\"," + message + TOOLS + "}")
                        .body(),
                post("/v1/messages", ANTHROPIC, "{\"model\":\"m\",\"max_tokens\":9," + message + CLAUDES_TOOLS + "}")
                        .body(),
                post(
                                "/v1beta/models/m:generateContent",
                                GEMINI,
                                "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"" + text + "\"}]}]"
                                        + GEMINIS_TOOLS + "}")
                        .body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "which tool do you have?",
                "use your tools",
                "a toolbox",
                "x.sim/tool-call",
                "sim/tool-calls-",
                "sim/tool-calls-x"
            })
    void textThatSpeaksOfTools_callsNone(String text) throws IOException {
        for (String answer : said(text)) {
            assertThat(answer).contains(text).doesNotContain("tool_calls\":[", "tool_use", "functionCall");
        }
    }

    @Test
    void textWithAScript_callsThatTool_withWhatIsRequiredOnly() throws IOException {
        for (String answer : said("please sim/tool-call:Read now")) {
            assertThat(answer.replace("\\", ""))
                    .contains("\"Read\"", "{\"path\":\"Oslo\"}")
                    .doesNotContain("dangerous", "\"first\"");
        }
        for (String answer : said("sim/tool-calls-2")) {
            assertThat(answer).contains("\"first\"", "\"Read\"");
        }
    }

    @Test
    void toolsResult_isTheEndOfTheCalls() throws IOException {
        String answer =
                post("/v1/messages", ANTHROPIC, """
                        {"model":"sim/tool-call","max_tokens":9,"messages":[{"role":"user","content":"sim/tool-call"},
                        {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"Read","input":{}}]},
                        {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"sim/tool-call"}]}]
                        """ + CLAUDES_TOOLS + "}").body();

        assertThat(answer).contains("\"end_turn\"").doesNotContain("tool_use\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'role':'user','content':'a'},{'role':'system','content':'s'} | 200",
                "{'role':'user','content':'a'},{'role':'system','content':[{'type':'text','text':'s'}]},"
                        + "{'role':'assistant','content':'b'},{'role':'user','content':'c'} | 200",
                "{'role':'user','content':'a'},{'role':'user','content':'b'} | 200",
                "{'role':'user','content':'a'},{'role':'assistant','content':'b'},"
                        + "{'role':'assistant','content':'c'} | 200",
                "{'role':'user','content':'a'},{'role':'assistant','content':[{'type':'tool_use','id':'t','name':'n',"
                        + "'input':{}}]},{'role':'user','content':[{'type':'tool_result','tool_use_id':'t'}]},"
                        + "{'role':'user','content':'more'},{'role':'system','content':'s'} | 200",
                "{'role':'system','content':'s'},{'role':'user','content':'a'} | 400",
                "{'role':'user','content':'a'},{'role':'system','content':'s'},{'role':'user','content':'b'} | 400",
                "{'role':'user','content':'a'},{'role':'assistant','content':'b'},"
                        + "{'role':'system','content':'s'} | 400",
                "{'role':'user','content':'a'},{'role':'system','content':[{'type':'image'}]} | 400",
                "{'role':'user','content':'a'},{'role':'developer','content':'s'} | 400"
            })
    void anthropicMessages_areTakenAndRefusedAsByTheProvider(String messages, int status) throws IOException {
        Response response = post(
                "/v1/messages",
                ANTHROPIC,
                "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[" + messages.replace('\'', '"') + "]}");

        assertThat(response.status()).as(response.body()).isEqualTo(status);
    }

    @Test
    void agentsOwnNotes_areNotSaidAgain() throws IOException {
        String answer = post("/v1/messages", ANTHROPIC, """
                        {"model":"m","max_tokens":9,"messages":[{"role":"user","content":[
                        {"type":"text","text":"<system-reminder>you have a tool</system-reminder>"},
                        {"type":"text","text":"Say hello"}]},{"role":"system","content":"be kind"}]}""").body();

        assertThat(answer).contains("\"text\":\"Say hello\"").doesNotContain("reminder", "kind");
    }

    @Test
    void answerThatMustFitASchema_fits() throws IOException {
        String schema = "{'type':'object','required':['title'],'properties':{'title':{'type':'string'},"
                + "'mood':{'enum':['good']}}}";
        List<String> answers = List.of(
                post(
                                "/v1/chat/completions",
                                OPENAI,
                                ("{'model':'m','messages':[{'role':'user','content':'a'}],'response_format':"
                                                + "{'type':'json_schema','json_schema':{'name':'x','schema':" + schema
                                                + "}}}")
                                        .replace('\'', '"'))
                        .body(),
                post(
                                "/v1/messages",
                                ANTHROPIC,
                                ("{'model':'m','max_tokens':9,'messages':[{'role':'user','content':'a'}],"
                                                + "'output_config':{'format':{'type':'json_schema','schema':"
                                                + schema + "}}}")
                                        .replace('\'', '"'))
                        .body(),
                post(
                                "/v1beta/models/m:generateContent",
                                GEMINI,
                                ("{'contents':[{'role':'user','parts':[{'text':'a'}]}],'generationConfig':"
                                                + "{'responseJsonSchema':" + schema + "}}")
                                        .replace('\'', '"'))
                        .body());

        for (String answer : answers) {
            assertThat(answer).contains("{\\\"title\\\":\\\"Oslo\\\"}");
        }
    }

    @Test
    void choiceOfATool_isKept() throws IOException {
        String user = "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]";

        assertThat(post(
                                "/v1/messages",
                                ANTHROPIC,
                                user + CLAUDES_TOOLS + ",\"tool_choice\":{\"type\":\"tool\",\"name\":\"Read\"}}")
                        .body())
                .contains("\"tool_use\"", "\"Read\"");
        assertThat(post("/v1/chat/completions", OPENAI, user + TOOLS + ",\"tool_choice\":\"required\"}")
                        .body())
                .contains("\"tool_calls\"", "\"first\"");
        assertThat(post("/v1/chat/completions", OPENAI, user + TOOLS + ",\"tool_choice\":\"auto\"}")
                        .body())
                .doesNotContain("\"tool_calls\"");
    }

    @ParameterizedTest
    @CsvSource({
        "status-429-retry-after-3, 429, rate_limit_error, rate_limit_error, RESOURCE_EXHAUSTED",
        "status-500, 500, server_error, api_error, INTERNAL",
        "status-503, 503, server_error, overloaded_error, UNAVAILABLE",
        "status-401, 401, invalid_request_error, authentication_error, UNAUTHENTICATED",
        "context-length, 400, context_length_exceeded, prompt is too long, INVALID_ARGUMENT"
    })
    void error_inEveryProtocol_hasItsShape(String script, int status, String openai, String anthropic, String gemini)
            throws IOException {
        assertThat(openai(script, false).status()).isEqualTo(status);
        assertThat(openai(script, false).body())
                .startsWith("{\"error\":{\"message\"")
                .contains(openai);
        assertThat(anthropic(script, true).body())
                .startsWith("{\"type\":\"error\"")
                .contains(anthropic);
        assertThat(gemini(script, true).body())
                .startsWith("{\"error\":{\"code\":" + status)
                .contains(gemini);
    }

    @Test
    void request_breakingTheRules_isRefusedAsTheProviderWould() throws IOException {
        assertThat(post("/v1/chat/completions", "", "{}").status()).isEqualTo(401);
        assertThat(post("/v1/chat/completions", OPENAI, "{").status()).isEqualTo(400);
        assertThat(post("/v1/messages", "x-api-key: k\r\n", "{}").body()).contains("anthropic-version");
        assertThat(post("/v1/messages", ANTHROPIC + OPENAI, "{}").status()).isEqualTo(401);
        assertThat(post("/v1/messages", ANTHROPIC, "{\"model\":\"m\",\"max_tokens\":1,\"x\":1}")
                        .body())
                .contains("x: Extra inputs are not permitted");
        assertThat(post(
                                "/v1/models/m:generateContent",
                                GEMINI,
                                "{\"contents\":[{\"parts\":[{\"text\":\"a\"}]}]," + "\"systemInstruction\":{}}")
                        .body())
                .contains("Unknown name");
    }

    @Test
    void script_setByACall_holdsForTheNextRequestsOnly() throws IOException {
        simulator.script("status-500", 2);

        assertThat(openai("echo", false).status()).isEqualTo(500);
        assertThat(anthropic("echo", false).status()).isEqualTo(500);
        assertThat(openai("echo", false).status()).isEqualTo(200);
    }

    @Test
    void requests_areRecordedToTheByte() throws IOException {
        simulator.clear();

        openai("echo", false);

        RecordedRequest seen = simulator.requests().getFirst();
        assertThat(seen.method()).isEqualTo("POST");
        assertThat(seen.pathAndQuery()).isEqualTo("/v1/chat/completions");
        assertThat(seen.header("authorization")).isEqualTo("Bearer k");
        assertThat(seen.bodyText()).startsWith("{\"model\":\"sim/echo\"");
    }

    @Test
    void peer_leaving_isNoticedWhileItWaits() throws IOException {
        int aborted = simulator.streams().aborted();
        try (RawClient client = RawClient.connect(simulator.port())) {
            client.post(
                    "/v1/chat/completions",
                    "k",
                    "{\"model\":\"sim/hang\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
            simulator.awaitStreams(state -> state.open() > 0, Duration.ofSeconds(5));
        }

        simulator.awaitStreams(state -> state.aborted() > aborted, Duration.ofSeconds(2));
    }
}
