package io.llmgateway.explain;

import io.llmgateway.balancing.Rank;
import io.llmgateway.explain.ConversionProbes.Outcome;
import io.llmgateway.limits.LimitStatus;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.Protocol;
import io.llmgateway.routing.Target;
import io.llmgateway.settings.PriceList.Price;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.settings.UpstreamTimeouts;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What would become of a request, without sending it. Immutable.
 *
 * @param model asked for
 * @param key name of the key; empty for one that may use everything and is not limited
 * @param protocol of the client
 * @param refusal why it would be refused before anything is called; empty when it would not
 * @param match why it goes where it goes; empty when it is refused
 * @param targets in order
 * @param skipped fallbacks that the key may not use
 * @param fallbackOn errors of the request after which the fallbacks are tried all the same
 * @param limits that hold, as they stand
 */
public record Explanation(
        String model,
        String key,
        Protocol protocol,
        String refusal,
        String match,
        List<Step> targets,
        List<String> skipped,
        List<ErrorKind> fallbackOn,
        List<LimitStatus> limits) {
    /** True when nothing stands in the way. */
    public boolean served() {
        return refusal.isEmpty();
    }

    /**
     * One target.
     *
     * @param target which model of which provider
     * @param share percent of the requests that try it first; of its tier when that is not the first
     * @param provider how it is configured
     * @param upstream the protocol it speaks
     * @param outcomes fields that are weakened or refused on the way
     * @param price of its tokens; empty when there is none
     * @param instances in order
     * @param timeouts that hold, by instance
     * @param mostAttempts at all targets together
     */
    record Step(
            Target target,
            int share,
            ProviderSettings provider,
            Protocol upstream,
            List<Outcome> outcomes,
            Optional<Price> price,
            List<Rank> instances,
            Map<InstanceName, UpstreamTimeouts> timeouts,
            int mostAttempts) {}
}
