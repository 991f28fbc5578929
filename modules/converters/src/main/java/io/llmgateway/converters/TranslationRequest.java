package io.llmgateway.converters;

import io.llmgateway.model.ModelName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.RequestFacts;
import io.llmgateway.wire.WorkBudget;
import java.util.random.RandomGenerator;

/**
 * What a translator needs to know of a request and of where it goes.
 *
 * @param body the client's body; read only
 * @param length how many bytes of {@code body} count
 * @param facts what the walk over the body found
 * @param model the model name to send upstream
 * @param clientVersion the API version the client speaks; empty when its protocol has none or it sent none
 * @param upstreamVersion the API version the provider is configured with
 * @param provider the provider, for warnings and for state that belongs to one provider
 * @param strict true when what cannot be expressed is refused, false when it is weakened with a warning
 * @param counting true when only the tokens are to be counted
 * @param choices how many answers are asked for one by one of a provider that gives fewer at a time; 1 for none
 * @param tenant whose request it is; reasoning is remembered for him alone
 * @param epochSeconds when the answer begins
 * @param random where new ids come from
 * @param meter is charged for what the conversion holds: the request's tree, what is written, answers that are gathered
 * @param work how much may be worked on the request, and until when; fresh for each attempt
 */
@SuppressWarnings("ArrayRecordComponent") // the client's body is shared, never copied or compared
public record TranslationRequest(
        byte[] body,
        int length,
        RequestFacts facts,
        ModelName model,
        String clientVersion,
        String upstreamVersion,
        ProviderName provider,
        boolean strict,
        boolean counting,
        int choices,
        String tenant,
        long epochSeconds,
        RandomGenerator random,
        MemoryMeter meter,
        WorkBudget work) {
    /** A request whose memory nobody counts and that has all the time it needs: for probes and measurements. */
    public TranslationRequest(
            byte[] body,
            int length,
            RequestFacts facts,
            ModelName model,
            String clientVersion,
            String upstreamVersion,
            ProviderName provider,
            boolean strict,
            boolean counting,
            int choices,
            String tenant,
            long epochSeconds,
            RandomGenerator random) {
        this(
                body,
                length,
                facts,
                model,
                clientVersion,
                upstreamVersion,
                provider,
                strict,
                counting,
                choices,
                tenant,
                epochSeconds,
                random,
                MemoryMeter.NONE,
                WorkBudget.withoutDeadline());
    }
}
