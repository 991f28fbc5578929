package io.llmgateway.benchmarks;

import io.llmgateway.converters.AnswerTranslator;
import io.llmgateway.converters.Protocols;
import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.converters.Translation;
import io.llmgateway.converters.TranslationRequest;
import io.llmgateway.converters.Translator;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderName;
import io.llmgateway.wire.MalformedJsonException;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.RequestFacts;
import io.llmgateway.wire.RequestWalker;
import io.llmgateway.wire.SseReader;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a conversion costs for each pair of protocols: the request, a whole answer, one event of a stream. The pairs
 * with the same protocol on both sides are the relay to compare with. Run with {@code ./dev bench jmh ConversionBench};
 * read ns/op against the relay of the same size and B/op per event. Confined to a JMH thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ConversionBench {
    /** Client and provider. */
    @Param({
        "OPENAI_CHAT-OPENAI_CHAT",
        "OPENAI_CHAT-ANTHROPIC_MESSAGES",
        "OPENAI_CHAT-GEMINI",
        "ANTHROPIC_MESSAGES-ANTHROPIC_MESSAGES",
        "ANTHROPIC_MESSAGES-OPENAI_CHAT",
        "ANTHROPIC_MESSAGES-GEMINI"
    })
    public String pair = "OPENAI_CHAT-GEMINI";

    /** Size of the request and of the answer in bytes. */
    @Param({"1024", "10240", "102400"})
    public int size;

    private Protocols protocols = Protocols.load(System::nanoTime);
    private TranslationRequest request = request("{\"model\":\"m\",\"messages\":[]}");
    private Translator translator =
            protocols.between(Protocol.OPENAI_CHAT, Protocol.GEMINI).orElseThrow();
    private byte[] answer = new byte[0];
    private byte[] event = new byte[0];
    private SseReader reader = new SseReader(1 << 20);
    private StreamTranslator stream = NONE;
    private OutBuffer out = new OutBuffer(4096);

    private static final StreamTranslator NONE = Protocols.load(System::nanoTime)
            .between(Protocol.OPENAI_CHAT, Protocol.OPENAI_CHAT)
            .orElseThrow()
            .begin(request("{\"model\":\"m\",\"messages\":[]}"))
            .stream();

    /** Makes a request, an answer and an event of the pair's protocols. */
    @Setup
    public void make() {
        Protocol client = Protocol.valueOf(pair.substring(0, pair.indexOf('-')));
        Protocol upstream = Protocol.valueOf(pair.substring(pair.indexOf('-') + 1));
        translator = protocols.between(client, upstream).orElseThrow();
        request = request(body());
        String text = "word ".repeat(Math.max(1, (size - 400) / 5));
        answer = Answers.whole(upstream, text).getBytes(StandardCharsets.UTF_8);
        event = Answers.event(upstream).getBytes(StandardCharsets.UTF_8);
        reader = new SseReader(1 << 20);
        stream = translator.begin(request).stream();
        byte[] first = Answers.first(upstream).getBytes(StandardCharsets.UTF_8);
        feed(first);
    }

    private String body() {
        StringBuilder text = new StringBuilder("{\"model\":\"m\",\"max_tokens\":100,\"stream\":true,\"messages\":[");
        int turn = 0;
        while (text.length() < size - 120) {
            String role = turn++ % 2 == 0 ? "user" : "assistant";
            text.append("{\"role\":\"").append(role).append("\",\"content\":\"");
            text.append("word ".repeat(16)).append("\"},");
        }
        return text.append("{\"role\":\"user\",\"content\":\"end\"}]}").toString();
    }

    private static TranslationRequest request(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        RequestFacts facts;
        try {
            facts = RequestWalker.walk(bytes, bytes.length);
        } catch (MalformedJsonException e) {
            throw new IllegalStateException(e);
        }
        return new TranslationRequest(
                bytes,
                bytes.length,
                facts,
                ModelName.parse("some-model").orElseThrow(),
                "",
                "2023-06-01",
                new ProviderName("p"),
                false,
                false,
                1,
                "tenant",
                1,
                new Random(1));
    }

    private void feed(byte[] bytes) {
        try {
            reader.feed(bytes, 0, bytes.length);
        } catch (SseReader.EventTooLargeException e) {
            throw new IllegalStateException(e);
        }
        while (reader.next()) {
            stream.translate(reader, out);
        }
    }

    /** The request. */
    @Benchmark
    public Translation request() {
        Translation translation = translator.begin(request);
        translation.body();
        return translation;
    }

    /** A whole answer. */
    @Benchmark
    public AnswerTranslator.Verdict answer() {
        out.clear();
        AnswerTranslator whole = translator.begin(request).answer();
        whole.translate(answer, 0, answer.length, out);
        return whole.finish(out);
    }

    /** One event of a stream; independent of the size. */
    @Benchmark
    public int event() {
        out.clear();
        feed(event);
        return out.length();
    }
}
