package io.llmgateway.pipeline;

import io.llmgateway.model.GatewayError;
import java.util.Arrays;

/** Where one of several answers goes: to the request's own thread, which puts them together. Confined to one answer. */
final class ChoiceSink implements AnswerSink {
    private final Meeting meeting;
    private final int index;
    private final MemoryBudget.Share memory;
    private boolean introduced;

    /**
     * The way of one answer.
     *
     * @param index which one, from 0
     * @param memory what a whole answer is charged to, and given back by its owner when all are sent
     */
    ChoiceSink(Meeting meeting, int index, MemoryBudget.Share memory) {
        this.meeting = meeting;
        this.index = index;
        this.memory = memory;
    }

    @Override
    public void whole(AnswerHead head, byte[] bytes, int length) {
        // a copy, so that the exchange and its instance are free before the others have ended
        memory.charge(length);
        meeting.whole(index, Arrays.copyOf(bytes, length));
    }

    @Override
    public void start(AnswerHead head) {
        // one head for all of them was sent before
    }

    @Override
    public void write(byte[] bytes, int length) {
        if (length == 0) {
            return;
        }
        int first = introduced ? length : firstEvent(bytes, length);
        introduced = true;
        meeting.hand(index, bytes, first);
        if (first < length) {
            byte[] rest = Arrays.copyOfRange(bytes, first, length);
            meeting.hand(index, rest, rest.length);
        }
    }

    /** The length of what introduces the answer, its first event: it goes out before the content of any. */
    private static int firstEvent(byte[] bytes, int length) {
        for (int i = 1; i < length; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\n') {
                return i + 1;
            }
        }
        return length;
    }

    @Override
    public void end(byte[] bytes, int length) {
        write(bytes, length);
        meeting.ended(index);
    }

    @Override
    public void fail(GatewayError error) {
        throw new IllegalStateException("the request's own thread tells the client what went wrong");
    }
}
