package io.llmgateway.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a provider's own error says beside its message, free of credentials and internal addresses. Clients of the same
 * protocol get it as it came, the others its code and its field. Immutable, thread-safe.
 *
 * @param protocol what the provider speaks
 * @param type its class, as {@code invalid_request_error}; empty when it has none
 * @param code its code for machines, as {@code unsupported_parameter}; empty when it has none, or one that says no more
 *     than the status does
 * @param param the field at fault; empty when none is named
 * @param members the members of the error object with their values as JSON, in their order; empty when it was no JSON,
 *     or too much
 * @param beside the members that stood beside the error object, in the same way
 */
public record ProviderError(
        Protocol protocol,
        String type,
        String code,
        String param,
        Map<String, String> members,
        Map<String, String> beside) {
    public ProviderError {
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        beside = Collections.unmodifiableMap(new LinkedHashMap<>(beside));
    }

    /** An error that says nothing but its message. */
    public static ProviderError none(Protocol protocol) {
        return new ProviderError(protocol, "", "", "", Map.of(), Map.of());
    }
}
