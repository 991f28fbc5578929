package io.llmgateway.settings;

import io.llmgateway.model.ProviderName;
import java.util.List;
import java.util.Optional;

/**
 * Everything that can be configured, complete and checked: names are unique and every reference leads somewhere.
 * Made by {@link SettingsLoader}. Immutable, thread-safe; {@link #toString()} shows no secret.
 *
 * @param server the data listener
 * @param admin the admin listener
 * @param keys client keys, at least one of them enabled
 * @param providers at least one
 * @param routing which model name leads where
 */
public record GatewaySettings(
        ServerSettings server,
        AdminSettings admin,
        List<KeySettings> keys,
        List<ProviderSettings> providers,
        RoutingSettings routing) {
    public GatewaySettings {
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
