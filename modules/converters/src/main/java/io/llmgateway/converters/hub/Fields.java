package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.llmgateway.model.GatewayException;
import io.llmgateway.wire.WorkBudget;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one JSON object of a client's request. {@code null} counts as absent; a wrong type or a value
 * outside its range is refused with the field's path. Remembers which fields were read, so that the others can be
 * reported. Confined to one request.
 */
public final class Fields {
    private final JsonNode object;
    private final String path;
    private final @Nullable WorkBudget work;
    private String[] read = new String[8];
    private int reads;

    private Fields(JsonNode object, String path, @Nullable WorkBudget work) {
        this.object = object;
        this.path = path;
        this.work = work;
    }

    /** Reads a whole request; the elements of its arrays are counted as work. */
    public static Fields root(JsonNode node, WorkBudget work) {
        return of(node, "", work);
    }

    /**
     * Reads this object.
     *
     * @param node must be an object
     * @param path its place in the request; empty for the root
     */
    public static Fields of(JsonNode node, String path) {
        return of(node, path, null);
    }

    private static Fields of(JsonNode node, String path, @Nullable WorkBudget work) {
        if (!node.isObject()) {
            throw Warnings.refused(path, "'" + path + "' must be an object, it is " + kind(node));
        }
        return new Fields(node, path, work);
    }

    /** The path of one of its fields. */
    public String at(String name) {
        return path.isEmpty() ? name : path + '.' + name;
    }

    /** The object's own path. */
    public String path() {
        return path;
    }

    /** The raw value; a missing node when absent or null. */
    public JsonNode node(String name) {
        JsonNode value = object.get(name);
        if (value == null) {
            return MissingNode.getInstance();
        }
        note(name);
        return value.isNull() ? MissingNode.getInstance() : value;
    }

    /** Only fields that are there are noted: they are few, and protocols know many. */
    private void note(String name) {
        if (!wasRead(name)) {
            if (reads == read.length) {
                read = Arrays.copyOf(read, reads * 2);
            }
            read[reads++] = name;
        }
    }

    private boolean wasRead(String name) {
        for (int i = 0; i < reads; i++) {
            if (read[i].equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** True when the field has a value other than null. */
    public boolean has(String name) {
        return !node(name).isMissingNode();
    }

    /** Fields that are known and do not matter. */
    public void ignore(String... names) {
        for (String name : names) {
            node(name);
        }
    }

    /** A text; null when absent. */
    public @Nullable String text(String name) {
        JsonNode value = node(name);
        if (value.isMissingNode()) {
            return null;
        }
        if (!value.isTextual()) {
            throw wrong(name, "a string", value);
        }
        return value.textValue();
    }

    /** A text that must be there. */
    public String requiredText(String name) {
        String value = text(name);
        if (value == null) {
            throw Warnings.refused(at(name), "'" + at(name) + "' is missing");
        }
        return value;
    }

    /** A literal; false when absent. */
    public boolean flag(String name) {
        return flag(name, false);
    }

    /** A literal. */
    public boolean flag(String name, boolean absent) {
        JsonNode value = node(name);
        if (value.isMissingNode()) {
            return absent;
        }
        if (!value.isBoolean()) {
            throw wrong(name, "true or false", value);
        }
        return value.booleanValue();
    }

    /** A number within a range; null when absent. */
    public @Nullable BigDecimal decimal(String name, double min, double max) {
        JsonNode value = node(name);
        if (value.isMissingNode()) {
            return null;
        }
        if (!value.isNumber()) {
            throw wrong(name, "a number", value);
        }
        if (value.doubleValue() < min || value.doubleValue() > max) {
            throw Warnings.refused(
                    at(name),
                    "'" + at(name) + "' must be from " + plain(min) + " to " + plain(max) + ", it is " + value);
        }
        return value.decimalValue();
    }

    /** A whole number within a range. */
    public long whole(String name, long min, long max, long absent) {
        JsonNode value = node(name);
        if (value.isMissingNode()) {
            return absent;
        }
        if (value.isInt() && value.intValue() >= min && value.intValue() <= max) {
            return value.intValue();
        }
        boolean isWhole =
                value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
        if (!isWhole) {
            throw wrong(name, "a whole number", value);
        }
        BigDecimal number = value.decimalValue();
        if (number.compareTo(BigDecimal.valueOf(min)) < 0 || number.compareTo(BigDecimal.valueOf(max)) > 0) {
            throw Warnings.refused(
                    at(name), "'" + at(name) + "' must be from " + min + " to " + max + ", it is " + value.asText());
        }
        return number.longValueExact();
    }

    /** A limit of at least 1; -1 when absent or, in the way of several servers, given as -1 for none. */
    public long limit(String name, Warnings warnings) {
        long limit = whole(name, -1, Integer.MAX_VALUE, -1);
        if (limit == 0) {
            throw Warnings.refused(at(name), "'" + at(name) + "' must be at least 1, it is 0");
        }
        if (limit < 0 && has(name)) {
            warnings.adjusted(at(name), "-1 is understood as no limit");
        }
        return limit;
    }

    /** An object; null when absent. */
    public @Nullable Fields object(String name) {
        JsonNode value = node(name);
        return value.isMissingNode() ? null : of(value, at(name), work);
    }

    /** The objects of an array; empty when absent. */
    public List<Fields> objects(String name) {
        JsonNode value = array(name);
        List<Fields> all = new ArrayList<>(value.size());
        for (int i = 0; i < value.size(); i++) {
            step();
            all.add(of(value.get(i), element(name, i), work));
        }
        return all;
    }

    /** The texts of an array; empty when absent. */
    public List<String> texts(String name) {
        JsonNode value = array(name);
        List<String> all = new ArrayList<>(value.size());
        for (int i = 0; i < value.size(); i++) {
            step();
            if (!value.get(i).isTextual()) {
                String at = element(name, i);
                throw Warnings.refused(at, "'" + at + "' must be a string, it is " + kind(value.get(i)));
            }
            all.add(value.get(i).textValue());
        }
        return all;
    }

    /** Reads an element of one of its arrays; counted as work. */
    public Fields inside(JsonNode element, String at) {
        step();
        return of(element, at, work);
    }

    private void step() {
        if (work != null) {
            work.step(1);
        }
    }

    private JsonNode array(String name) {
        JsonNode value = node(name);
        if (!value.isMissingNode() && !value.isArray()) {
            throw wrong(name, "an array", value);
        }
        return value;
    }

    /** The path of an element of one of its arrays. */
    public String element(String name, int index) {
        return at(name) + '[' + index + ']';
    }

    /** Reports every field that was never read. */
    public void rest(Warnings warnings) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (!wasRead(field.getKey()) && !field.getValue().isNull()) {
                warnings.unknown(at(field.getKey()));
            }
        }
    }

    /** The refusal of a value of the wrong type. */
    public GatewayException wrong(String name, String expected, JsonNode value) {
        return Warnings.refused(at(name), "'" + at(name) + "' must be " + expected + ", it is " + kind(value));
    }

    /** The refusal of a value that is not one of those the protocol knows. */
    public GatewayException unknownValue(String name, @Nullable String value, String known) {
        return Warnings.refused(at(name), "'" + at(name) + "' must be one of " + known + ", it is '" + value + "'");
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static String kind(JsonNode value) {
        String kind = value.getNodeType().name().toLowerCase(Locale.ROOT);
        return switch (kind) {
            case "object", "array" -> "an " + kind;
            case "null", "missing" -> kind;
            default -> "a " + kind;
        };
    }
}
