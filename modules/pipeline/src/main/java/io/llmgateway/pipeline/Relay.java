package io.llmgateway.pipeline;

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

    private final Exchange exchange;
    private final AnswerCodec codec;
    private final AnswerHead head;
    private final Charge charge;
    private final Runnable whenWon;
    private final Pace pace;
    private final OutBuffer pending;
    private boolean complete;
    private long sentBytes;

    /**
     * How an answer may take its time.
     *
     * @param idleNanos the longest silence between two pieces of content
     * @param holdBackBytes how much is held back before the first content
     * @param nanoTime monotonic time in nanoseconds
     */
    record Pace(long idleNanos, int holdBackBytes, LongSupplier nanoTime) {}

    Relay(
            Exchange exchange,
            AnswerCodec codec,
            AnswerHead head,
            Charge charge,
            Pace pace,
            OutBuffer pending,
            Runnable whenWon) {
        this.exchange = exchange;
        this.codec = codec;
        this.head = head;
        this.charge = charge;
        this.pace = pace;
        this.pending = pending;
        this.whenWon = whenWon;
    }

    /** Reads until the first content is in hand, the answer is complete, or too much would have to be held back. */
    Relay open() {
        try {
            int pieces = 0;
            while (pieces == 0 && !complete && pending.length() <= pace.holdBackBytes()) {
                pieces = next();
            }
            return this;
        } finally {
            charge.used(codec.usage(), codec.usageComplete());
        }
    }

    /** Takes the provider's next bytes; gives how many pieces of content they held. */
    private int next() {
        int pieces = codec.read(exchange, pending);
        if (pieces < 0) {
            codec.finish(pending);
            complete = true;
            return 0;
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
        whenWon.run();
    }

    @Override
    public void relayTo(AnswerSink sink) {
        try {
            if (complete && codec.body() == AnswerHead.Body.JSON) {
                account();
                exchange.disarm();
                sink.whole(head, pending.array(), pending.length());
                return;
            }
            sink.start(head);
            if (!complete) {
                copy(sink);
            }
            account();
            exchange.disarm();
            sink.end(pending.array(), pending.length());
            exchange.drained(LINGER_NANOS);
        } finally {
            // after the end it changes nothing; when the answer was cut, it says what was used until then
            charge.used(codec.usage(), codec.usageComplete());
        }
    }

    private void copy(AnswerSink sink) {
        long deadline = pace.nanoTime().getAsLong() + pace.idleNanos();
        exchange.disarm();
        send(sink);
        deadline = Math.max(deadline, pace.nanoTime().getAsLong() + pace.idleNanos());
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
            long before = pace.nanoTime().getAsLong();
            send(sink);
            long after = pace.nanoTime().getAsLong();
            boolean progress = pieces > 0 || codec.body() == AnswerHead.Body.JSON;
            deadline = progress ? after + pace.idleNanos() : deadline + (after - before);
        }
    }

    private void send(AnswerSink sink) {
        if (pending.length() > 0) {
            sentBytes += pending.length();
            sink.write(pending.array(), pending.length());
            pending.clear();
        }
    }

    /** All is known: says it before the client can read the end. */
    private void account() {
        if (codec.body() == AnswerHead.Body.JSON && !codec.usageComplete()) {
            // as for requests: a token for four bytes
            charge.content((sentBytes + pending.length()) / BYTES_PER_TOKEN);
        }
        charge.used(codec.usage(), codec.usageComplete());
    }

    @Override
    public void close() {
        exchange.close();
        codec.free();
        pending.free();
    }
}
