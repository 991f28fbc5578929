package io.llmgateway.settings;

import io.llmgateway.model.Secret;

/**
 * An HTTP proxy between the gateway and a provider's instances. Immutable, thread-safe.
 *
 * @param url where it is; http only, without a path
 * @param authorization the value of the header Proxy-Authorization; the empty secret for none
 */
public record ProxySettings(BaseUrl url, Secret authorization) {}
