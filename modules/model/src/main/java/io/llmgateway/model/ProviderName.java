package io.llmgateway.model;

/**
 * The name of a configured provider. Immutable, thread-safe.
 *
 * @param value 1 to 128 printable characters without spaces
 */
public record ProviderName(String value) {
    public ProviderName {
        Names.check("ProviderName", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
