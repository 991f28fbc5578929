package io.llmgateway.model;

/**
 * The name of a gateway key, as configured; never the key itself. Immutable, thread-safe.
 *
 * @param value 1 to 128 printable characters without spaces
 */
public record KeyName(String value) {
    public KeyName {
        Names.check("KeyName", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
