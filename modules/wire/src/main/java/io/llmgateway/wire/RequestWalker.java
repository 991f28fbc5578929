package io.llmgateway.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.llmgateway.wire.RequestFacts.Range;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Walks a request body once, token by token, without building a tree, and refuses what two parsers could read in two
 * ways: duplicates of the fields the gateway decides on, spellings of them that differ in case only, text after the
 * document, encodings other than UTF-8. Confined to one request.
 */
public final class RequestWalker {
    private static final String MODEL = "model";

    private final JsonParser parser;

    private @Nullable String model;
    private @Nullable Range modelRange;
    private boolean streamSeen;
    private boolean stream;
    private @Nullable Range streamOptions;
    private boolean streamOptionsEmpty;
    private boolean streamOptionsObject;
    private boolean includeUsage;
    private @Nullable Range includeUsageRange;
    private long maxTokens = -1;
    private int candidates = 1;
    private @Nullable String user;
    private @Nullable String metadataUserId;
    private @Nullable String promptCacheKey;
    private boolean thread;

    private RequestWalker(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Walks the body.
     *
     * @param body UTF-8 JSON in the first {@code length} bytes
     * @throws MalformedJsonException when the body is not one JSON object, has no usable {@code model}, or is ambiguous
     */
    public static RequestFacts walk(byte[] body, int length) throws MalformedJsonException {
        checkEncoding(body, length);
        try (JsonParser parser = Json.factory().createParser(body, 0, length)) {
            return new RequestWalker(parser).read();
        } catch (IOException e) {
            throw new MalformedJsonException("the body is not valid JSON, " + JsonFault.of(body, length, e), e);
        }
    }

    private static void checkEncoding(byte[] body, int length) throws MalformedJsonException {
        if (length == 0) {
            throw new MalformedJsonException("the body is empty, expected a JSON object");
        }
        boolean byteOrderMark = length > 2 && (body[0] & 0xff) == 0xef && (body[1] & 0xff) == 0xbb;
        boolean wide = (body[0] & 0xff) >= 0xfe || body[0] == 0 || (length > 1 && body[1] == 0);
        if (byteOrderMark || wide) {
            throw new MalformedJsonException("the body must be UTF-8 without a byte order mark");
        }
    }

    private RequestFacts read() throws IOException, MalformedJsonException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new MalformedJsonException("the body must be a JSON object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            field(parser.currentName());
        }
        int rootEnd = (int) parser.currentTokenLocation().getByteOffset();
        if (parser.nextToken() != null) {
            throw new MalformedJsonException("the body has text after the JSON object");
        }
        if (model == null || modelRange == null) {
            throw new MalformedJsonException("the field 'model' is missing");
        }
        return new RequestFacts(
                model,
                modelRange,
                stream,
                streamOptions,
                streamOptionsEmpty,
                streamOptionsObject,
                includeUsage,
                includeUsageRange,
                rootEnd,
                maxTokens,
                candidates,
                user,
                metadataUserId,
                promptCacheKey,
                thread);
    }

    private void field(String name) throws IOException, MalformedJsonException {
        JsonToken value = parser.nextToken();
        switch (name) {
            case MODEL -> model(value);
            case "stream" -> {
                refuseSecond(streamSeen, name);
                streamSeen = true;
                stream = value == JsonToken.VALUE_TRUE;
                requireScalar(value, name);
            }
            case "stream_options" -> streamOptions(value);
            case "max_tokens", "max_completion_tokens" -> maxTokens = Math.max(maxTokens, integer(value));
            case "n" -> candidates = Math.clamp(integer(value), 1, Integer.MAX_VALUE);
            case "user", "safety_identifier" -> user = text(value, user);
            case "prompt_cache_key" -> promptCacheKey = text(value, promptCacheKey);
            case "metadata" -> metadata(value);
            case "thread" -> {
                thread = value == JsonToken.START_OBJECT;
                parser.skipChildren();
            }
            default -> {
                refuseLookAlike(name);
                parser.skipChildren();
            }
        }
    }

    private void model(JsonToken value) throws IOException, MalformedJsonException {
        refuseSecond(modelRange != null, MODEL);
        if (value != JsonToken.VALUE_STRING) {
            throw new MalformedJsonException("the field 'model' must be a text");
        }
        int start = tokenStart();
        model = parser.getText();
        modelRange = new Range(start, tokenEnd());
    }

    private void streamOptions(JsonToken value) throws IOException, MalformedJsonException {
        refuseSecond(streamOptions != null, "stream_options");
        int start = tokenStart();
        if (value == JsonToken.VALUE_NULL) {
            streamOptions = new Range(start, tokenEnd());
            return;
        }
        if (value != JsonToken.START_OBJECT) {
            throw new MalformedJsonException("the field 'stream_options' must be an object");
        }
        streamOptionsObject = true;
        streamOptionsEmpty = true;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            streamOptionsEmpty = false;
            boolean usage = "include_usage".equals(parser.currentName());
            JsonToken inner = parser.nextToken();
            if (usage) {
                refuseSecond(includeUsageRange != null, "stream_options.include_usage");
                requireScalar(inner, "stream_options.include_usage");
                includeUsage = inner == JsonToken.VALUE_TRUE;
                int innerStart = tokenStart();
                parser.getText();
                includeUsageRange = new Range(innerStart, tokenEnd());
            } else {
                parser.skipChildren();
            }
        }
        streamOptions = new Range(start, tokenEnd());
    }

    private void metadata(JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean userId = "user_id".equals(parser.currentName());
            JsonToken inner = parser.nextToken();
            if (userId) {
                metadataUserId = text(inner, metadataUserId);
            } else {
                parser.skipChildren();
            }
        }
    }

    private long integer(JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return parser.getLongValue();
        }
        parser.skipChildren();
        return -1;
    }

    private @Nullable String text(JsonToken value, @Nullable String otherwise) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        parser.skipChildren();
        return otherwise;
    }

    private static void refuseSecond(boolean seen, String name) throws MalformedJsonException {
        if (seen) {
            throw new MalformedJsonException("the field '" + name + "' is given twice");
        }
    }

    private static void refuseLookAlike(String name) throws MalformedJsonException {
        boolean candidate = name.length() == MODEL.length() || name.length() == "stream".length();
        if (candidate && (name.equalsIgnoreCase(MODEL) || name.equalsIgnoreCase("stream"))) {
            throw new MalformedJsonException("unknown field '" + name + "', field names are in lower case");
        }
    }

    private static void requireScalar(JsonToken value, String name) throws MalformedJsonException {
        if (value != JsonToken.VALUE_TRUE && value != JsonToken.VALUE_FALSE && value != JsonToken.VALUE_NULL) {
            throw new MalformedJsonException("the field '" + name + "' must be true or false");
        }
    }

    private int tokenStart() {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    private int tokenEnd() {
        return (int) parser.currentLocation().getByteOffset();
    }
}
