package io.llmgateway.pipeline;

import io.llmgateway.converters.TranslatedAnswer;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.wire.OutBuffer;
import java.util.function.LongSupplier;

/**
 * One provider's answer on its way to the client, streamed or whole. Until the first content everything is held back,
 * so that an instance that fails before it can be replaced by another; from then on every readable batch leaves in one
 * write. The deadline between two pieces of content runs while the provider is waited for, never while the client is.
 * Confined to one attempt.
 */
final class Relay implements Opened {
    /** How long the provider may take to end its body once its answer has ended, in nanoseconds. */
    static final long LINGER_NANOS = 100_000_000L;

    private static final int BYTES_PER_TOKEN = 4;

    private final InstanceSource source;
    private final Exchange exchange;
    private AnswerCodec codec;
    private final AnswerHead head;
    private final Charge charge;
    private final LongSupplier nanoTime;
    private final OutBuffer pending;
    private boolean complete;
    private boolean accounted;

    Relay(InstanceSource source, Exchange exchange, AnswerCodec codec, AnswerHead head, OutBuffer pending) {
        this.source = source;
        this.exchange = exchange;
        this.codec = codec;
        this.head = head;
        this.charge = source.charge();
        this.nanoTime = source.services().nanoTime();
        this.pending = pending;
    }

    /** Reads until the first content is in hand, the answer is complete, or too much would have to be held back. */
    Relay open() {
        int holdBack = source.services().limits().holdBackBytes();
        boolean opened = false;
        try {
            int pieces = 0;
            while (pieces == 0 && !complete && pending.length() <= holdBack) {
                pieces = next();
            }
            opened = true;
            return this;
        } finally {
            if (!opened) {
                used();
            }
        }
    }

    /** What the provider has reported until now; reading it costs, so it is read once. */
    private void used() {
        accounted = true;
        source.broken(codec.answer().brokenEvents());
        TranslatedAnswer answer = codec.answer();
        charge.used(answer.usage(), answer.usageComplete(), answer.told(), answer.estimatedInput());
    }

    /** Takes the provider's next bytes; gives how many pieces of content they held. */
    private int next() {
        int pieces = codec.read(exchange, pending);
        if (pieces < 0) {
            codec.finish(pending);
            complete = true;
            return 0;
        }
        AnswerCodec other = codec.instead();
        if (other != null) {
            codec.free();
            codec = other;
        }
        charge.content(pieces);
        complete = codec.ended();
        if (complete) {
            codec.finish(pending);
        }
        return pieces;
    }

    @Override
    public AnswerHead head() {
        return head;
    }

    @Override
    public void won() {
        // the first content is there, however long its way to the client takes
        exchange.disarm();
        source.lost(codec.answer().warnings());
        source.won();
    }

    @Override
    public void relayTo(AnswerSink sink) {
        try {
            boolean atOnce = complete && codec.body() == AnswerHead.Body.JSON;
            if (!atOnce) {
                sink.start(head);
            }
            if (!complete) {
                copy(sink);
            }
            account();
            exchange.disarm();
            if (atOnce) {
                sink.whole(head, pending.array(), pending.length());
            } else {
                sink.end(pending.array(), pending.length());
                exchange.drained(LINGER_NANOS);
            }
        } finally {
            if (!accounted) {
                used();
            }
        }
    }

    private void copy(AnswerSink sink) {
        long idle = source.idleNanos();
        exchange.disarm();
        send(sink);
        long deadline = nanoTime.getAsLong() + idle;
        while (true) {
            exchange.arm(ErrorKind.TIMEOUT_IDLE, deadline);
            int pieces;
            try {
                pieces = next();
            } catch (GatewayException e) {
                // what came before the fault is the client's
                exchange.disarm();
                send(sink);
                throw e;
            }
            if (complete) {
                return;
            }
            exchange.disarm();
            boolean progress = pieces > 0 || codec.body() == AnswerHead.Body.JSON;
            long left = progress ? idle : deadline - nanoTime.getAsLong();
            send(sink);
            deadline = nanoTime.getAsLong() + left;
        }
    }

    private void send(AnswerSink sink) {
        int length = pending.length();
        if (length > 0) {
            sink.write(pending.array(), length);
            pending.clear();
        }
    }

    /** All is known: says it before the client can read the end. */
    private void account() {
        used();
        source.lost(codec.answer().warnings());
        if (!charge.complete()) {
            // as for requests: a token for four bytes
            charge.content(codec.uncountedBytes() / BYTES_PER_TOKEN);
        }
    }

    @Override
    public void close() {
        if (!accounted) {
            // begun, and not sent all the same: one of several answers, of which another has failed
            used();
        }
        exchange.close();
        codec.free();
        pending.free();
    }
}
