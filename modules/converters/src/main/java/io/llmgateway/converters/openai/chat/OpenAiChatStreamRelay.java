package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.DeltaScan;
import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.converters.Unanswered;
import io.llmgateway.converters.UsageJson;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonTrees;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.SseReader;
import io.llmgateway.wire.TopLevelFields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Relays the chunks of one chat stream byte for byte. When the gateway asked for usage on its own account, the usage
 * chunk is kept from the client, except for what else it holds, and {@code "usage":null} is cut out of the others.
 * Confined to one stream.
 */
final class OpenAiChatStreamRelay implements StreamTranslator {
    private static final int CHOICES = 0;
    private static final int USAGE = 1;
    private static final int ERROR = 2;
    private static final int GROQ = 3;
    private static final byte[] DONE = ascii("[DONE]");
    private static final byte[] DONE_EVENT = ascii("data: [DONE]\n\n");

    private final @Nullable OpenAiHiddenUsage hidden;
    private final TopLevelFields fields = new TopLevelFields("choices", "usage", "error", "x_groq");
    private @Nullable Usage usage;
    private boolean sure;
    private long broken;
    private boolean contentSeen;
    private boolean spoke;
    private boolean finishSeen;
    private boolean doneSeen;
    private byte[] errorBody = new byte[0];

    OpenAiChatStreamRelay(boolean hideUsage) {
        this.hidden = hideUsage ? new OpenAiHiddenUsage() : null;
    }

    @Override
    public Step translate(SseReader event, OutBuffer out) {
        if (doneSeen) {
            return Step.CLOSING;
        }
        if (!event.hasData()) {
            copy(event, out);
            return Step.KEEP_ALIVE;
        }
        byte[] json = event.dataBytes();
        int start = event.dataStart();
        int end = event.dataEnd();
        byte[] error = UsageJson.errorOf(event);
        if (error != null) {
            return failed(error, out);
        }
        if (Arrays.equals(json, start, end, DONE, 0, DONE.length)) {
            doneSeen = true;
            flush(out);
            copy(event, out);
            return finishSeen || contentSeen ? Step.CONTENT : Step.CLOSING;
        }
        if (!fields.scan(json, start, end)) {
            if (!event.bare()) {
                broken += start < end ? 1 : 0;
                copy(event, out);
            }
            return Step.KEEP_ALIVE;
        }
        broken += fields.closed() ? 0 : 1;
        if (fields.start(ERROR) >= 0 && !fields.beginsWith(json, ERROR, 'n')) {
            return failed(Arrays.copyOfRange(json, start, end), out);
        }
        if (isNoChunk(json) && Unanswered.isError(json, start, end)) {
            return failed(Arrays.copyOfRange(json, start, end), out);
        }
        if (event.bare()) {
            // no event: a whole answer instead of a stream, which no client of a stream can read
            return Step.KEEP_ALIVE;
        }
        return chunk(event, json, out);
    }

    /** True for what has no list of choices, and for an empty one that no usage explains. */
    private boolean isNoChunk(byte[] json) {
        boolean list = fields.beginsWith(json, CHOICES, '[');
        return !list || (!fields.beginsWith(json, USAGE, '{') && emptyArray(json));
    }

    private Step failed(byte[] error, OutBuffer out) {
        flush(out);
        errorBody = error;
        return Step.ERROR;
    }

    private void counted(OpenAiUsage.@Nullable Counted seen) {
        if (seen != null) {
            usage = seen.usage();
            sure = seen.sure();
        }
    }

    private Step chunk(SseReader event, byte[] json, OutBuffer out) {
        boolean hasUsage = fields.beginsWith(json, USAGE, '{');
        if (hasUsage) {
            counted(OpenAiUsage.decode(json, fields.start(USAGE), fields.end(USAGE)));
        } else if (fields.beginsWith(json, GROQ, '{')) {
            counted(OpenAiUsage.groq(json, fields.start(GROQ), fields.end(GROQ)));
        }
        boolean hasChoices = fields.beginsWith(json, CHOICES, '[') && !emptyArray(json);
        if (hidden != null && hasUsage && (!hasChoices || isEmptyAfterFinish(json))) {
            hidden.flushWith(json, event.dataStart(), event.dataEnd(), out);
            return Step.CLOSING;
        }
        flush(out);
        if (!hasChoices) {
            copy(event, out);
            return hasUsage ? Step.CLOSING : Step.OPENING;
        }
        int from = fields.start(CHOICES);
        int to = fields.end(CHOICES);
        boolean finish = DeltaScan.finishes(json, from, to);
        if (finish && DeltaScan.failed(json, from, to)) {
            if (contentSeen) {
                copy(event, out);
            }
            return failed(Arrays.copyOfRange(json, event.dataStart(), event.dataEnd()), out);
        }
        if (finish && !hasUsage) {
            counted(OpenAiUsage.ofChoices(json, from, to));
        }
        Step step = step(json, finish);
        finishSeen |= finish;
        contentSeen |= step == Step.CONTENT;
        OutBuffer target = hidden != null && finish && !hasUsage ? hidden.held() : out;
        if (hidden != null && fields.start(USAGE) >= 0) {
            copyWithoutUsage(event, target);
        } else {
            copy(event, target);
        }
        return step;
    }

    /** What a chunk with choices is; one that says nothing is no opening any more once others have spoken. */
    private Step step(byte[] json, boolean finish) {
        if (finish) {
            spoke = spoke || hasContent(json);
            return Step.CONTENT;
        }
        if (contentSeen && DeltaScan.saysNothing(json, fields.start(CHOICES), fields.end(CHOICES))) {
            return Step.KEEP_ALIVE;
        }
        spoke = spoke || hasContent(json);
        return contentSeen || spoke ? Step.CONTENT : Step.OPENING;
    }

    private boolean isEmptyAfterFinish(byte[] json) {
        return finishSeen && OpenAiHiddenUsage.saysNothing(json, fields.start(CHOICES), fields.end(CHOICES));
    }

    /** What waits for the usage chunk has waited long enough. */
    private void flush(OutBuffer out) {
        if (hidden != null) {
            hidden.flush(out);
        }
    }

    @Override
    public boolean finish(OutBuffer out) {
        flush(out);
        if (!doneSeen && finishSeen) {
            doneSeen = true;
            out.write(DONE_EVENT);
        }
        return doneSeen && (finishSeen || contentSeen);
    }

    @Override
    public boolean ended() {
        return doneSeen;
    }

    @Override
    public @Nullable Usage usage() {
        return usage;
    }

    @Override
    public boolean usageComplete() {
        Usage known = usage;
        return known != null && sure && UsageJson.isCredible(known, spoke);
    }

    @Override
    public long brokenEvents() {
        return broken;
    }

    @Override
    public byte[] errorBody() {
        return errorBody;
    }

    private static void copy(SseReader event, OutBuffer out) {
        out.write(event.bytes(), event.rawStart(), event.rawEnd() - event.rawStart());
    }

    /** Cuts the usage member out; its comma is the one in front, or the one behind when it is the first member. */
    private void copyWithoutUsage(SseReader event, OutBuffer out) {
        byte[] json = event.dataBytes();
        if (!event.dataInPlace()) {
            copy(event, out);
            return;
        }
        int from = fields.memberStart(USAGE);
        int to = fields.end(USAGE);
        if (json[from] != ',') {
            while (to < event.dataEnd() && json[to] != ',' && json[to] != '}') {
                to++;
            }
            to += json[to] == ',' ? 1 : 0;
        }
        out.write(json, event.rawStart(), from - event.rawStart());
        out.write(json, to, event.rawEnd() - to);
    }

    private boolean emptyArray(byte[] json) {
        for (int i = fields.start(CHOICES) + 1; i < fields.end(CHOICES); i++) {
            if (json[i] > ' ') {
                return json[i] == ']';
            }
        }
        return true;
    }

    /** Looks into the first deltas only: once anything was said every chunk with choices counts as content. */
    private boolean hasContent(byte[] json) {
        try {
            JsonNode choices = JsonTrees.read(json, fields.start(CHOICES), fields.end(CHOICES) - fields.start(CHOICES));
            for (JsonNode choice : choices) {
                for (var member : choice.path("delta").properties()) {
                    if (!"role".equals(member.getKey()) && !emptyValue(member.getValue())) {
                        return true;
                    }
                }
            }
            return false;
        } catch (IOException e) {
            // not readable here, perhaps readable for the client: relay it and commit
            return true;
        }
    }

    private static boolean emptyValue(JsonNode value) {
        return value.isNull()
                || (value.isTextual() && value.textValue().isEmpty())
                || (value.isArray() && value.isEmpty());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
