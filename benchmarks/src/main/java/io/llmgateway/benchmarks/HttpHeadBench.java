package io.llmgateway.benchmarks;

import io.llmgateway.http.BodyReader;
import io.llmgateway.http.ByteSource;
import io.llmgateway.http.Input;
import io.llmgateway.http.Limits;
import io.llmgateway.http.RequestHead;
import io.llmgateway.http.ResponseHead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What reading HTTP costs every request: the head of a client's request, the head of an answer, and a chunk of
 * a stream. Run with {@code ./dev bench jmh HttpHeadBench}; read ns/op, and B/op, which is 0 for heads. Confined to a
 * JMH thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HttpHeadBench {
    private static final Limits LIMITS = new Limits(8 * 1024, 64 * 1024, 100);
    private static final String CHUNK =
            "9d\r\ndata: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
                    + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"},\"finish_reason\":null}]}\n\n\r\n";

    private final RequestHead request = new RequestHead(LIMITS);
    private final ResponseHead response = new ResponseHead(LIMITS);
    private final byte[] part = new byte[8 * 1024];
    private Input requests = input("");
    private Input responses = input("");
    private BodyReader stream;

    /** Makes a head with 12 fields, one with 8, and a stream whose every read brings one chunk. */
    @Setup
    public void make() throws IOException {
        requests = input("POST /v1/chat/completions HTTP/1.1\r\nHost: gateway.example.org\r\n"
                + "Accept: application/json\r\nAccept-Encoding: gzip, deflate, br\r\nConnection: keep-alive\r\n"
                + "User-Agent: OpenAI/Python 1.99.1\r\nContent-Type: application/json\r\n"
                + "Authorization: Bearer llmgw-0123456789abcdefghijklmnopqrstuvwxyz0123456789A\r\n"
                + "X-Stainless-Lang: python\r\nX-Stainless-Runtime: CPython\r\nX-Stainless-Retry-Count: 0\r\n"
                + "X-Stainless-Async: false\r\nContent-Length: 0\r\n\r\n");
        responses = input("HTTP/1.1 200 OK\r\nDate: Fri, 27 Nov 2026 12:00:00 GMT\r\nServer: uvicorn\r\n"
                + "Content-Type: application/json\r\nContent-Length: 0\r\nConnection: keep-alive\r\n"
                + "X-Request-Id: req_0123456789abcdef0123456789abcdef\r\nX-Ratelimit-Remaining-Requests: 999\r\n"
                + "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n\r\n");
        Input chunks =
                new Input(first("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", CHUNK), 2 * 1024, 16 * 1024);
        ResponseHead head = new ResponseHead(LIMITS);
        if (!head.read(chunks)) {
            throw new IllegalStateException("no head");
        }
        stream = BodyReader.of(chunks, head, false);
    }

    private static Input input(String message) {
        return new Input(first("", message), 2 * 1024, 16 * 1024);
    }

    /** Gives one message with the first read and another one with every later read. */
    private static ByteSource first(String begin, String message) {
        byte[] bytes = message.getBytes(StandardCharsets.ISO_8859_1);
        byte[] before = begin.getBytes(StandardCharsets.ISO_8859_1);
        boolean[] begun = {before.length == 0};
        return (target, offset, _) -> {
            byte[] next = begun[0] ? bytes : before;
            begun[0] = true;
            System.arraycopy(next, 0, target, offset, next.length);
            return next.length;
        };
    }

    /** The head of a request with 12 fields. */
    @Benchmark
    public int requestHead() throws IOException {
        return request.read(requests) && request.keepAlive() ? request.size() : 0;
    }

    /** The head of an answer with 8 fields. */
    @Benchmark
    public int responseHead() throws IOException {
        return response.read(responses) && response.keepAlive() ? response.size() : 0;
    }

    /** One chunk of a stream. */
    @Benchmark
    public int chunk() throws IOException {
        return stream.read(part, 0, part.length);
    }
}
