package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import io.llmgateway.wire.Json;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients learn of the models: lists, pages, single ones, and that they agree with what would be served. */
class ModelListsTest {
    private static final String VLLM =
            "{\"object\":\"list\",\"data\":[{\"id\":\"/models/Qwen3-32B\"},{\"id\":\"gpt-oss\"}]}";
    private static final String OLLAMA = "{\"models\":[{\"name\":\"qwen3:8b\"},{\"name\":\"llama3\"}]}";
    private static final String ANSWER = "{\"id\":\"c\",\"created\":1,\"model\":\"m\",\"choices\":"
            + "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}";

    private ScriptedGateway gateway;

    private static void answer(ScriptedUpstream.Call call, int status, String body) throws IOException {
        call.write("HTTP/1.1 " + status + " X\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    private static ScriptedUpstream.Script lists(String models) {
        return call -> answer(call, 200, call.line().startsWith("GET") ? models : ANSWER);
    }

    @BeforeEach
    void start() throws IOException {
        gateway = ScriptedGateway.start("""
                server: {port: 0}
                providers:
                  vllm: {type: openai, instances: [{name: v, base-url: "%1$s"}]}
                  ollama: {type: openai, models: [mine], instances: [{name: o, base-url: "%2$s"}]}
                  silent: {type: openai, instances: [{name: s, base-url: "%3$s"}]}
                  off: {type: openai, discover: false, instances: [{name: f, base-url: "%4$s"}]}
                routing:
                  rules: {"/models/": vllm, "qwen": ollama, "llama*": ollama, "s/": silent, "off-1": off, "off/": off}
                  models:
                    fast: {targets: [{provider: vllm, model: "/models/Qwen3-32B"}]}
                    "Schnell & gut": {targets: [{provider: vllm, model: "/models/Qwen3-32B"}]}
                """, lists(VLLM), lists(OLLAMA), call -> answer(call, 500, "no"), lists(VLLM));
    }

    @AfterEach
    void stop() throws IOException {
        gateway.close();
    }

    private RawClient.Response get(String path, String more) throws IOException {
        try (RawClient client = gateway.connect()) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer "
                            + RunningGateway.KEY + "\r\n" + more + "\r\n")
                    .read();
        }
    }

    private List<String> ids(String path, String more) throws IOException {
        RawClient.Response response = get(path, more);
        assertThat(response.status()).as(response.body()).isEqualTo(200);
        List<String> ids = new ArrayList<>();
        for (JsonNode model : Json.mapper().readTree(response.body()).path("data")) {
            ids.add(model.path("id").asText());
        }
        return ids;
    }

    @Test
    void list_hasAliasesListsWholeRules_andWhatProvidersList_asFarAsRulesLead() throws IOException {
        assertThat(ids("/v1/models", ""))
                .containsExactly("/models/Qwen3-32B", "Schnell & gut", "fast", "llama3", "mine", "off-1", "qwen");
    }

    @Test
    void list_isAskedForOnce_andAProviderWithoutOneIsLeftAlone() throws IOException {
        for (int i = 0; i < 5; i++) {
            ids("/v1/models", "");
        }

        assertThat(gateway.upstream(0).lines()).containsExactly("GET /v1/models HTTP/1.1");
        assertThat(gateway.upstream(2).lines()).containsExactly("GET /v1/models HTTP/1.1");
        assertThat(gateway.upstream(3).asked()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "fast, 200, gateway",
        "Schnell & gut, 200, gateway",
        "/models/Qwen3-32B, 200, vllm",
        "/models/never-heard-of, 200, vllm",
        "llama-unlisted, 200, ollama",
        "llama3[1m], 200, ollama",
        "s/x, 200, silent",
        "off/x, 200, off",
        "gpt-oss, 404, ''",
        "qwen3:8b, 404, ''"
    })
    void oneModel_agreesWithWhatAChatWouldGet(String name, int status, String owner) throws IOException {
        String escaped = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        RawClient.Response one = get("/v1/models/" + escaped, "");

        assertThat(one.status()).as(one.body()).isEqualTo(status);
        String chat = gateway.ask(ScriptedGateway.CHAT, ScriptedGateway.request(name, false));
        assertThat(chat.startsWith("HTTP/1.1 404")).as(chat).isEqualTo(status == 404);
        if (status == 200) {
            assertThat(Json.mapper().readTree(one.body()).path("id").asText()).isEqualTo(name);
            assertThat(Json.mapper().readTree(one.body()).path("owned_by").asText())
                    .isEqualTo(owner);
        }
    }

    @Test
    void nameWithSlashes_mayStandInThePathAsItIs() throws IOException {
        assertThat(get("/v1/models/s/x/y", "").body()).contains("\"id\":\"s/x/y\"");
    }

    @Test
    void clientsOfAnthropic_getPages() throws IOException {
        String version = "anthropic-version: 2023-06-01\r\n";
        List<String> all = ids("/v1/models", version);
        List<String> paged = new ArrayList<>();
        String query = "?limit=3";
        JsonNode page;
        do {
            page = Json.mapper().readTree(get("/v1/models" + query, version).body());
            page.path("data").forEach(model -> paged.add(model.path("id").asText()));
            query = "?limit=3&after_id="
                    + URLEncoder.encode(page.path("last_id").asText(), StandardCharsets.UTF_8);
        } while (page.path("has_more").asBoolean() && paged.size() < 20);

        assertThat(paged).isEqualTo(all).hasSize(7);
        RawClient.Response wrong = get("/v1/models?limit=0", version);
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.body()).contains("\"type\":\"error\"", "limit must be a number from 1 to 1000");
    }
}
