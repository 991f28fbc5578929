package io.llmgateway.model;

/**
 * The name of one configured instance of a provider, unique in the whole configuration. Immutable, thread-safe.
 *
 * @param value 1 to 128 printable characters without spaces
 */
public record InstanceName(String value) {
    public InstanceName {
        Names.check("InstanceName", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
