package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What models can do, read from a data file: the first pattern that fits a model's name counts. A pattern is a name or
 * the beginning of one followed by {@code *}; a prefix such as {@code models/} in front of a name does not count.
 * Immutable, thread-safe.
 *
 * @param <T> what is known of a model
 */
public final class Catalog<T> {
    private record Row<T>(String pattern, T what) {}

    private final List<Row<T>> rows = new ArrayList<>();

    /**
     * Reads the array {@code models} of a JSON resource beside a class.
     *
     * @param beside the class it stands beside
     * @param file its name
     * @param reader turns one row into what is known; the last row's pattern must be {@code *}
     */
    public Catalog(Class<?> beside, String file, Function<JsonNode, T> reader) {
        try (InputStream in = beside.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + file + " is missing beside " + beside.getName());
            }
            for (JsonNode row : Json.mapper().readTree(in).path("models")) {
                for (JsonNode pattern : row.path("match")) {
                    rows.add(new Row<>(pattern.textValue(), reader.apply(row)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the resource " + file + " cannot be read", e);
        }
    }

    /** What is known of a model. */
    public T of(String model) {
        String name = model.substring(model.lastIndexOf('/') + 1);
        for (Row<T> row : rows) {
            if (fits(row.pattern(), name)) {
                return row.what();
            }
        }
        return rows.getLast().what();
    }

    private static boolean fits(String pattern, String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }
}
