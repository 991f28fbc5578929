package io.llmgateway.converters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.HeldMemory;
import io.llmgateway.wire.JsonTrees;
import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.WorkBudget;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer that comes although a stream was asked for, on the same protocol: it is held until its end and then
 * told as the stream that the provider would have sent, with all its fields. Its bytes and its tree are charged
 * meanwhile. Confined to one answer.
 */
public abstract class UnfoldedAnswer implements AnswerTranslator {
    private static final int MAX_BYTES = 64 * 1024 * 1024;
    private static final int FIRST_BYTES = 2 * 1024;

    private final RelayedAnswer relayed;
    private final HeldMemory held;
    private final OutBuffer whole;
    private boolean tooLarge;

    /**
     * An answer to hold.
     *
     * @param relayed says what it is
     * @param meter is charged for what is held
     */
    protected UnfoldedAnswer(RelayedAnswer relayed, MemoryMeter meter) {
        this.relayed = relayed;
        this.held = new HeldMemory(meter);
        this.whole = new OutBuffer(FIRST_BYTES, held);
    }

    /**
     * Writes the stream.
     *
     * @param answer the answer, which may be changed
     * @param bytes how long it was
     */
    protected abstract void tell(ObjectNode answer, int bytes, OutBuffer out);

    @Override
    public final void translate(byte[] bytes, int offset, int length, OutBuffer out) {
        tooLarge |= whole.length() + length > MAX_BYTES;
        if (!tooLarge) {
            relayed.translate(bytes, offset, length, whole);
        }
    }

    @Override
    public final Verdict finish(OutBuffer out) {
        if (tooLarge) {
            return Verdict.TOO_LARGE;
        }
        Verdict verdict = relayed.finish(whole);
        if (verdict != Verdict.COMPLETE) {
            return verdict;
        }
        try {
            JsonNode tree = JsonTrees.read(whole.array(), 0, whole.length(), held, WorkBudget.withoutDeadline());
            if (!(tree instanceof ObjectNode answer)) {
                return Verdict.MALFORMED;
            }
            tell(answer, whole.length(), out);
            return Verdict.COMPLETE;
        } catch (IOException e) {
            // the caller says which instance sent it
            return Verdict.MALFORMED;
        }
    }

    @Override
    public final void end() {
        whole.free();
        held.releaseAll();
    }

    @Override
    public final @Nullable Usage usage() {
        return relayed.usage();
    }

    @Override
    public final boolean usageComplete() {
        return relayed.usageComplete();
    }

    @Override
    public final byte[] errorBody() {
        return relayed.errorBody();
    }
}
