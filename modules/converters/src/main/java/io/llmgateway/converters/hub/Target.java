package io.llmgateway.converters.hub;

/**
 * Where a converted request goes. Immutable.
 *
 * @param model the model's name at the provider
 * @param version the API version the provider is configured with
 * @param owner whose reasoning may be remembered and recalled: tenant and provider
 * @param memory the reasoning of earlier calls
 * @param stream true when the answer shall be streamed
 */
public record Target(String model, String version, String owner, ReasoningMemory memory, boolean stream) {}
