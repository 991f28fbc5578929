package io.llmgateway.benchmarks.load;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.upstream.Call;
import io.llmgateway.upstream.Cancellation;
import io.llmgateway.upstream.ConnectionPool;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.upstream.Headers;
import io.llmgateway.upstream.HttpTransport;
import io.llmgateway.upstream.Origin;
import io.llmgateway.wire.Slice;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The gateway's own transport, with all its deadlines and bounds. Thread-safe. */
final class OwnClient implements ClientUnderTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final HttpTransport transport = new HttpTransport(System::nanoTime);
    private final ConnectionPool pool;

    OwnClient(boolean secure, int port) throws IOException {
        this.pool = transport.pool(new Origin(
                new InstanceName("bench"),
                secure,
                "127.0.0.1",
                port,
                "",
                Duration.ofSeconds(3),
                new Origin.PoolLimits(20_000, 2000, LONG, LONG),
                new Origin.TlsOptions(Optional.empty(), Optional.empty(), secure)));
    }

    @Override
    public long post(String path, byte[] body, byte[] buffer) throws IOException {
        long deadline = System.nanoTime() + LONG.toNanos();
        Call call = new Call(
                "POST",
                path,
                new Headers().add("Content-Type", "application/json").add("Authorization", "Bearer some-key"),
                List.of(Slice.of(body)),
                ErrorKind.TIMEOUT_FIRST_TOKEN,
                deadline,
                deadline);
        try (Exchange exchange = transport.send(pool, call, new Cancellation())) {
            if (exchange.status() != 200) {
                throw new IOException("status " + exchange.status());
            }
            long length = 0;
            int count;
            while ((count = exchange.read(buffer, 0, buffer.length)) >= 0) {
                exchange.arm(ErrorKind.TIMEOUT_IDLE, deadline);
                length += count;
            }
            return length;
        }
    }

    @Override
    public void close() {
        transport.close();
    }
}
