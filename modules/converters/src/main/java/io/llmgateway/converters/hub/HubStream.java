package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.converters.UsageJson;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.HeldMemory;
import io.llmgateway.wire.JsonTrees;
import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.SseReader;
import io.llmgateway.wire.WorkBudget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One stream from a provider's protocol to a client's. Confined to one stream. */
final class HubStream implements StreamTranslator {
    private static final int LARGE = 64 * 1024;
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    private final EventReader reader;
    private final EventChain chain;
    private final MemoryMeter meter;
    private final WorkBudget work;
    private EventReader.Read last = EventReader.Read.PART;
    private boolean closed;
    private byte[] errorBody = new byte[0];
    private String problem = "";

    HubStream(EventReader reader, EventChain chain, MemoryMeter meter, WorkBudget work) {
        this.reader = reader;
        this.chain = chain;
        this.meter = meter;
        this.work = work;
    }

    @Override
    public Step translate(SseReader event, OutBuffer out) {
        if (closed) {
            return Step.CLOSING;
        }
        if (!event.hasData() || event.dataStart() == event.dataEnd()) {
            return Step.KEEP_ALIVE;
        }
        byte[] error = UsageJson.errorOf(event);
        if (error != null) {
            return failed(error);
        }
        chain.to(out);
        try {
            EventReader.Read read = read(event);
            if (read == EventReader.Read.ERROR) {
                return failed(reader.errorBody());
            }
            if (read == EventReader.Read.CLOSED) {
                closed = true;
                chain.end(reader.usageComplete());
                return Step.CONTENT;
            }
        } catch (MalformedAnswerException e) {
            return malformed(String.valueOf(e.getMessage()));
        } catch (GaveUpException e) {
            malformed(String.valueOf(e.getMessage()));
            return Step.GAVE_UP;
        } catch (IOException e) {
            // the parser's own words would only repeat the bytes
            return malformed("the stream holds an event that is not JSON");
        }
        if (chain.content()) {
            return Step.CONTENT;
        }
        return chain.begun() ? Step.OPENING : Step.KEEP_ALIVE;
    }

    private Step failed(byte[] body) {
        closed = true;
        errorBody = body;
        return Step.ERROR;
    }

    private Step malformed(String why) {
        closed = true;
        problem = why;
        return Step.MALFORMED;
    }

    private EventReader.Read read(SseReader event) throws IOException {
        byte[] data = event.dataBytes();
        int start = event.dataStart();
        int end = event.dataEnd();
        if (Arrays.equals(data, start, end, DONE, 0, DONE.length)) {
            return reader.done(chain);
        }
        if (end - start <= LARGE) {
            work.bytes(end - start);
            return documents(data, start, end - start);
        }
        HeldMemory tree = new HeldMemory(meter);
        try {
            return reader.read(JsonTrees.read(data, start, end - start, tree, work), chain);
        } finally {
            tree.releaseAll();
        }
    }

    /** Nearly always one; some servers put several into one event. */
    private EventReader.Read documents(byte[] data, int start, int length) throws IOException {
        last = EventReader.Read.PART;
        boolean all = JsonTrees.each(data, start, length, this::isPart);
        if (!all) {
            chain.dropped("event");
        }
        return last;
    }

    private boolean isPart(JsonNode json) {
        last = reader.read(json, chain);
        return last == EventReader.Read.PART;
    }

    @Override
    public boolean finish(OutBuffer out) {
        if (!closed) {
            chain.to(out);
            if (!reader.end(chain)) {
                return false;
            }
            closed = true;
            chain.end(reader.usageComplete());
        }
        return true;
    }

    @Override
    public boolean ended() {
        return closed;
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
