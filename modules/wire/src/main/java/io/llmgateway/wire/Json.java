package io.llmgateway.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * The one place where JSON readers and writers are made, with the limits every body must keep: at most
 * {@link #MAX_DEPTH} levels, {@link #MAX_TOKENS} tokens, numbers of {@link #MAX_NUMBER_LENGTH} characters, names of
 * {@link #MAX_NAME_LENGTH}. Thread-safe.
 */
public final class Json {
    /** Deepest nesting of objects and arrays. */
    public static final int MAX_DEPTH = 100;
    /** Most tokens of one document. */
    public static final long MAX_TOKENS = 1_000_000;
    /** Longest number literal, in characters. */
    public static final int MAX_NUMBER_LENGTH = 1_000;
    /** Longest field name, in characters. */
    public static final int MAX_NAME_LENGTH = 50_000;
    /** Longest string, in characters: an inline image may fill a whole body. */
    public static final int MAX_STRING_LENGTH = 256 * 1024 * 1024;

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxTokenCount(MAX_TOKENS)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .maxNameLength(MAX_NAME_LENGTH)
                    .maxStringLength(MAX_STRING_LENGTH)
                    .build())
            // memory in proportion to concurrency, not to the number of virtual threads
            .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private Json() {}

    /** The factory of parsers and generators. */
    public static JsonFactory factory() {
        return FACTORY;
    }

    /**
     * The mapper for trees. It keeps the precision and the scale of number literals, refuses duplicate keys and text
     * after the document.
     */
    public static JsonMapper mapper() {
        return MAPPER;
    }
}
