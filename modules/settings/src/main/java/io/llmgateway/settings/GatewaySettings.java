package io.llmgateway.settings;

import io.llmgateway.model.ProviderName;
import java.util.List;
import java.util.Optional;

/**
 * Everything that can be configured, complete and checked: names are unique and every reference leads somewhere.
 * Made by the readers in {@code settings.read}. Immutable, thread-safe; {@link #toString()} shows no secret.
 *
 * @param server the data listener
 * @param admin the admin listener
 * @param auth how keys are checked
 * @param groups keys that share limits
 * @param limits for all requests of all keys together
 * @param usage what is kept of usage, and prices
 * @param logging what is logged, how and where
 * @param tracing where spans are sent
 * @param genAi which generation of names spans and metrics use
 * @param keys client keys, at least one of them enabled
 * @param providers at least one
 * @param routing which model name leads where
 * @param metrics what metrics show of keys and models
 * @param reload when the configuration is read again
 */
public record GatewaySettings(
        ServerSettings server,
        AdminSettings admin,
        AuthSettings auth,
        List<GroupSettings> groups,
        LimitSet limits,
        UsageSettings usage,
        LoggingSettings logging,
        TracingSettings tracing,
        GenAiConventions genAi,
        List<KeySettings> keys,
        List<ProviderSettings> providers,
        RoutingSettings routing,
        MetricsSettings metrics,
        ReloadSettings reload) {
    public GatewaySettings {
        groups = List.copyOf(groups);
        keys = List.copyOf(keys);
        providers = List.copyOf(providers);
    }

    /** The provider of that name. */
    public Optional<ProviderSettings> provider(ProviderName name) {
        for (ProviderSettings provider : providers) {
            if (provider.name().equals(name)) {
                return Optional.of(provider);
            }
        }
        return Optional.empty();
    }
}
