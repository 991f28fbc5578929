package io.llmgateway.settings.read;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * Words for settings that are not ours: those of versions before the first release, and those of other gateways. They
 * are never understood, only answered with the right word. Stateless, thread-safe.
 */
final class OtherWords {
    private static final Map<String, String> OURS = Map.ofEntries(
            Map.entry("accounting", "usage"),
            Map.entry("breaker", "circuit-breaker"),
            Map.entry("circuit_breaker", "circuit-breaker"),
            Map.entry("outlier-detection", "circuit-breaker"),
            Map.entry("probe", "health-check"),
            Map.entry("health-checks", "health-check"),
            Map.entry("drain", "shutdown"),
            Map.entry("deadline", "grace-period"),
            Map.entry("accept-for", "accept-period"),
            Map.entry("write-stall-timeout", "write-timeout"),
            Map.entry("allow-plain-remote", "allow-insecure-http"),
            Map.entry("reveal-headers", "debug-headers"),
            Map.entry("bad-keys-per-minute", "failed-auth-per-minute"),
            Map.entry("statuses", "status-overrides"),
            Map.entry("means", "treat-as"),
            Map.entry("percent", "budget-percent"),
            Map.entry("at-least", "budget-minimum"),
            Map.entry("clients", "client-auth"),
            Map.entry("client-authorities", "client-ca-certificates"),
            Map.entry("client-ca", "client-ca-certificates"),
            Map.entry("trust", "ca-certificates"),
            Map.entry("ca", "ca-certificates"),
            Map.entry("insecure", "insecure-skip-verify"),
            Map.entry("every", "rotate-every"),
            Map.entry("keep-for", "max-age"),
            Map.entry("keep-files", "max-files"),
            Map.entry("follow-parent", "parent-based"),
            Map.entry("idle-expiry", "idle-timeout"),
            Map.entry("when-all-out", "when-all-unhealthy"),
            Map.entry("open-for", "open-duration"),
            Map.entry("max-open-for", "max-open-duration"),
            Map.entry("credential-bench", "auth-failure-cooldown"),
            Map.entry("stay-in-lower-tier", "failback"),
            Map.entry("fall-back-on", "fallback-on"),
            Map.entry("rpm", "requests-per-minute"),
            Map.entry("tpm", "tokens-per-minute"),
            Map.entry("max_parallel_requests", "concurrent"),
            Map.entry("max_budget", "budget"),
            Map.entry("api_base", "base-url"),
            Map.entry("api-base", "base-url"),
            Map.entry("model_list", "providers"),
            Map.entry("router_settings", "routing"),
            Map.entry("teams", "groups"),
            Map.entry("team", "group"));

    private OtherWords() {}

    /** Our word for it, when it is one of those that can stand there. */
    static Optional<String> ours(String written, Collection<String> candidates) {
        return Optional.ofNullable(OURS.get(written)).filter(candidates::contains);
    }
}
