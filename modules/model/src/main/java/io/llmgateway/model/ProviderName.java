package io.llmgateway.model;

import org.jspecify.annotations.Nullable;

/**
 * The name of a configured provider. Immutable, thread-safe.
 *
 * @param value 1 to 128 printable characters without spaces
 */
public record ProviderName(String value) {
    public ProviderName {
        Names.check("ProviderName", value);
    }

    // written out, like hashCode: those that records get by themselves cost 20 ms of a start (ADR 0011)
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ProviderName name && value.equals(name.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
