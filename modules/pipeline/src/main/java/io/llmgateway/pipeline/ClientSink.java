package io.llmgateway.pipeline;

import io.llmgateway.converters.ClientError;
import io.llmgateway.converters.ClientProtocol;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.RateState;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of the chain: puts the header fields on every answer, in one place; settles the accounts before the
 * client can read the end of its answer, in one place; gives errors the shape of the client's protocol. Confined to one
 * request.
 */
final class ClientSink implements AnswerSink {
    private static final long MILLIS_PER_SECOND = 1_000;
    private static final long NANOS_PER_MICRO = 1_000;

    private final ClientAnswer answer;
    private final ClientProtocol client;
    private final RequestRecord record;
    private final Snapshot snapshot;
    private final Services services;
    private AnswerHead.@Nullable Body body;

    ClientSink(ClientAnswer answer, ClientProtocol client, RequestRecord record, Snapshot snapshot, Services services) {
        this.answer = answer;
        this.client = client;
        this.record = record;
        this.snapshot = snapshot;
        this.services = services;
    }

    @Override
    public void whole(AnswerHead head, byte[] bytes, int length) {
        settle(null);
        body = head.body();
        headers(head);
        answer.whole(head.status(), bytes, length);
    }

    @Override
    public void start(AnswerHead head) {
        if (body == null) {
            body = head.body();
            headers(head);
            answer.begin(head.status(), head.body().contentType());
        }
    }

    @Override
    public void write(byte[] bytes, int length) {
        if (length > 0) {
            answer.write(bytes, length);
        }
    }

    @Override
    public void end(byte[] bytes, int length) {
        settle(null);
        write(bytes, length);
        answer.end();
    }

    @Override
    public void fail(GatewayError error) {
        record.failed(error);
        settle(error.kind());
        if (error.kind() == ErrorKind.CLIENT_GONE) {
            answer.abort();
            return;
        }
        try {
            if (answer.committed()) {
                cut(error);
            } else {
                refuse(error);
            }
        } catch (GatewayException e) {
            // the client left before it could be told
            answer.abort();
        }
    }

    /**
     * The answer has begun: a stream gets an event that says why it ends, and then its proper end, since clients show a
     * connection that breaks instead of the event before it; a JSON document just breaks off.
     */
    private void cut(GatewayError error) {
        if (body == AnswerHead.Body.EVENT_STREAM) {
            byte[] event = client.errorEvent(error, record.id());
            answer.write(event, event.length);
            answer.end();
        } else {
            answer.abort();
        }
    }

    private void refuse(GatewayError error) {
        headers(AnswerHead.own(AnswerHead.Body.JSON));
        error.retryAfter().ifPresent(wait -> {
            long seconds = Math.max(1, (wait.toMillis() + MILLIS_PER_SECOND - 1) / MILLIS_PER_SECOND);
            answer.header("retry-after", Long.toString(seconds));
        });
        answer.header("x-should-retry", Boolean.toString(AttemptPolicy.worthRepeating(error)));
        ClientError told = client.error(error, record.id());
        answer.whole(told.status(), told.body(), told.body().length);
    }

    private void settle(@Nullable ErrorKind failure) {
        record.charge().close(failure, snapshot.prices());
    }

    private void headers(AnswerHead head) {
        answer.header(client.requestIdHeader(), record.id().value());
        if (head.from() != null) {
            for (String name : head.passed()) {
                String value = head.from().header(name);
                if (value != null) {
                    answer.header(name, value);
                }
            }
        }
        for (RateState state : record.charge().limits().states()) {
            client.limitHeaders(state, services.clock().instant(), answer::header);
        }
        if (!record.warnings().isEmpty()) {
            answer.header("x-gateway-warnings", String.join(", ", record.warnings()));
        }
        if (record.estimatedAnswer()) {
            answer.header("x-gateway-estimated", "true");
        }
        if (!snapshot.debugHeaders()) {
            return;
        }
        InstanceName instance = record.attempts().instance();
        if (instance != null) {
            answer.header("x-gateway-instance", instance.value());
            answer.header(
                    "x-gateway-attempts", Integer.toString(record.attempts().count()));
        }
        long overhead = record.stopwatch().overheadNanos(services.now());
        answer.header("x-gateway-overhead-us", Long.toString(overhead / NANOS_PER_MICRO));
    }
}
