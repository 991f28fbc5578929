package io.llmgateway.pipeline;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.upstream.ErrorClassifier;
import io.llmgateway.upstream.Exchange;
import org.jspecify.annotations.Nullable;

/** Names what is wrong with one instance's answer. Confined to one attempt. */
final class AnswerFaults {
    /** The status of an answer that holds an error although it says success. */
    static final int OK = 200;

    private final ErrorClassifier classifier;
    private final InstanceSettings instance;
    private final Exchange exchange;

    AnswerFaults(ErrorClassifier classifier, InstanceSettings instance, Exchange exchange) {
        this.classifier = classifier;
        this.instance = instance;
        this.exchange = exchange;
    }

    /** What an error that the instance has sent means. */
    GatewayError classify(int status, byte[] body) {
        UpstreamFault.Answered answered = classifier.classify(instance.name(), status, exchange::header, body);
        @Nullable ErrorKind configured = instance.statuses().get(status);
        return configured == null ? answered : answered.as(configured);
    }

    /** A failure of the exchange. */
    GatewayException failed(ErrorKind kind, String message) {
        return new GatewayException(new UpstreamFault.ExchangeFailed(kind, instance.name(), message));
    }
}
