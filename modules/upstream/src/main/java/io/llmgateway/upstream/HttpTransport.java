package io.llmgateway.upstream;

import io.llmgateway.http.BodyReader;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.threads.IdleWait;
import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import io.llmgateway.wire.OutBuffer;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 exchanges with instances, blocking, made for virtual threads: head and body leave in one write, the answer's
 * bytes are handed out as they come. A connection that was used before and dies soon and before the first byte of an
 * answer is replaced once. One thread keeps all deadlines and expires idle connections. Redirects are never followed.
 * Thread-safe.
 */
public final class HttpTransport implements Transport, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HttpTransport.class.getName());
    private static final long TICK_NANOS = 50_000_000L;
    private static final long SWEEP_NANOS = 1_000_000_000L;
    private static final int GATHERED = 32 * 1024;

    /**
     * A connection that its server had closed before the request came dies within a round trip. One that lives longer
     * has taken the request, and it may have been worked on and paid for: then it is an attempt that has failed. Round
     * trips of the longest ways and a retransmission are below this.
     */
    static final long STALE_NANOS = 1_000_000_000L;

    private final LongSupplier nanoTime;
    private final Set<ConnectionPool> pools = ConcurrentHashMap.newKeySet();
    private final IdleWait doze = new IdleWait(TICK_NANOS, SWEEP_NANOS);
    private final Lookups lookups;
    private final TransportCounters counters;
    private final DecodingMemory decoding = DecodingMemory.ofHeap();
    private final Loop clock;
    private long swept;
    private volatile boolean running = true;

    /**
     * Starts the transport.
     *
     * @param nanoTime monotonic time in nanoseconds
     */
    public HttpTransport(LongSupplier nanoTime) {
        this(nanoTime, Integer.MAX_VALUE, InetAddress::getAllByName);
    }

    /**
     * Starts a transport that has a bound over all pools.
     *
     * @param nanoTime monotonic time in nanoseconds
     * @param mostConnections how many connections may be open at once, 1 or more; beyond it idle ones are closed, then
     *     requests are refused as when the process has no file descriptor left
     */
    public HttpTransport(LongSupplier nanoTime, int mostConnections) {
        this(nanoTime, mostConnections, InetAddress::getAllByName);
    }

    HttpTransport(LongSupplier nanoTime, Lookups.Resolver resolver) {
        this(nanoTime, Integer.MAX_VALUE, resolver);
    }

    private HttpTransport(LongSupplier nanoTime, int mostConnections, Lookups.Resolver resolver) {
        this.nanoTime = nanoTime;
        this.counters = new TransportCounters(
                new ConnectionRoom(mostConnections, () -> pools.forEach(ConnectionPool::closeIdle)));
        this.lookups = new Lookups(resolver);
        this.swept = nanoTime.getAsLong();
        this.clock = Loop.until(LoopName.UPSTREAM_CLOCK, this::tick);
    }

    /**
     * Makes the pool of one instance.
     *
     * @throws IOException when its trust file cannot be used
     */
    public ConnectionPool pool(Origin origin) throws IOException {
        SSLSocketFactory tls = origin.secure() ? TrustStores.factory(origin.tls()) : null;
        if (origin.secure() && origin.tls().insecure()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "instance {0} accepts EVERY certificate (tls.insecure-skip-verify); others can read its key",
                    origin.instance());
        }
        ConnectionPool pool = new ConnectionPool(
                origin, new Dialer(tls, !origin.tls().insecure(), nanoTime, lookups), nanoTime, doze, counters);
        pools.add(pool);
        return pool;
    }

    /**
     * Lets a pool come to its end: requests that still know it go on, its connections are closed as they become free.
     *
     * @param longest how long a request that knows it may still run
     */
    public void retire(ConnectionPool pool, Duration longest) {
        pool.retire(nanoTime.getAsLong() + longest.toNanos());
    }

    /** Connections of all pools that were closed because the provider had sent bytes nobody had asked for. */
    public long discardedConnections() {
        return counters.discarded().sum();
    }

    /** Connections that could not be opened since the process had no file descriptor left. */
    public long descriptorShortages() {
        return counters.exhausted().sum();
    }

    @Override
    public Exchange send(ConnectionPool pool, Call call, Cancellation cancellation) {
        pool.acquirePlace(cancellation);
        boolean handedOut = false;
        try {
            Channel reused = pool.takeIdle();
            Exchange exchange = reused == null ? null : attempt(pool, reused, call, cancellation);
            if (exchange == null) {
                exchange = attempt(pool, pool.dial(cancellation), call, cancellation);
            }
            if (exchange == null) {
                throw new GatewayException(pool.closedBeforeAnswer());
            }
            handedOut = true;
            return exchange;
        } finally {
            if (!handedOut) {
                pool.releasePlace();
            }
        }
    }

    /** One try on one connection; null when the connection was dead before the first byte of an answer. */
    private @Nullable Exchange attempt(ConnectionPool pool, Channel channel, Call call, Cancellation cancellation) {
        boolean begun = false;
        try {
            Exchange exchange = begin(pool, channel, call, cancellation);
            begun = true;
            return exchange;
        } finally {
            if (!begun) {
                // whatever was thrown: a connection that is not handed out must not stay in use
                pool.drop(channel, false);
            }
        }
    }

    private @Nullable Exchange begin(ConnectionPool pool, Channel channel, Call call, Cancellation cancellation) {
        cancellation.using(channel);
        channel.deadline().begin(call.totalDeadline());
        channel.deadline().arm(call.firstTimeout(), call.firstDeadline());
        long begunAt = nanoTime.getAsLong();
        try {
            channel.send(head(pool, call), call.body());
        } catch (IOException e) {
            if (channel.deadline().passed() || channel.dead()) {
                throw lost(pool, channel, e, cancellation);
            }
            // a provider may answer and close before it has read the whole body: then its answer is worth reading,
            // and nobody may send the request again
        }
        return answer(pool, channel, cancellation, begunAt);
    }

    private @Nullable Exchange answer(ConnectionPool pool, Channel channel, Cancellation cancellation, long begunAt) {
        try {
            if (channel.readHead()) {
                return begin(pool, channel, cancellation);
            }
        } catch (IOException e) {
            boolean stale = channel.used() && !channel.head().begun() && !late(begunAt);
            if (!stale || channel.deadline().passed() || channel.dead()) {
                throw lost(pool, channel, e, cancellation);
            }
        }
        if (late(begunAt)) {
            throw new GatewayException(pool.closedBeforeAnswer());
        }
        pool.drop(channel, false);
        return null;
    }

    /** True when the server has had the request for so long that its connection was not a stale one. */
    private boolean late(long begunAt) {
        return nanoTime.getAsLong() - begunAt > STALE_NANOS;
    }

    private Exchange begin(ConnectionPool pool, Channel channel, Cancellation cancellation) throws IOException {
        BodyReader body = BodyReader.of(channel.input(), channel.head(), false);
        Exchange exchange = new HttpExchange(pool, channel, body, cancellation);
        return DecodedExchange.of(exchange, ContentCodings.of(channel.head()), pool.origin(), decoding);
    }

    private static GatewayException lost(
            ConnectionPool pool, Channel channel, IOException e, Cancellation cancellation) {
        GatewayException failure = new GatewayException(pool.failure(channel, e, cancellation.cancelled()), e);
        pool.drop(channel, false);
        return failure;
    }

    private static OutBuffer head(ConnectionPool pool, Call call) {
        Origin origin = pool.origin();
        OutBuffer out =
                new OutBuffer(256 + call.headers().encoded().length() + (int) Math.min(call.bodyLength(), GATHERED));
        out.write(call.method()).write(' ');
        String path = origin.basePath() + call.path();
        if (!printable(path)) {
            throw new GatewayException(new UpstreamFault.ExchangeFailed(
                    ErrorKind.INTERNAL, origin.instance(), "the request path is not printable ASCII"));
        }
        Origin.ForwardProxy proxy = origin.secure() ? null : origin.proxy().orElse(null);
        if (proxy != null) {
            out.write("http://").write(pool.authority());
        }
        out.write(path).write(" HTTP/1.1\r\nHost: ").write(pool.authority()).write("\r\n");
        if (proxy != null && !proxy.authorization().isEmpty()) {
            out.write("Proxy-Authorization: ");
            out.write(proxy.authorization().reveal());
            out.write("\r\n");
        }
        out.write(call.headers().encoded().array(), 0, call.headers().encoded().length());
        if (!"GET".equals(call.method())) {
            out.write("Content-Length: ");
            out.write(Long.toString(call.bodyLength()));
            out.write("\r\n");
        }
        return out.write("\r\n");
    }

    private static boolean printable(String path) {
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) <= ' ' || path.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private boolean tick() {
        doze.rest(quiet(), this::quiet);
        long now = nanoTime.getAsLong();
        for (ConnectionPool pool : pools) {
            pool.checkDeadlines(now);
        }
        if (now - swept >= SWEEP_NANOS) {
            swept = now;
            for (ConnectionPool pool : pools) {
                pool.sweep(now);
            }
            pools.removeIf(pool -> pool.over(now));
        }
        return running;
    }

    private boolean quiet() {
        for (ConnectionPool pool : pools) {
            if (!pool.quiet()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        running = false;
        clock.close();
        pools.forEach(ConnectionPool::close);
        pools.clear();
    }
}
