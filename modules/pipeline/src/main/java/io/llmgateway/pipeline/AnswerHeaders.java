package io.llmgateway.pipeline;

import io.llmgateway.converters.ClientProtocol;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.RateState;

/** The headers in which an answer tells about its way. Stateless. */
final class AnswerHeaders {
    private AnswerHeaders() {}

    static void add(
            ClientAnswer answer, RequestRecord record, Snapshot snapshot, ClientProtocol client, Services services) {
        for (RateState state : record.limits().states()) {
            client.limitHeaders(state, services.clock().instant(), answer::header);
        }
        if (!record.warnings().isEmpty()) {
            answer.header("x-gateway-warnings", String.join(", ", record.warnings()));
        }
        if (!snapshot.revealHeaders()) {
            return;
        }
        InstanceName instance = record.instance();
        if (instance != null) {
            answer.header("x-gateway-instance", instance.value());
            answer.header("x-gateway-attempts", Integer.toString(record.attempts()));
        }
        answer.header("x-gateway-overhead-us", Long.toString(record.overheadNanos(services.now()) / 1_000));
    }
}
