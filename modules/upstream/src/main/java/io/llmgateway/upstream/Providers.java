package io.llmgateway.upstream;

import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;

/** Every type of provider on the module path. Immutable, thread-safe. */
public final class Providers {
    private final Map<String, Provider> byType = new HashMap<>();

    private Providers() {
        ServiceLoader.load(Provider.class).forEach(provider -> byType.put(provider.type(), provider));
    }

    /** Finds all types. */
    public static Providers load() {
        return new Providers();
    }

    /**
     * The type with this name.
     *
     * @throws IllegalArgumentException when there is none; the configuration was checked against the same names
     */
    public Provider type(String name) {
        Provider provider = byType.get(name);
        if (provider == null) {
            throw new IllegalArgumentException("no provider type '" + name + "', known are " + byType.keySet());
        }
        return provider;
    }
}
