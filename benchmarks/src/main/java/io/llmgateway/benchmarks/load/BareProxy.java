package io.llmgateway.benchmarks.load;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.RequestId;
import io.llmgateway.pipeline.ClientAnswer;
import io.llmgateway.pipeline.Endpoint;
import io.llmgateway.pipeline.InboundRequest;
import io.llmgateway.pipeline.LastWords;
import io.llmgateway.pipeline.MemoryBudget;
import io.llmgateway.pipeline.RequestHandler;
import io.llmgateway.server.DataListener;
import io.llmgateway.server.Edge;
import io.llmgateway.server.ListenerLimits;
import io.llmgateway.upstream.Call;
import io.llmgateway.upstream.Cancellation;
import io.llmgateway.upstream.ConnectionPool;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.upstream.Headers;
import io.llmgateway.upstream.HttpTransport;
import io.llmgateway.upstream.Origin;
import io.llmgateway.wire.Slice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's listener and its transport with nothing between them: no key, no routing, no limits, no selection, no
 * accounts, no metrics. What the policies cost is the gateway's CPU per request divided by this one's. A process of its
 * own.
 */
public final class BareProxy implements RequestHandler {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final MemoryBudget memory = new MemoryBudget(Long.MAX_VALUE, Duration.ZERO, System::nanoTime);
    private final HttpTransport transport;
    private final ConnectionPool answers;
    private final ConnectionPool streams;

    private BareProxy(HttpTransport transport, int answers, int streams) throws IOException {
        this.transport = transport;
        this.answers = transport.pool(origin("answers", answers, "/o1k/v1"));
        this.streams = transport.pool(origin("streams", streams, "/v1"));
    }

    /** Arguments: port to listen on, port of whole answers, port of streams. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        HttpTransport transport = new HttpTransport(System::nanoTime);
        BareProxy proxy = new BareProxy(transport, Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        DataListener.open(
                new DataListener.Address("127.0.0.1", Integer.parseInt(arguments[0]), Optional.empty()),
                new ListenerLimits(
                        32 << 20,
                        100,
                        20_000,
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1),
                        LONG,
                        Duration.ZERO),
                Edge.NONE,
                proxy,
                System::nanoTime);
        new CountDownLatch(1).await();
    }

    private static Origin origin(String name, int port, String basePath) {
        return new Origin(
                new InstanceName(name),
                false,
                "127.0.0.1",
                port,
                basePath,
                Duration.ofSeconds(3),
                new Origin.PoolLimits(20_000, 2000, LONG, LONG),
                Origin.TlsOptions.SYSTEM);
    }

    @Override
    public void handle(InboundRequest request, ClientAnswer answer) {
        InboundRequest.Body body = request.readBody(memory.share("bench"));
        boolean stream = new String(body.bytes(), 0, Math.min(64, body.length()), StandardCharsets.ISO_8859_1)
                .contains("\"stream\":true");
        long deadline = System.nanoTime() + LONG.toNanos();
        Call call = new Call(
                "POST",
                "/chat/completions",
                new Headers().add("content-type", "application/json"),
                List.of(new Slice(body.bytes(), 0, body.length())),
                ErrorKind.TIMEOUT_FIRST_TOKEN,
                deadline,
                deadline);
        try (Exchange exchange = transport.send(stream ? streams : answers, call, new Cancellation())) {
            relay(exchange, answer, stream);
        }
    }

    private static void relay(Exchange exchange, ClientAnswer answer, boolean stream) {
        byte[] piece = new byte[stream ? 8192 : Math.toIntExact(Math.max(1, exchange.declaredLength()))];
        int length = 0;
        if (stream) {
            answer.begin(200, "text/event-stream");
        }
        int count;
        while ((count = exchange.read(piece, length, piece.length - length)) >= 0) {
            if (stream) {
                answer.write(piece, count);
            } else {
                length += count;
            }
        }
        if (stream) {
            answer.end();
        } else {
            answer.whole(exchange.status(), piece, length);
        }
    }

    @Override
    public void refuse(Endpoint endpoint, GatewayError error, ClientAnswer answer) {
        throw new GatewayException(error);
    }

    @Override
    public LastWords lastWords(Endpoint endpoint, GatewayError error, @Nullable RequestId id) {
        return new LastWords("", "", new byte[0]);
    }

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public boolean leaving() {
        return false;
    }
}
