package io.llmgateway.pipeline;

import io.llmgateway.model.CallerFault;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderError;
import io.llmgateway.model.Refusal;
import io.llmgateway.model.Secret;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.settings.BaseUrl;
import io.llmgateway.settings.ErrorRule;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.upstream.AnsweredBy;
import io.llmgateway.upstream.ErrorClassifier;
import io.llmgateway.upstream.Exchange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Names what is wrong with one instance's answer. Confined to one attempt. */
final class AnswerFaults {
    /** The status of an answer that holds an error although it says success. */
    static final int OK = 200;

    private static final Duration LATER = Duration.ofMinutes(1);

    private final ErrorClassifier classifier;
    private final InstanceSettings instance;
    private final Protocol protocol;
    private final Exchange exchange;

    AnswerFaults(ErrorClassifier classifier, InstanceSettings instance, Protocol protocol, Exchange exchange) {
        this.classifier = classifier;
        this.instance = instance;
        this.protocol = protocol;
        this.exchange = exchange;
    }

    /** What an error that the instance has sent means. */
    GatewayError classify(int status, byte[] body) {
        UpstreamFault.Answered answered = classifier.classify(origin(), status, exchange::header, body);
        for (ErrorRule rule : instance.errors()) {
            if (rule.matches(status, answered.providerMessage())) {
                return answered.as(rule.treatAs());
            }
        }
        @Nullable ErrorKind configured = instance.statusOverrides().get(status);
        return configured == null ? answered : answered.as(configured);
    }

    private AnsweredBy origin() {
        List<Secret> secrets = new ArrayList<>();
        secrets.add(instance.apiKey());
        instance.headers().forEach(header -> secrets.add(header.value()));
        BaseUrl url = instance.baseUrl();
        return new AnsweredBy(instance.name(), protocol, url.host(), url.port(), secrets);
    }

    /** What went wrong while an answer was read: one that needs too much memory is the provider's, not the client's. */
    GatewayException inAnswer(GatewayException e) {
        return e.error() instanceof CallerFault.TooMuchMemory tooMuch
                ? tooLarge("needs more memory than one may use (" + tooMuch.limitBytes()
                        + " bytes, three quarters of server.memory.budget)")
                : e;
    }

    /** The answer is good and too large to be converted: nobody is to blame, and it would come so again. */
    GatewayException tooLarge(String why) {
        return new GatewayException(
                new Refusal.Overloaded("the provider's response " + why + "; ask for a stream, or for less", LATER));
    }

    /** The model wrote what cannot be read: nobody's fault, and another try may go well. */
    GatewayException model(String why) {
        return new GatewayException(new UpstreamFault.Answered(
                ErrorKind.UPSTREAM_MODEL,
                instance.name(),
                OK,
                why,
                Optional.empty(),
                ProviderError.none(protocol),
                Optional.empty()));
    }

    /** A failure of the exchange. */
    GatewayException failed(ErrorKind kind, String message) {
        return new GatewayException(new UpstreamFault.ExchangeFailed(kind, instance.name(), message));
    }
}
