package io.llmgateway.balancing;

import io.llmgateway.model.Secret;
import io.llmgateway.settings.BaseUrl;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.InstanceSettings.StaticHeader;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.settings.ProxySettings;
import io.llmgateway.settings.TlsTrust;
import java.util.List;
import java.util.Optional;

/**
 * How an instance is reached and with which credential. What was learned about an instance that was reached otherwise
 * says nothing: a corrected key must not wait until the time for the wrong one is over. Immutable.
 */
record Access(BaseUrl baseUrl, Secret apiKey, List<StaticHeader> headers, TlsTrust tls, Optional<ProxySettings> proxy) {
    static Access of(ProviderSettings provider, InstanceSettings instance) {
        return new Access(instance.baseUrl(), instance.apiKey(), instance.headers(), provider.tls(), provider.proxy());
    }
}
