package io.llmgateway.it.attack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Changes JSON in places drawn at random: other values, other types, missing, doubled and renamed fields, cuts. */
final class Mutator {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "false",
            "0",
            "-1",
            "1.5",
            "4611686018427387904",
            "9223372036854775808",
            "1e400",
            "1e99999999999",
            "-1e-99999",
            "\"\"",
            "\"x\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\u00fc\u4e16\"",
            "[]",
            "{}",
            "[[]]",
            "[null]",
            "{\"\":null}",
            "{\"$ref\":\"#\"}",
            "{\"type\":\"text\",\"text\":\"t\"}",
            "{\"type\":\"text\"}",
            "\"" + "long ".repeat(2_000) + "\"",
            "[1,\"a\",{},[],null]");
    private static final String MARK = "\"@@mark@@\"";

    private final Random random;

    Mutator(Random random) {
        this.random = random;
    }

    /** One to four changes of a document. */
    String json(String text) throws IOException {
        String changed = JSON.readTree(text).toString();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            changed = random.nextInt(12) == 0 ? bytes(changed) : tree(changed);
        }
        return changed;
    }

    private String bytes(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int at = random.nextInt(text.length());
        return switch (random.nextInt(4)) {
            case 0 -> text.substring(0, at);
            case 1 -> text.substring(0, at) + text.substring(Math.min(text.length(), at + 1));
            case 2 -> text.substring(0, at) + "{}[]\":,\\x\u0001".charAt(random.nextInt(10)) + text.substring(at);
            default -> text + text.substring(at);
        };
    }

    private String tree(String text) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (IOException | NumberFormatException e) {
            // no document any more, or one beyond this reader: other bytes instead
            return bytes(text);
        }
        List<ContainerNode<?>> all = new ArrayList<>();
        gather(root, all);
        if (all.isEmpty()) {
            return bytes(text);
        }
        ContainerNode<?> place = all.get(random.nextInt(all.size()));
        JsonNode mark = NODES.textNode("@@mark@@");
        if (place instanceof ObjectNode object && !object.isEmpty()) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(5)) {
                case 0 -> object.remove(name);
                case 1 -> object.set(name + "x", object.remove(name));
                case 2 ->
                    object.set(
                            names.get(random.nextInt(names.size())),
                            object.get(name).deepCopy());
                default -> object.set(name, mark);
            }
        } else if (place instanceof ArrayNode array) {
            int at = random.nextInt(array.size() + 1);
            switch (random.nextInt(3)) {
                case 0 -> array.insert(at, mark);
                case 1 -> array.remove(at);
                default -> {
                    if (!array.isEmpty()) {
                        array.add(array.get(random.nextInt(array.size())).deepCopy());
                    }
                }
            }
        } else {
            ((ObjectNode) place).set("new", mark);
        }
        return root.toString().replace(MARK, VALUES.get(random.nextInt(VALUES.size())));
    }

    private static void gather(JsonNode node, List<ContainerNode<?>> all) {
        if (node instanceof ContainerNode<?> container) {
            all.add(container);
            container.forEach(child -> gather(child, all));
        }
    }
}
