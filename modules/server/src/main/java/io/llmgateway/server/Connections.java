package io.llmgateway.server;

import io.llmgateway.threads.IdleWait;
import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The open connections of a listener, and the one thread that looks after them: it ends those whose deadline has
 * passed, has clients watched that wait for long, and makes room when nearly as many are open as may be. Arming a
 * deadline is one volatile write on the connection, so that its price does not grow with the traffic. A deadline is
 * kept to within {@link #TICK_NANOS}. Thread-safe.
 */
final class Connections implements AutoCloseable {
    /** How often deadlines are looked at, in nanoseconds. */
    static final long TICK_NANOS = 100_000_000L;

    /** At most one warning about proxies in this time, in nanoseconds: everybody can provoke them. */
    private static final long WARNING_NANOS = 60_000_000_000L;

    private static final System.Logger LOG = System.getLogger(Connections.class.getName());

    private static final long QUIET_NANOS = 1_000_000_000L;
    private static final int PERCENT = 100;

    /** From this share of the most connections on, room is made. */
    private static final int CROWDED_PERCENT = 90;

    /** Heads that are not whole may hold one part of so many of the heap, and at least so many bytes. */
    private static final int HEADS_OF_HEAP = 16;

    private static final long LEAST_HEAD_BYTES = 1 << 20;

    /** Idle connections are closed down to this share. */
    private static final int ROOMY_PERCENT = 80;

    /** Silent ones, which are worth less, down to this one. */
    private static final int SILENT_PERCENT = 50;

    private final Set<ClientConnection> open = ConcurrentHashMap.newKeySet();
    private final Set<ClientConnection> closing = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<Object, AtomicInteger> addresses = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong evicted = new AtomicLong();
    private final AtomicLong unannounced = new AtomicLong();
    private final AtomicLong warnedAt;
    private final int most;
    private final Edge edge;
    private final long mostHeadBytes;
    private final IdleWait doze = new IdleWait(TICK_NANOS, QUIET_NANOS);
    private final LongSupplier nanoTime;
    private final Loop loop;
    private boolean busy;
    private volatile boolean running = true;

    /**
     * Begins to look after connections.
     *
     * @param most how many may be open
     * @param edge how many of one address, and which addresses that does not hold for
     * @param nanoTime monotonic time in nanoseconds
     */
    Connections(int most, Edge edge, LongSupplier nanoTime) {
        this.most = most;
        this.edge = edge;
        this.mostHeadBytes = Math.max(LEAST_HEAD_BYTES, Runtime.getRuntime().maxMemory() / HEADS_OF_HEAP);
        this.nanoTime = nanoTime;
        this.warnedAt = new AtomicLong(nanoTime.getAsLong() - WARNING_NANOS);
        this.loop = Loop.until(LoopName.CONNECTION_WATCHDOG, this::look);
    }

    long now() {
        return nanoTime.getAsLong();
    }

    /** Takes a connection in; false when its address has too many. */
    boolean add(ClientConnection connection) {
        if (!admitted(connection.peer())) {
            refused.incrementAndGet();
            return false;
        }
        open.add(connection);
        if (count.incrementAndGet() > crowded()) {
            doze.wake();
        }
        return true;
    }

    private boolean admitted(InetAddress address) {
        if (unbounded(address)) {
            return true;
        }
        AtomicInteger connections = addresses.computeIfAbsent(subscriber(address), _ -> new AtomicInteger());
        if (connections.incrementAndGet() <= edge.maxConnectionsPerAddress()) {
            return true;
        }
        left(address);
        return false;
    }

    private boolean unbounded(InetAddress address) {
        return edge.maxConnectionsPerAddress() == 0
                || address.isLoopbackAddress()
                || edge.trusted().test(address);
    }

    /** Addresses of IPv6 count as one by their first 64 bits: that much is one subscriber's. */
    private static Object subscriber(InetAddress address) {
        return address instanceof Inet6Address
                ? ByteBuffer.wrap(address.getAddress()).getLong()
                : address;
    }

    private void left(InetAddress address) {
        if (!unbounded(address)) {
            addresses.computeIfPresent(
                    subscriber(address), (_, connections) -> connections.decrementAndGet() <= 0 ? null : connections);
        }
    }

    /**
     * No request comes any more. The closing is looked after as well, until the connection's thread has ended: the last
     * message of TLS can wait for a client that does not read.
     */
    void closing(ClientConnection connection) {
        closing.add(connection);
        if (open.remove(connection)) {
            count.decrementAndGet();
            left(connection.peer());
        }
    }

    /** Ends every request that runs, because the gateway stops. */
    void stopRequests() {
        open.forEach(ClientConnection::stop);
    }

    /** How many connections are open. */
    int open() {
        return open.size();
    }

    /** How many were refused because their address had too many. */
    long refused() {
        return refused.get();
    }

    /**
     * A connection of a trusted proxy is closed, since it does not say in the PROXY protocol whose it is.
     *
     * @param why what is wrong with it
     */
    void unannounced(InetAddress proxy, String why) {
        long count = unannounced.incrementAndGet();
        long last = warnedAt.get();
        if (now() - last >= WARNING_NANOS && warnedAt.compareAndSet(last, now())) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "connection of trusted proxy {0} closed: {1} (server.proxy-protocol is true; {2} so far)",
                    proxy.getHostAddress(),
                    why,
                    count);
        }
    }

    /** How many were closed since they did not say in the PROXY protocol whose they are. */
    long unannounced() {
        return unannounced.get();
    }

    /** How many were closed to make room, silent ones first. */
    long evicted() {
        return evicted.get();
    }

    @Override
    public void close() {
        running = false;
        loop.close();
    }

    /** A deadline was armed, or a client is to be watched. */
    void wake() {
        doze.wake();
    }

    private int crowded() {
        return (int) ((long) most * CROWDED_PERCENT / PERCENT);
    }

    private boolean quiet() {
        if (count.get() > crowded()) {
            return false;
        }
        for (ClientConnection connection : open) {
            if (!connection.quiet()) {
                return false;
            }
        }
        return closing.isEmpty();
    }

    private boolean look() {
        doze.rest(!busy, this::quiet);
        busy = count.get() > crowded();
        if (busy) {
            makeRoom();
        }
        boundHeads();
        long now = nanoTime.getAsLong();
        for (ClientConnection connection : open) {
            busy |= !connection.quiet();
            connection.look(now);
        }
        for (ClientConnection connection : closing) {
            busy = true;
            connection.look(now);
        }
        closing.removeIf(ClientConnection::left);
        return running;
    }

    /** Closes connections with heads that are not whole, the largest first, while all such hold too much. */
    private void boundHeads() {
        long held = 0;
        for (ClientConnection connection : open) {
            held += connection.halfHead();
        }
        if (held <= mostHeadBytes) {
            return;
        }
        List<HalfHead> heads = new ArrayList<>();
        for (ClientConnection connection : open) {
            heads.add(new HalfHead(connection, connection.halfHead()));
        }
        heads.sort(Comparator.comparingInt(HalfHead::bytes).reversed());
        for (HalfHead half : heads) {
            if (held <= mostHeadBytes / 2 || half.bytes == 0) {
                return;
            }
            held -= half.bytes;
            evict(half.connection);
        }
    }

    /** What a connection held at one moment. */
    private record HalfHead(ClientConnection connection, int bytes) {}

    /**
     * Closes connections that nobody misses: first those that have never sent a whole head, the oldest first, then
     * those that have waited longest for their next request. What is being answered stays.
     */
    private void makeRoom() {
        List<ClientConnection> silent = new ArrayList<>();
        List<ClientConnection> idle = new ArrayList<>();
        for (ClientConnection connection : open) {
            if (!connection.served()) {
                silent.add(connection);
            } else if (connection.idleSince() != ClientConnection.NOT_IDLE) {
                idle.add(connection);
            }
        }
        long now = nanoTime.getAsLong();
        silent.sort(Comparator.comparingLong((ClientConnection each) -> now - each.openedAt())
                .reversed());
        idle.sort(Comparator.comparingLong((ClientConnection each) -> now - each.idleSince())
                .reversed());
        int closed = closeFirst(silent, SILENT_PERCENT, 0);
        closeFirst(idle, ROOMY_PERCENT, closed);
    }

    /** Closes the first ones of a list until only this share of the most is open; gives how many. */
    private int closeFirst(List<ClientConnection> connections, int percent, int closedAlready) {
        int room = count.get() - closedAlready - (int) ((long) most * percent / PERCENT);
        List<ClientConnection> first = connections.subList(0, Math.clamp(room, 0, connections.size()));
        for (ClientConnection connection : first) {
            evict(connection);
        }
        return first.size();
    }

    private void evict(ClientConnection connection) {
        if (connection.evict()) {
            evicted.incrementAndGet();
        }
    }
}
