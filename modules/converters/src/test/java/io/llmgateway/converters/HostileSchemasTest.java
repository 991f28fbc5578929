package io.llmgateway.converters;

import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.GEMINI;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Protocol;
import io.llmgateway.wire.Json;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.WorkBudget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Schemas whose references lead anywhere: converting them is linear, and never an error of the gateway's own. */
class HostileSchemasTest {
    private static final Protocol[] CLIENTS = {OPENAI, ANTHROPIC};
    private static final Protocol[] UPSTREAMS = {OPENAI, ANTHROPIC, GEMINI};
    /** Steps a conversion may take for each byte of its request; honest ones take less than one. */
    private static final int STEPS_PER_BYTE = 40;

    /** Each of so many definitions refers twice to the next. */
    private static String doubling(int levels, String reference) {
        StringBuilder s = new StringBuilder("{\"type\":\"object\",\"properties\":{\"a\":");
        s.append(reference.formatted(0)).append("},\"$defs\":{");
        for (int i = 0; i < levels; i++) {
            s.append("\"d").append(i).append("\":{\"type\":\"object\",\"properties\":{\"l\":");
            s.append(reference.formatted(i + 1))
                    .append(",\"r\":")
                    .append(reference.formatted(i + 1))
                    .append("}},");
        }
        return s.append("\"d")
                .append(levels)
                .append("\":{\"type\":\"string\"}}}")
                .toString();
    }

    private static String chain(int length) {
        StringBuilder s =
                new StringBuilder("{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/d0\"}},\"$defs\":{");
        for (int i = 0; i < length; i++) {
            s.append("\"d")
                    .append(i)
                    .append("\":{\"$ref\":\"#/$defs/d")
                    .append(i + 1)
                    .append("\"},");
        }
        return s.append("\"d")
                .append(length)
                .append("\":{\"type\":\"string\"}}}")
                .toString();
    }

    private static String nested(int length) {
        StringBuilder s =
                new StringBuilder("{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/d0\"}},\"$defs\":{");
        for (int i = 0; i < length; i++) {
            s.append("\"d").append(i).append("\":{\"type\":\"object\",\"properties\":{\"n\":{\"$ref\":\"#/$defs/d");
            s.append(i + 1).append("\"}}},");
        }
        return s.append("\"d")
                .append(length)
                .append("\":{\"type\":\"string\"}}}")
                .toString();
    }

    static List<String> schemas() {
        List<String> all = new ArrayList<>();
        all.add(doubling(60, "{\"$ref\":\"#/$defs/d%d\"}"));
        all.add(doubling(60, "{\"allOf\":[{\"$ref\":\"#/$defs/d%d\"}]}"));
        all.add(doubling(60, "{\"allOf\":[{\"$ref\":\"#/$defs/d%d\"},{\"type\":\"object\"}]}"));
        all.add(doubling(60, "{\"anyOf\":[{\"$ref\":\"#/$defs/d%d\"},{\"type\":\"null\"}]}"));
        all.add(chain(5_000));
        all.add(nested(5_000));
        for (String odd : new String[] {
            "{\"$ref\":\"#/required\"}",
            "{\"$ref\":\"#/required/0\"}",
            "{\"$ref\":\"#/properties\"}",
            "{\"$ref\":\"#/type\"}",
            "{\"$ref\":\"#/nothing\"}",
            "{\"$ref\":\"#/$defs/a~1b\"}",
            "{\"$ref\":\"#/$defs/a~0b\"}",
            "{\"$ref\":\"#/$defs/%zz\"}",
            "{\"$ref\":\"#/%24defs/yes\"}",
            "{\"$ref\":\"#/$defs/yes\"}",
            "{\"$ref\":\"#/$defs/no\"}",
            "{\"$ref\":\"#\"}",
            "{\"$ref\":\"#/\"}",
            "{\"$ref\":\"\"}",
            "{\"$ref\":\"http://elsewhere/schema\"}",
            "{\"$ref\":7}",
            "{\"$ref\":\"#/properties/a\"}",
            "{\"allOf\":[{\"$ref\":\"#\"}]}",
            "{\"allOf\":[{\"$ref\":\"#/properties/a\"}]}",
            "{\"allOf\":[{\"$ref\":\"#\"},{\"type\":\"object\"}]}",
            "{\"allOf\":[{\"allOf\":[{\"$ref\":\"#/properties/a\"},true]},7]}",
            "{\"allOf\":{\"$ref\":\"#\"}}",
            "{\"anyOf\":[{\"$ref\":\"#/properties/a\"},{\"oneOf\":[{\"$ref\":\"#\"}]}]}",
            "{\"properties\":7,\"required\":{\"a\":1},\"items\":[1,true]}"
        }) {
            all.add("{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"a\":" + odd
                    + "},\"$defs\":{\"a/b\":{\"type\":\"string\"},\"a~b\":{\"type\":\"string\"},"
                    + "\"yes\":true,\"no\":false}}");
            all.add(odd.replace("{\"", "{\"type\":\"object\",\"").replace("\"type\":\"object\",\"type\"", "\"type\""));
        }
        return all;
    }

    private static List<String> requests(Protocol client, String schema) {
        String messages = "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";
        if (client == ANTHROPIC) {
            return List.of(
                    "{\"model\":\"m\",\"max_tokens\":9," + messages + ",\"tools\":[{\"name\":\"f\",\"input_schema\":"
                            + schema + "}]}",
                    "{\"model\":\"m\",\"max_tokens\":9," + messages
                            + ",\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":" + schema + "}}}");
        }
        return List.of(
                "{\"model\":\"m\"," + messages
                        + ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":true,"
                        + "\"parameters\":"
                        + schema + "}}]}",
                "{\"model\":\"m\"," + messages
                        + ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\",\"schema\":"
                        + schema + "}}}");
    }

    /** Converts on every way; gives what was sent. Anything but a caller's fault fails the test. */
    private static List<String> everywhere(String schema) {
        List<String> sent = new ArrayList<>();
        for (Protocol client : CLIENTS) {
            for (Protocol upstream : UPSTREAMS) {
                requests(client, schema).forEach(request -> {
                    sent.add(checked(Converting.between(client, upstream), request));
                    sent.add(checked(Converting.between(client, upstream).counting(), request));
                });
            }
        }
        return sent;
    }

    private static String checked(Converting way, String request) {
        WorkBudget work = WorkBudget.withoutDeadline();
        String made = converted(way.work(work), request);
        assertThat(work.steps()).as(request).isLessThan(10_000 + (long) STEPS_PER_BYTE * request.length());
        assertThat(made.length()).as(request).isLessThan(128 * 1024 + 10 * request.length());
        return made;
    }

    private static String converted(Converting way, String request) {
        try {
            return Converting.text(way.begin(request));
        } catch (GatewayException e) {
            assertThat(e.error()).as(request).isInstanceOf(CallerFault.class);
            return "";
        }
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void schemaOfReferences_isConvertedInLinearTime_orRefusedClearly(String schema) {
        assertThat(everywhere(schema)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"#/$defs/a~1b", "#/%24defs/a~1b", "#/$defs/a%7E1b"})
    void referenceWithEscapes_isFollowed(String reference) {
        String schema = "{\"type\":\"object\",\"properties\":{\"p\":{\"$ref\":\"" + reference
                + "\"}},\"$defs\":{\"a/b\":{\"type\":\"integer\"}}}";
        String sent = Converting.between(OPENAI, GEMINI)
                .convert(requests(OPENAI, schema).getFirst());
        assertThat(sent).contains("\"properties\":{\"p\":{\"type\":\"integer\"}}");
    }

    @Test
    void manyToolsWithLargeSharedParts_doNotMakeTheRequestGrowWithoutEnd() {
        String text = "x".repeat(3_000);
        StringBuilder properties = new StringBuilder();
        for (int i = 0; i < 15; i++) {
            properties.append("\"p").append(i).append("\":{\"$ref\":\"#/$defs/d\"},");
        }
        StringBuilder tools = new StringBuilder();
        for (int i = 0; i < 400; i++) {
            tools.append(i == 0 ? "" : ",")
                    .append("{\"type\":\"function\",\"function\":{\"name\":\"f")
                    .append(i);
            tools.append("\",\"parameters\":{\"type\":\"object\",\"properties\":{")
                    .append(properties);
            tools.append("\"z\":{\"type\":\"string\"}},\"$defs\":{\"d\":{\"type\":\"string\",\"description\":\"");
            tools.append(text).append("\"}}}}}");
        }
        String request =
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tools\":[" + tools + "]}";

        String sent = Converting.between(OPENAI, GEMINI).convert(request);

        assertThat(sent.length()).isLessThan(request.length() + 5 * 1024 * 1024);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"object\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\",\"items\":{\"$ref\":\"#/$defs/a\"}},"
                        + "\"b\":{\"type\":\"array\"}},\"properties\":{\"p\":{\"$ref\":\"#/$defs/a\"}}}",
                "{\"type\":\"object\",\"$defs\":{\"a\":{\"allOf\":[{\"$ref\":\"#/$defs/b\",\"allOf\":"
                        + "[{\"$ref\":\"#/$defs/a\"}]}]},\"b\":{}},\"properties\":{\"p\":{\"$ref\":\"#/$defs/a\"}}}",
                "{\"type\":\"object\",\"allOf\":[{\"$ref\":\"#/$defs/b\",\"properties\":{\"q\":{\"$ref\":\"#\"}}}],"
                        + "\"$defs\":{\"b\":{}}}",
                "{\"type\":\"object\",\"$defs\":{\"b\":{}},\"properties\":{\"p\":{\"$ref\":\"#/$defs/b\",\"anyOf\":"
                        + "[{\"$ref\":\"#/properties/p\"}]}}}"
            })
    void cycleThroughWhatStandsBesideAReference_ends(String schema) {
        everywhere(schema);
    }

    @Test
    void randomSchemas_neverEndInAnErrorOfOurOwn() {
        long seed = Long.getLong("seed", 20_261_127L);
        System.getLogger("test").log(System.Logger.Level.INFO, "schemas: -Dseed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < Integer.getInteger("rounds", 150); round++) {
            ObjectNode schema = (ObjectNode) schema(random, 4);
            schema.put("type", "object");
            ObjectNode definitions = schema.putObject(random.nextBoolean() ? "$defs" : "definitions");
            for (int i = 0; i < 6; i++) {
                definitions.set("d" + i, schema(random, 2));
            }
            everywhere(JsonOut.text(schema));
        }
    }

    private static JsonNode schema(Random random, int depth) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        String[] targets = {"#", "#/$defs/d", "#/definitions/d", "#/properties/p", "#/required", "#/allOf/", "elsewhere"
        };
        for (int i = 0; i < 3; i++) {
            switch (random.nextInt(depth == 0 ? 5 : 10)) {
                case 0 -> schema.put("$ref", targets[random.nextInt(targets.length)] + random.nextInt(7));
                case 1 -> schema.put("$ref", targets[random.nextInt(targets.length)]);
                case 2 -> schema.put("type", random.nextBoolean() ? "object" : "integer");
                case 3 ->
                    schema.putArray("required").add("p" + random.nextInt(3)).add(7);
                case 4 -> schema.put("exclusiveMinimum", random.nextInt()).put("format", "odd");
                case 5 -> schema.set(random.nextBoolean() ? "items" : "not", schema(random, depth - 1));
                case 6 -> schema.put("additionalProperties", random.nextBoolean());
                case 7 -> {
                    ObjectNode properties = schema.putObject("properties");
                    for (int p = 0; p < 3; p++) {
                        properties.set("p" + p, random.nextInt(6) == 0 ? odd(random) : schema(random, depth - 1));
                    }
                }
                default -> {
                    ArrayNode list = schema.putArray(random.nextBoolean() ? "allOf" : "anyOf");
                    list.add(schema(random, depth - 1))
                            .add(random.nextInt(6) == 0 ? odd(random) : schema(random, depth - 1));
                }
            }
        }
        return schema;
    }

    private static JsonNode odd(Random random) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        JsonNode[] all = {
            nodes.booleanNode(true),
            nodes.booleanNode(false),
            nodes.numberNode(7),
            nodes.arrayNode(),
            nodes.textNode("x")
        };
        return all[random.nextInt(all.length)];
    }

    @Test
    void schemaThatFits_isStillInlined() throws IOException {
        String schema = "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/p\",\"description\":\"mine\"},"
                + "\"b\":{\"allOf\":[{\"$ref\":\"#/$defs/p\"},{\"properties\":{\"y\":{\"type\":\"string\"}}}]}},"
                + "\"$defs\":{\"p\":{\"type\":\"object\",\"description\":\"theirs\","
                + "\"properties\":{\"x\":{\"type\":\"string\"}}}}}";
        JsonNode sent = Json.mapper()
                .readTree(Converting.between(OPENAI, GEMINI)
                        .convert(requests(OPENAI, schema).getFirst()));
        JsonNode properties = sent.path("tools")
                .path(0)
                .path("functionDeclarations")
                .path(0)
                .path("parametersJsonSchema")
                .path("properties");

        assertThat(properties.path("a").path("description").asText()).isEqualTo("mine");
        assertThat(properties.path("a").path("properties").has("x")).isTrue();
        assertThat(properties.path("b").path("properties").has("x")).isTrue();
        assertThat(properties.path("b").path("properties").has("y")).isTrue();
    }
}
