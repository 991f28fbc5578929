package io.llmgateway.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Small requests that cost much work: each is answered soon, and small ones beside it do not wait. */
@Tag("attack")
class WorkAttackTest {
    private static final int AT_ONCE = 6;
    private static final List<String> MODELS = List.of("o/m", "a/m", "g/m");

    @TempDir
    private static Path folder;

    private static ScriptedUpstream upstream;
    private static Victim victim;

    @BeforeAll
    static void start() throws IOException {
        upstream = ScriptedUpstream.start(EndlessStreams::serve);
        victim = Victim.start(folder, "512m", """
                server: {port: 0, write-timeout: 5s}
                admin: {port: 0}
                logging: {requests: off}
                providers:
                  openai: {type: openai, instances: [{name: o, base-url: "%1$s/v1"}]}
                  anthropic: {type: anthropic, instances: [{name: a, base-url: "%1$s"}]}
                  gemini: {type: gemini, instances: [{name: g, base-url: "%1$s"}]}
                routing: {rules: {"small": openai, "o/*": openai, "a/*": anthropic, "g/*": gemini}}
                """.formatted(upstream.url()));
        for (int i = 0; i < 20; i++) {
            for (String model : List.of("small", "a/m", "g/m")) {
                assertThat(victim.ask(Victim.CHAT, Victim.request(model, false)).status())
                        .isEqualTo(200);
            }
        }
    }

    @AfterAll
    static void stop() throws IOException {
        victim.close();
        upstream.close();
    }

    /** Sends it several times at once to each path and provider, and something small beside it. */
    private static void attack(String what, String body, List<String> paths) throws Exception {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String path : paths) {
                for (String model : MODELS) {
                    String whole = body.replace("MODEL", model);
                    List<Future<RawClient.Response>> all = new ArrayList<>();
                    for (int i = 0; i < AT_ONCE; i++) {
                        all.add(clients.submit(() -> patiently(path, whole)));
                    }
                    for (Future<RawClient.Response> one : all) {
                        do {
                            victim.servesBeside(what + " " + path + " " + model);
                        } while (!one.isDone());
                        assertThat(one.get(60, TimeUnit.SECONDS).status())
                                .as("%s %s %s: %s", what, path, model, one.get().body())
                                .isIn(200, 400, 413, 503, 529);
                    }
                }
            }
        }
        victim.comesToRest(what);
        victim.metNoDefect();
    }

    private static RawClient.Response patiently(String path, String body) throws IOException {
        try (RawClient client = victim.connect()) {
            return client.patience(60).post(path, Victim.KEY, body).read();
        }
    }

    /** A schema whose every level refers to the next one twice. */
    private static String bomb(int levels) {
        StringBuilder schema =
                new StringBuilder("{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/d0\"}},\"$defs\":{");
        for (int i = 0; i < levels; i++) {
            String next = "{\"$ref\":\"#/$defs/d" + (i + 1) + "\"}";
            schema.append(
                    "\"d" + i + "\":{\"type\":\"object\",\"properties\":{\"l\":" + next + ",\"r\":" + next + "}},");
        }
        return schema + "\"d" + levels + "\":{\"type\":\"string\"}}}";
    }

    static List<String> schemas() {
        return List.of(
                bomb(19),
                bomb(40),
                bomb(60),
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"exclusiveMinimum\":1e100000000}}}",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"minimum\":1e99999999999}}}",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"number\",\"exclusiveMaximum\":-1e-100000000}}}",
                "{\"$ref\":\"#/required\",\"required\":[\"a\"]}",
                "{\"$ref\":\"#\"}",
                "{\"type\":\"object\",\"allOf\":[{\"$ref\":\"#\"}]}",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/x\"}},"
                        + "\"$defs\":{\"x\":{\"$ref\":\"#/$defs/x\"}}}",
                chain(5_000),
                deep(400));
    }

    private static String chain(int links) {
        StringBuilder schema =
                new StringBuilder("{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/d0\"}},\"$defs\":{");
        for (int i = 0; i < links; i++) {
            schema.append("\"d" + i + "\":{\"$ref\":\"#/$defs/d" + (i + 1) + "\"},");
        }
        return schema + "\"d" + links + "\":{\"type\":\"string\"}}}";
    }

    private static String deep(int levels) {
        return "{\"anyOf\":[".repeat(levels / 2) + "{\"type\":\"string\"}" + "]}".repeat(levels / 2);
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void schemaThatGrows_costsLittle(String schema) throws Exception {
        String name = "schema " + schema.substring(0, Math.min(80, schema.length()));
        String messages = "{\"model\":\"MODEL\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],";
        attack(
                name + " in tools",
                messages + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":" + schema
                        + "}}]}",
                List.of(Victim.CHAT));
        attack(
                name + " in response_format",
                messages + "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":"
                        + schema + "}}}",
                List.of(Victim.CHAT));
        attack(
                name + " in Anthropic's tools",
                messages + "\"tools\":[{\"name\":\"f\",\"input_schema\":" + schema + "}]}",
                List.of(Victim.MESSAGES, Victim.COUNT));
    }

    /** Many small things in one conversation. */
    enum Many {
        ONE_ROLE(100_000, "{\"role\":\"user\",\"content\":\"word\"}"),
        ROLES_IN_TURN(50_000, "{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}"),
        TOOL_RESULTS(40_000, "{\"role\":\"tool\",\"tool_call_id\":\"call_#\",\"content\":\"r\"}"),
        ANTHROPIC_RESULTS(
                40_000,
                "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\","
                        + "\"tool_use_id\":\"t_#\",\"content\":\"r\"}]}"),
        SYSTEM(50_000, "{\"role\":\"system\",\"content\":\"s\"}"),
        NAMES(30_000, "{\"role\":\"user\",\"name\":\"n#\",\"content\":\"x\"}"),
        UNKNOWN_FIELDS(30_000, "{\"role\":\"user\",\"content\":\"x\",\"f#\":1}");

        private final int count;
        private final String message;

        Many(int count, String message) {
            this.count = count;
            this.message = message;
        }

        String body() {
            StringBuilder body = new StringBuilder("{\"model\":\"MODEL\",\"max_tokens\":9,\"messages\":[");
            for (int i = 0; i < count; i++) {
                body.append(message.replace("#", Integer.toString(i))).append(',');
            }
            return body + "{\"role\":\"user\",\"content\":\"last\"}]}";
        }
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.EnumSource
    void conversationOfManySmallThings_isNotQuadratic(Many many) throws Exception {
        attack(many.toString(), many.body(), List.of(Victim.CHAT, Victim.MESSAGES));
    }

    @Test
    void millionSmallValues_areBounded() throws Exception {
        String values = "{\"a\":0},".repeat(1_000_000);
        attack(
                "a million small values",
                "{\"model\":\"MODEL\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
                        + "\"metadata\":[" + values + "0]}",
                List.of(Victim.CHAT, Victim.MESSAGES));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 2_000, 100_000})
    void deepJson_is400_andNeverServed(int levels) throws Exception {
        List<String> places = List.of(
                "\"x\":NEST",
                "\"messages\":NEST",
                "\"tools\":NEST",
                "\"messages\":[{\"role\":\"user\",\"content\":NEST}]",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":NEST}}]",
                "\"metadata\":NEST");
        for (String nest :
                List.of("[".repeat(levels) + "]".repeat(levels), "{\"a\":".repeat(levels) + "1" + "}".repeat(levels))) {
            for (String place : places) {
                refused(levels, place, nest);
            }
        }
        victim.comesToRest("deep JSON");
        victim.metNoDefect();
    }

    private static void refused(int levels, String place, String nest) throws IOException {
        String messages = place.contains("messages") ? "" : "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],";
        for (String model : MODELS) {
            for (String path : List.of(Victim.CHAT, Victim.MESSAGES, Victim.COUNT)) {
                String body =
                        "{\"model\":\"" + model + "\",\"max_tokens\":9," + messages + place.replace("NEST", nest) + "}";
                RawClient.Response answer = victim.ask(path, body);
                assertThat(answer.status())
                        .as("%d levels, %s %s %s: %s", levels, path, model, place, answer.body())
                        .isEqualTo(400);
            }
        }
    }

    @Test
    void streamsThatNobodyReads_endAtTheWriteTimeout_andTakeNobodysPlace() throws Exception {
        int count = Effort.of(60, 2_000);
        String body = Victim.request("o/endless", true);
        List<RawClient> open = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            open.add(victim.connect().post(i % 2 == 0 ? Victim.CHAT : Victim.MESSAGES, Victim.KEY, body));
        }
        victim.servesBeside("streams that nobody reads");
        victim.comesToRest("streams that nobody reads");
        victim.metNoDefect();
        for (RawClient client : open) {
            client.close();
        }
    }
}
