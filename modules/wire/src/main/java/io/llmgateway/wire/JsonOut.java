package io.llmgateway.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes compact JSON in the order of its calls straight into an {@link OutBuffer}. Number literals of trees keep their
 * precision and scale. Commas are set by itself; balance is up to the caller. Confined to one document.
 *
 * <p>A lone half of a surrogate pair in a piece of a stream, which providers send when they cut a text inside an emoji,
 * is written as an escape, so that the client can put the halves together. In a whole document there is nothing to put
 * it together with, and parsers refuse it: it becomes U+FFFD.
 */
public final class JsonOut {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};

    private static final int PIECE = 64 * 1024;

    private final OutBuffer out;
    private final @Nullable WorkBudget work;
    private final boolean whole;
    private boolean comma;

    /** Writes to this buffer; lone halves of surrogate pairs are kept. */
    public JsonOut(OutBuffer out) {
        this(out, null, false);
    }

    /** Writes a whole document that may be large to this buffer, and counts its values and its text. */
    public JsonOut(OutBuffer out, WorkBudget work) {
        this(out, work, true);
    }

    private JsonOut(OutBuffer out, @Nullable WorkBudget work, boolean whole) {
        this.out = out;
        this.work = work;
        this.whole = whole;
    }

    /** The compact text of a tree; lone halves of surrogate pairs are kept. */
    public static String text(JsonNode tree) {
        return text(tree, false);
    }

    /** The compact text of a tree that is a whole document, without lone halves of surrogate pairs. */
    public static String document(JsonNode tree) {
        return text(tree, true);
    }

    private static String text(JsonNode tree, boolean whole) {
        OutBuffer out = new OutBuffer(128);
        new JsonOut(out, null, whole).tree(tree);
        return new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
    }

    /** The text as a JSON string in UTF-8, with its quotes. */
    public static byte[] bytes(String text) {
        OutBuffer out = new OutBuffer(text.length() + 2);
        new JsonOut(out).string(text);
        return out.toByteArray();
    }

    /** Forgets an earlier document; the next value stands alone. */
    public JsonOut fresh() {
        comma = false;
        return this;
    }

    /** Opens an object. */
    public JsonOut object() {
        separate();
        out.write('{');
        comma = false;
        return this;
    }

    /** Opens an object as a field's value. */
    public JsonOut object(String name) {
        return name(name).object();
    }

    /** Closes the innermost object. */
    public JsonOut endObject() {
        out.write('}');
        comma = true;
        return this;
    }

    /** Opens an array. */
    public JsonOut array() {
        separate();
        out.write('[');
        comma = false;
        return this;
    }

    /** Opens an array as a field's value. */
    public JsonOut array(String name) {
        return name(name).array();
    }

    /** Closes the innermost array. */
    public JsonOut endArray() {
        out.write(']');
        comma = true;
        return this;
    }

    /** Writes a field's name; its value must follow. */
    public JsonOut name(String name) {
        separate();
        quoted(name);
        out.write(':');
        comma = false;
        return this;
    }

    /** Writes a field's name that was prepared; its value must follow. */
    public JsonOut name(FieldName name) {
        if (comma) {
            name.append(out, FieldName.WITH_COMMA);
        } else {
            name.append(out, FieldName.FIRST);
        }
        comma = false;
        return this;
    }

    /** Writes a text, or null. */
    public JsonOut string(@Nullable String text) {
        separate();
        if (text == null) {
            out.write(NULL);
        } else {
            quoted(text);
        }
        comma = true;
        return this;
    }

    /** Writes a whole number. */
    public JsonOut number(long value) {
        separate();
        if (value < 0) {
            ascii(Long.toString(value));
        } else {
            digits(value);
        }
        comma = true;
        return this;
    }

    /**
     * Writes a decimal number without zeros at its end.
     *
     * @param unscaled the number times ten to the power of scale; 0 or more
     * @param scale 0 to 18
     */
    public JsonOut decimal(long unscaled, int scale) {
        separate();
        long one = 1;
        for (int i = 0; i < scale; i++) {
            one *= 10;
        }
        digits(unscaled / one);
        long rest = unscaled % one;
        if (rest > 0) {
            out.write('.');
        }
        while (rest > 0) {
            one /= 10;
            out.write((int) ('0' + rest / one));
            rest %= one;
        }
        comma = true;
        return this;
    }

    /** Writes a literal. */
    public JsonOut bool(boolean value) {
        separate();
        out.write(value ? TRUE : FALSE);
        comma = true;
        return this;
    }

    /** Writes a tree as it is. */
    public JsonOut tree(JsonNode node) {
        switch (node.getNodeType()) {
            case OBJECT -> {
                object();
                for (Map.Entry<String, JsonNode> field : node.properties()) {
                    name(field.getKey()).tree(field.getValue());
                }
                endObject();
            }
            case ARRAY -> {
                array();
                for (JsonNode element : node) {
                    tree(element);
                }
                endArray();
            }
            case STRING -> string(node.textValue());
            case BOOLEAN -> bool(node.booleanValue());
            case NUMBER -> literal(node.isBigDecimal() ? node.decimalValue().toString() : node.asText());
            case NULL, MISSING, BINARY, POJO -> string(null);
        }
        return this;
    }

    /** Writes bytes that are one JSON value already. */
    public JsonOut raw(byte[] json, int offset, int length) {
        separate();
        out.write(json, offset, length);
        comma = true;
        return this;
    }

    /** A prepared field with a text, or null. */
    public JsonOut field(FieldName name, @Nullable String text) {
        return name(name).string(text);
    }

    /** A prepared field with a whole number. */
    public JsonOut field(FieldName name, long value) {
        return name(name).number(value);
    }

    /** A prepared field with a literal. */
    public JsonOut field(FieldName name, boolean value) {
        return name(name).bool(value);
    }

    /** A field with a text, or null. */
    public JsonOut field(String name, @Nullable String text) {
        return name(name).string(text);
    }

    /** A field with a whole number. */
    public JsonOut field(String name, long value) {
        return name(name).number(value);
    }

    /** A field with a literal. */
    public JsonOut field(String name, boolean value) {
        return name(name).bool(value);
    }

    /** A field with a tree. */
    public JsonOut field(String name, JsonNode tree) {
        return name(name).tree(tree);
    }

    /** A field with a decimal number, left out when there is none. */
    public JsonOut optional(String name, @Nullable BigDecimal value) {
        return value == null ? this : name(name).literal(value.toString());
    }

    /** Writes a number as it is spelled. */
    public JsonOut literal(String number) {
        separate();
        ascii(number);
        comma = true;
        return this;
    }

    private void separate() {
        if (comma) {
            out.write(',');
        }
    }

    private void digits(long value) {
        long divisor = 1;
        while (value / divisor >= 10) {
            divisor *= 10;
        }
        while (divisor > 0) {
            out.write((int) ('0' + value / divisor % 10));
            divisor /= 10;
        }
    }

    private void ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            out.write(text.charAt(i));
        }
    }

    private void quoted(String text) {
        out.write('"');
        int length = text.length();
        int from = 0;
        while (from < length) {
            int end = plainUntil(text, from);
            if (work != null) {
                work.bytes(end - from);
            }
            from = end < length && end - from < PIECE ? special(text, end) : end;
        }
        out.write('"');
    }

    /** Copies at once what needs no escape from there on, up to a piece; gives the place after it. */
    private int plainUntil(String text, int from) {
        int most = Math.min(text.length(), from + PIECE);
        int end = from;
        while (end < most && isPlain(text.charAt(end))) {
            end++;
        }
        if (end > from) {
            out.write(text, from, end);
        }
        return end;
    }

    /** Writes one character that cannot be copied, or both halves of a pair; gives the place after it. */
    private int special(String text, int at) {
        char c = text.charAt(at);
        if (c < 0x80) {
            special(c);
        } else if (c < 0x800) {
            out.write(0xc0 | (c >> 6)).write(0x80 | (c & 0x3f));
        } else if (!Character.isSurrogate(c)) {
            out.write(0xe0 | (c >> 12)).write(0x80 | ((c >> 6) & 0x3f)).write(0x80 | (c & 0x3f));
        } else if (Character.isHighSurrogate(c)
                && at + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(at + 1))) {
            pair(Character.toCodePoint(c, text.charAt(at + 1)));
            return at + 2;
        } else if (whole) {
            out.write(0xef).write(0xbf).write(0xbd);
        } else {
            escaped(c);
        }
        return at + 1;
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x80 && c != '"' && c != '\\';
    }

    private void special(char c) {
        switch (c) {
            case '"', '\\' -> out.write('\\').write(c);
            case '\n' -> out.write('\\').write('n');
            case '\r' -> out.write('\\').write('r');
            case '\t' -> out.write('\\').write('t');
            default -> escaped(c);
        }
    }

    private void pair(int point) {
        out.write(0xf0 | (point >> 18))
                .write(0x80 | ((point >> 12) & 0x3f))
                .write(0x80 | ((point >> 6) & 0x3f))
                .write(0x80 | (point & 0x3f));
    }

    private void escaped(char c) {
        out.write('\\').write('u').write(HEX[c >> 12]).write(HEX[(c >> 8) & 15]);
        out.write(HEX[(c >> 4) & 15]).write(HEX[c & 15]);
    }
}
