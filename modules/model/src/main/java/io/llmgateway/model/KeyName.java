package io.llmgateway.model;

import org.jspecify.annotations.Nullable;

/**
 * The name of a gateway key, as configured; never the key itself. Immutable, thread-safe.
 *
 * @param value 1 to 128 printable characters without spaces
 */
public record KeyName(String value) {
    public KeyName {
        Names.check("KeyName", value);
    }

    // written out, like hashCode: those that records get by themselves cost 20 ms of a start (ADR 0011)
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeyName name && value.equals(name.value);
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
