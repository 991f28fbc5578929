package io.llmgateway.pipeline;

import io.llmgateway.model.InstanceName;

/** The headers in which an answer tells about its way. Stateless. */
final class AnswerHeaders {
    private AnswerHeaders() {}

    static void add(ClientAnswer answer, RequestRecord record, Snapshot snapshot, long now) {
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
        answer.header("x-gateway-overhead-us", Long.toString(record.overheadNanos(now) / 1_000));
    }
}
