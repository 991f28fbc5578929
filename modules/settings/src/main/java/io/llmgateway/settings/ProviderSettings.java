package io.llmgateway.settings;

import io.llmgateway.model.ModelName;
import io.llmgateway.model.ProviderName;
import java.util.List;
import java.util.Optional;

/**
 * A provider and its instances. Immutable, thread-safe.
 *
 * @param name unique
 * @param type which protocol it speaks
 * @param apiVersion one of {@link ProviderType#apiVersions()}
 * @param conversion what happens to fields it cannot express
 * @param choices how many choices of one request are asked for one by one, at the same time, when it gives fewer at a
 *     time; 1 to {@link #MOST_CHOICES}, 1 to ask for none
 * @param models advertised to clients and routed here by their exact names; empty = none are listed
 * @param discover whether it is asked for its models when a client wants to know them
 * @param pool connections kept to each instance
 * @param tls which certificates are trusted
 * @param proxy on the way to its instances; empty = none, whatever the environment says
 * @param selection how an instance is picked
 * @param retries how often a failed request is tried again
 * @param instances at least one
 */
public record ProviderSettings(
        ProviderName name,
        ProviderType type,
        String apiVersion,
        Conversion conversion,
        int choices,
        List<ModelName> models,
        boolean discover,
        PoolSettings pool,
        TlsTrust tls,
        Optional<ProxySettings> proxy,
        SelectionSettings selection,
        RetrySettings retries,
        List<InstanceSettings> instances) {
    /** How many choices are asked for one by one unless said otherwise. */
    public static final int DEFAULT_CHOICES = 4;

    /** How many choices may be asked for one by one at most. */
    public static final int MOST_CHOICES = 16;

    public ProviderSettings {
        models = List.copyOf(models);
        instances = List.copyOf(instances);
        if (!type.apiVersions().contains(apiVersion)) {
            throw new IllegalArgumentException("api-version must be one of " + type.apiVersions());
        }
        if (choices < 1 || choices > MOST_CHOICES) {
            throw new IllegalArgumentException("choices must be 1 to " + MOST_CHOICES);
        }
        if (instances.isEmpty()) {
            throw new IllegalArgumentException("a provider needs at least one instance");
        }
    }

    /** A provider that is not asked for its models and whose instances are picked as they are by default. */
    public ProviderSettings(
            ProviderName name,
            ProviderType type,
            String apiVersion,
            Conversion conversion,
            List<ModelName> models,
            PoolSettings pool,
            TlsTrust tls,
            List<InstanceSettings> instances) {
        this(
                name,
                type,
                apiVersion,
                conversion,
                DEFAULT_CHOICES,
                models,
                false,
                pool,
                tls,
                Optional.empty(),
                SelectionSettings.DEFAULT,
                RetrySettings.DEFAULT,
                instances);
    }
}
