package io.llmgateway.converters;

import io.llmgateway.model.ModelName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderName;
import io.llmgateway.wire.MalformedJsonException;
import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.RequestFacts;
import io.llmgateway.wire.RequestWalker;
import io.llmgateway.wire.Slice;
import io.llmgateway.wire.SseReader;
import io.llmgateway.wire.WorkBudget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Runs conversions as the pipeline does, with fixed time and chance. */
final class Converting {
    static final Protocol OPENAI = Protocol.OPENAI_CHAT;
    static final Protocol ANTHROPIC = Protocol.ANTHROPIC_MESSAGES;
    static final Protocol GEMINI = Protocol.GEMINI;

    private final Protocols protocols = Protocols.load(() -> 0);
    private final Protocol client;
    private final Protocol upstream;
    private String model;
    private String clientVersion = "";
    private String version;
    private boolean strict;
    private boolean counting;
    private int choices = 4;
    private MemoryMeter meter = MemoryMeter.NONE;
    private WorkBudget work = WorkBudget.withoutDeadline();

    private Converting(Protocol client, Protocol upstream) {
        this.client = client;
        this.upstream = upstream;
        this.model = switch (upstream) {
            case OPENAI_CHAT -> "gpt-4o";
            case ANTHROPIC_MESSAGES -> "claude-sonnet-4-5";
            case GEMINI -> "gemini-2.5-flash";
        };
        this.version = switch (upstream) {
            case OPENAI_CHAT -> "v1";
            case ANTHROPIC_MESSAGES -> "2023-06-01";
            case GEMINI -> "v1beta";
        };
    }

    static Converting between(Protocol client, Protocol upstream) {
        return new Converting(client, upstream);
    }

    Converting model(String name) {
        model = name;
        return this;
    }

    Converting version(String configured) {
        version = configured;
        return this;
    }

    Converting clientVersion(String sent) {
        clientVersion = sent;
        return this;
    }

    Converting strict(boolean on) {
        strict = on;
        return this;
    }

    Converting choices(int most) {
        choices = most;
        return this;
    }

    Converting counting() {
        counting = true;
        return this;
    }

    Converting meter(MemoryMeter counts) {
        meter = counts;
        return this;
    }

    Converting work(WorkBudget budget) {
        work = budget;
        return this;
    }

    Translation begin(String body) {
        return begin(body.getBytes(StandardCharsets.UTF_8));
    }

    Translation begin(byte[] bytes) {
        RequestFacts facts;
        try {
            facts = RequestWalker.walk(bytes, bytes.length);
        } catch (MalformedJsonException e) {
            throw new AssertionError(e);
        }
        return protocols
                .between(client, upstream)
                .orElseThrow()
                .begin(new TranslationRequest(
                        bytes,
                        bytes.length,
                        facts,
                        ModelName.parse(model).orElseThrow(),
                        clientVersion,
                        version,
                        new ProviderName("p"),
                        strict,
                        counting,
                        choices,
                        "tenant",
                        1,
                        new Random(7),
                        meter,
                        work));
    }

    String convert(String body) {
        return text(begin(body));
    }

    static String text(Translation translation) {
        StringBuilder all = new StringBuilder();
        for (Slice slice : translation.body()) {
            all.append(new String(slice.bytes(), slice.offset(), slice.length(), StandardCharsets.UTF_8));
        }
        return all.toString();
    }

    /** What became of a stream. */
    record Streamed(String out, List<StreamTranslator.Step> steps, boolean finished, StreamTranslator translator) {}

    /** The client's stream for a provider's, fed in pieces of so many bytes. */
    Streamed stream(String request, String upstreamStream, int pieceBytes) {
        return stream(begin(request).stream(), upstreamStream.getBytes(StandardCharsets.UTF_8), pieceBytes);
    }

    static Streamed stream(StreamTranslator translator, byte[] bytes, int... cuts) {
        SseReader reader = new SseReader(1 << 20);
        OutBuffer out = new OutBuffer(64);
        List<StreamTranslator.Step> steps = new ArrayList<>();
        int at = 0;
        int next = 0;
        try {
            while (at < bytes.length) {
                int size = Math.min(cuts[Math.min(next++, cuts.length - 1)], bytes.length - at);
                reader.feed(bytes, at, size);
                at += size;
                while (reader.next()) {
                    steps.add(translator.translate(reader, out));
                    if (failed(steps)) {
                        at = bytes.length;
                        break;
                    }
                }
            }
            if (!failed(steps) && reader.finish()) {
                steps.add(translator.translate(reader, out));
            }
        } catch (SseReader.EventTooLargeException e) {
            throw new AssertionError(e);
        }
        boolean finished = !failed(steps) && translator.finish(out);
        return new Streamed(
                new String(out.array(), 0, out.length(), StandardCharsets.UTF_8), steps, finished, translator);
    }

    private static boolean failed(List<StreamTranslator.Step> steps) {
        return !steps.isEmpty()
                && (steps.getLast() == StreamTranslator.Step.ERROR
                        || steps.getLast() == StreamTranslator.Step.GAVE_UP
                        || steps.getLast() == StreamTranslator.Step.MALFORMED);
    }

    /** The client's whole answer for a provider's. */
    String answer(String request, String upstreamAnswer) {
        OutBuffer out = new OutBuffer(64);
        AnswerTranslator translator = begin(request).answer();
        byte[] bytes = upstreamAnswer.getBytes(StandardCharsets.UTF_8);
        translator.translate(bytes, 0, bytes.length, out);
        AnswerTranslator.Verdict verdict = translator.finish(out);
        return verdict == AnswerTranslator.Verdict.COMPLETE
                ? new String(out.array(), 0, out.length(), StandardCharsets.UTF_8)
                : verdict + " " + translator.problem() + new String(translator.errorBody(), StandardCharsets.UTF_8);
    }
}
