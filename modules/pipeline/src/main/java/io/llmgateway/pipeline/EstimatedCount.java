package io.llmgateway.pipeline;

/** A number of tokens that the gateway estimates itself, for providers that cannot count. Confined to one request. */
final class EstimatedCount implements Opened {
    private final byte[] body;
    private final RequestRecord record;

    EstimatedCount(byte[] body, RequestContext context) {
        this.body = body;
        this.record = context.record();
    }

    @Override
    public AnswerHead head() {
        return AnswerHead.own(AnswerHead.Body.JSON);
    }

    @Override
    public void won() {
        record.answerIsEstimated();
    }

    @Override
    public void relayTo(AnswerSink sink) {
        sink.whole(head(), body, body.length);
    }

    @Override
    public void close() {
        // holds nothing
    }
}
