package io.llmgateway.wire;

import java.lang.invoke.MethodHandles.Lookup;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes records as JSON objects: the components in their order under their names, {@code maxConcurrent} as
 * {@code max_concurrent}. A component is a text, a whole number, a truth value, a record, a list of those, null, which
 * is written as null, or an Optional, which is left out when it is empty. For pages of operators, not for the path of
 * requests. Immutable, thread-safe.
 */
public final class JsonRecords {
    private static final int USUAL_LENGTH = 1_024;

    private final Lookup lookup;

    /**
     * Makes a writer.
     *
     * @param lookup of a class that sees the records that will be written
     */
    public JsonRecords(Lookup lookup) {
        this.lookup = lookup;
    }

    /** The record as compact JSON. */
    public String text(Record record) {
        OutBuffer out = new OutBuffer(USUAL_LENGTH);
        value(new JsonOut(out), record);
        return new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
    }

    /** The record as JSON over lines, for people. */
    public String lines(Record record) {
        return PrettyJson.of(text(record));
    }

    private void value(JsonOut json, @Nullable Object value) {
        switch (value) {
            case null -> json.string(null);
            case String text -> json.string(text);
            case Integer number -> json.number(number);
            case Long number -> json.number(number);
            case Boolean flag -> json.bool(flag);
            case List<?> list -> {
                json.array();
                list.forEach(element -> value(json, element));
                json.endArray();
            }
            case Record record -> object(json, record);
            default -> throw new IllegalArgumentException("cannot be written: " + value.getClass());
        }
    }

    private void object(JsonOut json, Record record) {
        json.object();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = read(record, component);
            if (value instanceof Optional<?> optional) {
                if (optional.isPresent()) {
                    value(json.name(name(component)), optional.get());
                }
            } else {
                value(json.name(name(component)), value);
            }
        }
        json.endObject();
    }

    private @Nullable Object read(Record record, RecordComponent component) {
        try {
            return lookup.unreflect(component.getAccessor()).invoke(record);
        } catch (Throwable e) {
            throw new IllegalArgumentException("cannot be read: " + component, e);
        }
    }

    private static String name(RecordComponent component) {
        String name = component.getName();
        StringBuilder words = new StringBuilder(name.length() + 4);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c)) {
                words.append('_').append(Character.toLowerCase(c));
            } else {
                words.append(c);
            }
        }
        return words.toString();
    }
}
