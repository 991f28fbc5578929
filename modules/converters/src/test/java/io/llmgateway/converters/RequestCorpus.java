package io.llmgateway.converters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.model.Protocol;
import io.llmgateway.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** The requests of the conversion tables, with what the tables say of their fields. */
final class RequestCorpus {
    /** Values that are the client's own: what stands in them is no field of the protocol. */
    private static final Set<String> FREE = Set.of(
            "parameters", "input_schema", "schema", "arguments", "input", "logit_bias", "approximate", "user_location");

    private RequestCorpus() {}

    /** One request, what it goes to, and with which model and versions. */
    record Case(String title, Protocol client, Protocol upstream, ObjectNode request, JsonNode row, JsonNode cell) {
        Converting converting() {
            Converting converting = Converting.between(client, upstream);
            if (cell.has("model")) {
                converting.model(cell.path("model").asText());
            }
            if (cell.has("version")) {
                converting.version(cell.path("version").asText());
            }
            return converting.clientVersion(row.path("clientVersion").asText(""));
        }
    }

    static JsonNode table(Protocol client) {
        String name = client == Protocol.OPENAI_CHAT ? "openai-chat" : "anthropic-messages";
        try (InputStream in = RequestCorpus.class.getResourceAsStream("/conversions/" + name + ".json")) {
            return Json.mapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Protocol client : List.of(Protocol.OPENAI_CHAT, Protocol.ANTHROPIC_MESSAGES)) {
            JsonNode table = table(client);
            for (JsonNode row : table.path("rows")) {
                for (Map.Entry<String, Protocol> target : targets(client).entrySet()) {
                    ObjectNode request = table.path("base").deepCopy();
                    row.path("patch")
                            .properties()
                            .forEach(f -> request.set(f.getKey(), f.getValue().deepCopy()));
                    row.path("patch").properties().stream()
                            .filter(f -> f.getValue().isNull())
                            .forEach(f -> request.remove(f.getKey()));
                    String title = row.path("field").asText() + ", " + client + " to " + target.getValue();
                    JsonNode cell = row.path(target.getKey());
                    cases.add(new Case(title, client, target.getValue(), request, row, cell));
                }
            }
        }
        return cases;
    }

    private static Map<String, Protocol> targets(Protocol client) {
        return client == Protocol.OPENAI_CHAT
                ? Map.of("anthropic", Protocol.ANTHROPIC_MESSAGES, "gemini", Protocol.GEMINI)
                : Map.of("openai", Protocol.OPENAI_CHAT, "gemini", Protocol.GEMINI);
    }

    /** The places of all fields that some row calls meaningless for this target. */
    static Set<String> ignored(Protocol client, Protocol upstream) {
        Set<String> ignored = new HashSet<>();
        for (Case one : cases()) {
            boolean same = one.client() == client && one.upstream() == upstream;
            if (same && "ignored".equals(one.cell().path("is").asText())) {
                Set<String> places = new HashSet<>();
                places(one.row().path("patch"), (holder, at) -> places.add(at));
                places(one.row().path("without"), (holder, at) -> places.remove(at));
                ignored.addAll(places);
            }
        }
        return ignored;
    }

    /** Every field of a tree, with its place without indexes, as {@code messages.content.type}. */
    static void places(JsonNode tree, BiConsumer<Field, String> found) {
        fields(tree, "", (field, path) -> found.accept(field, withoutIndexes(path)));
    }

    static String withoutIndexes(String path) {
        StringBuilder bare = new StringBuilder();
        boolean inside = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            inside = c == '[' || (inside && c != ']');
            if (!inside && c != ']') {
                bare.append(c);
            }
        }
        return bare.toString();
    }

    /** Every field of a tree with its whole path. */
    static void fields(JsonNode tree, String at, BiConsumer<Field, String> found) {
        if (tree instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : List.copyOf(object.properties())) {
                String place = at.isEmpty() ? field.getKey() : at + '.' + field.getKey();
                found.accept(new Field(object, field.getKey(), place), place);
                if (!FREE.contains(field.getKey())) {
                    fields(field.getValue(), place, found);
                }
            }
        } else if (tree instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                fields(array.get(i), at + '[' + i + ']', found);
            }
        }
    }

    /** One field of an object of a request. */
    record Field(ObjectNode holder, String name, String path) {
        JsonNode value() {
            return holder.path(name);
        }
    }
}
