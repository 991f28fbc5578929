package io.llmgateway.server;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Names of header fields as Helidon wants them. Only the gateway's own code asks, so that no client can make the table
 * grow. Thread-safe.
 */
final class KnownNames {
    private static final Map<String, HeaderName> NAMES = new ConcurrentHashMap<>();

    private KnownNames() {}

    static HeaderName of(String lowerCaseName) {
        // asked first: computing takes the lock of a bin even when the name is there
        HeaderName known = NAMES.get(lowerCaseName);
        return known == null ? NAMES.computeIfAbsent(lowerCaseName, HeaderNames::create) : known;
    }
}
