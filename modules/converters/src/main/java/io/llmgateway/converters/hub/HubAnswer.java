package io.llmgateway.converters.hub;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.AnswerTranslator;
import io.llmgateway.converters.Unanswered;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.HeldMemory;
import io.llmgateway.wire.JsonTrees;
import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.WorkBudget;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One whole answer from a provider's protocol to a client's. It is held until its end, its bytes and then its tree are
 * charged meanwhile. Confined to one answer.
 */
final class HubAnswer implements AnswerTranslator {
    private static final int MAX_BYTES = 64 * 1024 * 1024;

    private final EventReader reader;
    private final EventChain chain;
    private final MemoryMeter meter;
    private final WorkBudget work;
    private final OutBuffer whole;
    private boolean tooLarge;
    private byte[] errorBody = new byte[0];
    private String problem = "";

    HubAnswer(EventReader reader, EventChain chain, MemoryMeter meter, WorkBudget work) {
        this.reader = reader;
        this.chain = chain;
        this.meter = meter;
        this.work = work;
        this.whole = new OutBuffer(2 * 1024, meter);
    }

    @Override
    public void translate(byte[] bytes, int offset, int length, OutBuffer out) {
        tooLarge |= whole.length() + length > MAX_BYTES;
        if (tooLarge) {
            whole.free();
        } else {
            whole.write(bytes, offset, length);
        }
    }

    @Override
    public Verdict finish(OutBuffer out) {
        if (tooLarge) {
            return Verdict.TOO_LARGE;
        }
        if (whole.length() == 0) {
            return Verdict.EMPTY;
        }
        HeldMemory tree = new HeldMemory(meter);
        try {
            return converted(tree, out);
        } finally {
            tree.releaseAll();
            whole.free();
        }
    }

    private Verdict converted(HeldMemory tree, OutBuffer out) {
        try {
            JsonNode json = JsonTrees.read(whole.array(), 0, whole.length(), tree, work);
            if (!json.isContainerNode()) {
                return Verdict.MALFORMED;
            }
            chain.to(out);
            EventReader.Read read = reader.read(json, chain);
            if (read == EventReader.Read.ERROR) {
                errorBody = reader.errorBody();
                return Verdict.ERROR;
            }
            if (read == EventReader.Read.PART && !reader.endOfWhole(chain)) {
                if (Unanswered.isError(json)) {
                    errorBody = Arrays.copyOf(whole.array(), whole.length());
                    return Verdict.ERROR;
                }
                return chain.begun() ? Verdict.EMPTY : Verdict.MALFORMED;
            }
            chain.end(reader.usageComplete());
            return Verdict.COMPLETE;
        } catch (GaveUpException e) {
            problem = String.valueOf(e.getMessage());
            return Verdict.GAVE_UP;
        } catch (StreamConstraintsException e) {
            // more tokens, longer texts or names, or deeper than any document may be
            return Verdict.TOO_LARGE;
        } catch (IOException | MalformedAnswerException e) {
            // the caller says which instance sent it; the text would only repeat its bytes
            return Verdict.MALFORMED;
        }
    }

    @Override
    public @Nullable Usage usage() {
        return chain.usage();
    }

    @Override
    public boolean usageComplete() {
        return chain.usageComplete(reader.usageComplete());
    }

    @Override
    public long estimatedInput() {
        return chain.estimatedInput();
    }

    @Override
    public @Nullable Usage told() {
        return chain.told();
    }

    @Override
    public List<String> warnings() {
        return chain.losses();
    }

    @Override
    public String problem() {
        return problem;
    }

    @Override
    public byte[] errorBody() {
        return errorBody;
    }
}
