package io.llmgateway.benchmarks;

import io.llmgateway.settings.KeyDigest;
import io.llmgateway.wire.MalformedJsonException;
import io.llmgateway.wire.RequestFacts;
import io.llmgateway.wire.RequestWalker;
import io.llmgateway.wire.Slice;
import io.llmgateway.wire.Splice;
import io.llmgateway.wire.SseReader;
import io.llmgateway.wire.TopLevelCapture;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
 * What every request costs on the byte path: the walk over its body, the look into a whole answer, the framing of one
 * event, the hash of its key. Run with {@code ./dev bench jmh WireBench}; read ns/op against the size, and B/op, which
 * must not grow with the body. Confined to a JMH thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WireBench {
    /** Size of the body in bytes. */
    @Param({"1024", "10240", "102400"})
    public int size;

    private static final byte[] NAME = "\"another-model\"".getBytes(StandardCharsets.UTF_8);

    private RequestFacts.Range model = new RequestFacts.Range(0, 0);
    private byte[] body = new byte[0];
    private byte[] event = new byte[0];
    private SseReader reader = new SseReader(1 << 20);

    /** Makes a body of about the wanted size. */
    @Setup
    public void make() {
        StringBuilder text = new StringBuilder("{\"model\":\"gpt-5-mini\",\"stream\":true,\"messages\":[");
        while (text.length() < size - 120) {
            text.append("{\"role\":\"user\",\"content\":\"")
                    .append("word ".repeat(16))
                    .append("\"},");
        }
        text.append("{\"role\":\"user\",\"content\":\"end\"}],\"usage\":{\"prompt_tokens\":1}}");
        body = text.toString().getBytes(StandardCharsets.UTF_8);
        event = ("data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
                        + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"},\"finish_reason\":null}]}\n\n")
                .getBytes(StandardCharsets.UTF_8);
        reader = new SseReader(1 << 20);
        model = facts(body).modelRange();
    }

    private static RequestFacts facts(byte[] body) {
        try {
            return RequestWalker.walk(body, body.length);
        } catch (MalformedJsonException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One walk over a request's body. */
    @Benchmark
    public RequestFacts walk() throws MalformedJsonException {
        return RequestWalker.walk(body, body.length);
    }

    /** A new model in the body, without copying it. */
    @Benchmark
    public List<Slice> splice() {
        return new Splice(body, body.length).replace(model, NAME).slices();
    }

    /** The usage of a whole answer, found in passing. */
    @Benchmark
    public TopLevelCapture capture() {
        TopLevelCapture capture = new TopLevelCapture(64 * 1024, "usage", "error");
        capture.feed(body, 0, body.length);
        return capture;
    }

    /** One event through the reader. */
    @Benchmark
    public int event() throws SseReader.EventTooLargeException {
        reader.feed(event, 0, event.length);
        int blocks = 0;
        while (reader.next()) {
            blocks += reader.rawEnd() - reader.rawStart();
        }
        return blocks;
    }

    /** The digest of a presented key. */
    @Benchmark
    public KeyDigest digest() {
        return KeyDigest.of("llmgw-0123456789abcdefghijklmnopqrstuvwxyz0123456789A");
    }
}
