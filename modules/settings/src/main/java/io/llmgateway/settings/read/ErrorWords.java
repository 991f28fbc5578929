package io.llmgateway.settings.read;

import io.llmgateway.model.ErrorKind;
import java.util.LinkedHashMap;
import java.util.Map;

/** The words in which a configuration speaks of errors. Immutable, thread-safe. */
final class ErrorWords {
    /** What a status may be taken for. */
    static final Map<String, ErrorKind> STATUS = ordered(
            ErrorKind.UPSTREAM_RATE_LIMIT,
            ErrorKind.UPSTREAM_OVERLOADED,
            ErrorKind.UPSTREAM_SERVER,
            ErrorKind.UPSTREAM_AUTHENTICATION,
            ErrorKind.UPSTREAM_BILLING,
            ErrorKind.BAD_REQUEST,
            ErrorKind.CONTEXT_LENGTH,
            ErrorKind.CONTENT_POLICY,
            ErrorKind.MODEL_NOT_FOUND);

    /** Errors of the request for which another model may be the answer. */
    static final Map<String, ErrorKind> FALLBACK = ordered(
            ErrorKind.CONTEXT_LENGTH,
            ErrorKind.CONTENT_POLICY,
            ErrorKind.MODEL_NOT_FOUND,
            ErrorKind.TOO_LARGE,
            ErrorKind.BAD_REQUEST);

    private ErrorWords() {}

    /** The wire name without the word for where it comes from, with dashes: {@code rate-limit}. */
    private static Map<String, ErrorKind> ordered(ErrorKind... kinds) {
        Map<String, ErrorKind> words = new LinkedHashMap<>();
        for (ErrorKind kind : kinds) {
            words.put(kind.wire().replace("upstream_", "").replace('_', '-'), kind);
        }
        return words;
    }
}
