package io.llmgateway.upstream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.llmgateway.model.ModelName;
import io.llmgateway.wire.Json;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lists of models that providers and model servers answer with: an array under {@code data} or {@code
 * models}, or alone; of objects with {@code id}, {@code name} or {@code model}, or of texts. Reads piece by piece and
 * keeps the names only. Stateless, thread-safe.
 */
public final class ModelListing {
    /** Most names that are taken out of one list. */
    public static final int MOST_MODELS = 2_000;

    private static final String GEMINI_COLLECTION = "models/";
    private static final String GENERATES = "generateContent";

    private ModelListing() {}

    /**
     * The names in the list, each once, in its order; names that cannot be a model's are left out, as are Gemini's
     * models that generate nothing.
     *
     * @return empty when the text is no such list
     */
    public static Optional<List<ModelName>> read(byte[] body, int length) {
        try (JsonParser json = Json.factory().createParser(body, 0, length)) {
            Set<ModelName> names = new LinkedHashSet<>();
            return switch (json.nextToken()) {
                case START_ARRAY -> elements(json, names);
                case START_OBJECT -> inside(json, names);
                case null, default -> Optional.empty();
            };
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static Optional<List<ModelName>> inside(JsonParser json, Set<ModelName> names) throws IOException {
        boolean found = false;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            boolean list = "data".equals(field) || "models".equals(field);
            if (json.nextToken() == JsonToken.START_ARRAY && list) {
                found = true;
                elements(json, names);
            } else {
                json.skipChildren();
            }
        }
        return found && json.currentToken() == JsonToken.END_OBJECT
                ? Optional.of(List.copyOf(names))
                : Optional.empty();
    }

    private static Optional<List<ModelName>> elements(JsonParser json, Set<ModelName> names) throws IOException {
        JsonToken token = json.nextToken();
        while (token != JsonToken.END_ARRAY && token != null) {
            String name = null;
            if (token == JsonToken.VALUE_STRING) {
                name = json.getText();
            } else if (token == JsonToken.START_OBJECT) {
                name = one(json);
            } else {
                json.skipChildren();
            }
            if (name != null && names.size() < MOST_MODELS) {
                ModelName.parse(name).ifPresent(names::add);
            }
            token = json.nextToken();
        }
        return token == null ? Optional.empty() : Optional.of(List.copyOf(names));
    }

    /** The name of the model in an object; null when it has none, or generates nothing. */
    private static @Nullable String one(JsonParser json) throws IOException {
        String id = null;
        String name = null;
        String model = null;
        boolean generates = true;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            if (value == JsonToken.VALUE_STRING) {
                switch (field) {
                    case "id" -> id = json.getText();
                    case "name" -> name = json.getText();
                    case "model" -> model = json.getText();
                    default -> {
                        // says nothing about the name
                    }
                }
            } else if (value == JsonToken.START_ARRAY && "supportedGenerationMethods".equals(field)) {
                generates = holds(json, GENERATES);
            } else {
                json.skipChildren();
            }
        }
        if (!generates) {
            return null;
        }
        if (id != null) {
            return id;
        }
        if (name == null) {
            return model;
        }
        return name.startsWith(GEMINI_COLLECTION) ? name.substring(GEMINI_COLLECTION.length()) : name;
    }

    private static boolean holds(JsonParser json, String text) throws IOException {
        boolean found = false;
        JsonToken token = json.nextToken();
        while (token != JsonToken.END_ARRAY && token != null) {
            found |= token == JsonToken.VALUE_STRING && text.equals(json.getText());
            json.skipChildren();
            token = json.nextToken();
        }
        return found;
    }
}
