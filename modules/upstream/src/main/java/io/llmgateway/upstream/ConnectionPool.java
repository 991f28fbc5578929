package io.llmgateway.upstream;

import io.llmgateway.http.BadMessageException;
import io.llmgateway.http.TruncatedBodyException;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Refusal;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.threads.IdleWait;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one instance: the last one used is the next one taken, so that idle ones can expire. Bounded in
 * number, idle time and age. Thread-safe; no I/O happens under its lock.
 */
public final class ConnectionPool implements AutoCloseable {
    private final Origin origin;
    private final String authority;
    private final Dialer dialer;
    private final LongSupplier nanoTime;
    private final IdleWait clock;
    private final Semaphore permits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Channel> idle = new ArrayDeque<>();
    private final Set<Channel> active = ConcurrentHashMap.newKeySet();
    private final Set<Dial> dialing = ConcurrentHashMap.newKeySet();
    private final TransportCounters counters;
    private volatile boolean closed;
    private volatile boolean retired;
    private volatile long retiredUntil;

    ConnectionPool(Origin origin, Dialer dialer, LongSupplier nanoTime, IdleWait clock, TransportCounters counters) {
        this.origin = origin;
        this.authority = origin.authority();
        this.dialer = dialer;
        this.nanoTime = nanoTime;
        this.clock = clock;
        this.counters = counters;
        this.permits = new Semaphore(origin.pool().maxActive());
    }

    /** Where the connections lead. */
    public Origin origin() {
        return origin;
    }

    /** The value of the Host header. */
    String authority() {
        return authority;
    }

    /** The monotonic clock, in nanoseconds. */
    LongSupplier clock() {
        return nanoTime;
    }

    /** This moment by that clock. */
    long now() {
        return nanoTime.getAsLong();
    }

    /** Connections in use. */
    public int activeCount() {
        return active.size();
    }

    /** Connections kept for later. */
    public int idleCount() {
        lock.lock();
        try {
            return idle.size();
        } finally {
            lock.unlock();
        }
    }

    /** A connection that was used before, or null when there is none that still may be. */
    @Nullable
    Channel takeIdle() {
        while (true) {
            Channel channel = lastIdle();
            if (channel == null) {
                return null;
            }
            if (!channel.hasUninvitedBytes()) {
                activate(channel);
                return channel;
            }
            if (!channel.closedInOrder()) {
                countDiscarded();
            }
            channel.kill();
        }
    }

    /** A connection is given up because its provider has sent bytes nobody had asked for. */
    void countDiscarded() {
        counters.discarded().increment();
    }

    private @Nullable Channel lastIdle() {
        long now = nanoTime.getAsLong();
        List<Channel> expired = List.of();
        Channel taken = null;
        lock.lock();
        try {
            while (taken == null && !idle.isEmpty()) {
                Channel candidate = idle.removeLast();
                if (usable(candidate, now)) {
                    taken = candidate;
                } else {
                    expired = expired.isEmpty() ? new ArrayList<>() : expired;
                    expired.add(candidate);
                }
            }
        } finally {
            lock.unlock();
        }
        expired.forEach(Channel::kill);
        return taken;
    }

    private void activate(Channel channel) {
        active.add(channel);
        clock.wake();
    }

    /** Waits for a free place, within the connect timeout; a cancellation ends the wait. */
    void acquirePlace(Cancellation cancellation) {
        if (!closed && permits.tryAcquire()) {
            return;
        }
        InterruptibleWait wait = new InterruptibleWait(Thread.currentThread());
        cancellation.using(wait);
        try {
            if (closed || !permits.tryAcquire(origin.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new GatewayException(new Refusal.Overloaded(
                        "all " + origin.pool().maxActive() + " connections of instance '" + origin.instance()
                                + "' are in use",
                        Duration.ofSeconds(1)));
            }
        } catch (InterruptedException e) {
            if (!wait.killed()) {
                Thread.currentThread().interrupt();
            }
            throw new GatewayException(
                    new UpstreamFault.ExchangeFailed(
                            ErrorKind.UPSTREAM_CONNECT,
                            origin.instance(),
                            "interrupted while waiting for a connection"),
                    e);
        } finally {
            wait.over();
            cancellation.using(null);
        }
    }

    /** A wait that a cancellation ends by an interrupt, which never outlives the wait. Thread-safe. */
    private static final class InterruptibleWait implements Killable {
        private final Thread thread;
        private boolean killed;
        private boolean over;

        InterruptibleWait(Thread thread) {
            this.thread = thread;
        }

        @Override
        public synchronized void kill() {
            if (!over && !killed) {
                killed = true;
                thread.interrupt();
            }
        }

        synchronized boolean killed() {
            return killed;
        }

        /** Called by the waiting thread: no interrupt comes any more, and one that came late is taken away. */
        synchronized void over() {
            over = true;
            if (killed) {
                Thread.interrupted();
            }
        }
    }

    void releasePlace() {
        permits.release();
    }

    /** A new connection. */
    Channel dial(Cancellation cancellation) {
        if (!counters.room().take()) {
            counters.exhausted().increment();
            throw new GatewayException(Descriptors.overloaded());
        }
        boolean opened = false;
        try {
            Channel channel = dialWithRoom(cancellation);
            opened = true;
            channel.onceClosed(counters.room()::give);
            return channel;
        } finally {
            if (!opened) {
                counters.room().give();
            }
        }
    }

    private Channel dialWithRoom(Cancellation cancellation) {
        Dial dial = dialer.begin(origin);
        dialing.add(dial);
        clock.wake();
        cancellation.using(dial);
        try {
            Channel channel = dialer.dial(origin, dial);
            activate(channel);
            return channel;
        } catch (IOException e) {
            throw new GatewayException(cancellation.cancelled() ? cancelledExchange() : dialFailure(e), e);
        } finally {
            cancellation.using(null);
            dialing.remove(dial);
        }
    }

    /** True when nothing has a deadline here. */
    boolean quiet() {
        return active.isEmpty() && dialing.isEmpty();
    }

    /** Takes a connection back, for reuse or to close it, and frees its place. */
    void release(Channel channel, boolean reusable) {
        drop(channel, reusable);
        permits.release();
    }

    /** Takes a connection back without freeing its place. */
    void drop(Channel channel, boolean reusable) {
        boolean inTime = channel.deadline().disarm();
        active.remove(channel);
        long now = nanoTime.getAsLong();
        if (reusable && inTime && !channel.dead() && !closed && !retired) {
            channel.idleSince(now);
            channel.trim();
            lock.lock();
            try {
                if (idle.size() < origin.pool().maxIdle() && usable(channel, now)) {
                    idle.addLast(channel);
                    return;
                }
            } finally {
                lock.unlock();
            }
        }
        channel.kill();
    }

    /** Closes what has been idle too long; called by the transport's clock. */
    void sweep(long now) {
        List<Channel> expired = new ArrayList<>();
        lock.lock();
        try {
            idle.removeIf(channel -> !usable(channel, now) && expired.add(channel));
        } finally {
            lock.unlock();
        }
        expired.forEach(Channel::kill);
    }

    /** Keeps no connection any more from now on; requests that know the pool may use it until the given moment. */
    void retire(long until) {
        retiredUntil = until;
        retired = true;
        closeIdle();
    }

    /** True when it is retired and nobody can use it any more. */
    boolean over(long now) {
        return retired && now - retiredUntil > 0 && active.isEmpty();
    }

    /** Closes what is kept for later. */
    void closeIdle() {
        List<Channel> rest;
        lock.lock();
        try {
            rest = new ArrayList<>(idle);
            idle.clear();
        } finally {
            lock.unlock();
        }
        rest.forEach(Channel::kill);
    }

    /** Closes connections whose armed deadline has passed; called by the transport's clock. */
    void checkDeadlines(long now) {
        for (Channel channel : active) {
            if (channel.deadline().check(now)) {
                channel.kill();
            }
        }
        for (Dial dial : dialing) {
            dial.expireIfDue(now);
        }
    }

    @Override
    public void close() {
        closed = true;
        closeIdle();
        active.forEach(Channel::kill);
        dialing.forEach(Dial::kill);
    }

    private boolean usable(Channel channel, long now) {
        return !channel.dead()
                && now - channel.idleSince()
                        < Math.min(origin.pool().idleTimeout().toNanos(), channel.idleNanos())
                && now - channel.createdAt() < origin.pool().maxAge().toNanos();
    }

    /** What a failed read or write means. */
    GatewayError failure(Channel channel, IOException e, boolean cancelled) {
        if (channel.deadline().passed()) {
            return fault(channel.deadline().kind(), "no response from " + origin.place() + " in time");
        }
        if (cancelled) {
            return cancelledExchange();
        }
        boolean malformed = e instanceof BadMessageException;
        if (malformed && !origin.secure() && channel.beganLikeTls()) {
            return fault(
                    ErrorKind.UPSTREAM_TLS,
                    "instance '" + origin.instance() + "': " + origin.place()
                            + " speaks TLS on this port; base-url must begin with https://, or have another port");
        }
        if (malformed) {
            return fault(ErrorKind.UPSTREAM_MALFORMED, "bad response from " + origin.place() + ": " + e.getMessage());
        }
        if (TlsTrouble.refused(e)) {
            return fault(ErrorKind.UPSTREAM_TLS, tls(TlsTrouble.explain(e, origin)));
        }
        return fault(
                ErrorKind.UPSTREAM_RESET,
                "connection to " + origin.place() + " failed: "
                        + (e instanceof TruncatedBodyException ? e.getMessage() : ConnectTrouble.explain(e)));
    }

    private GatewayError cancelledExchange() {
        return fault(ErrorKind.UPSTREAM_RESET, "the exchange with " + origin.place() + " was cancelled");
    }

    GatewayError closedBeforeAnswer() {
        return fault(ErrorKind.UPSTREAM_RESET, origin.place() + " closed the connection before its response");
    }

    private GatewayError dialFailure(IOException e) {
        if (Descriptors.exhausted(e)) {
            counters.exhausted().increment();
            return Descriptors.overloaded();
        }
        String told = "cannot connect to " + origin.place() + ": " + ConnectTrouble.explain(e);
        if (e instanceof SocketTimeoutException) {
            return fault(ErrorKind.TIMEOUT_CONNECT, told);
        }
        String trouble = TlsTrouble.explain(e, origin);
        return trouble == null ? fault(ErrorKind.UPSTREAM_CONNECT, told) : fault(ErrorKind.UPSTREAM_TLS, tls(trouble));
    }

    private String tls(@Nullable String trouble) {
        return "instance '" + origin.instance() + "': no secure connection to " + origin.place() + ": " + trouble;
    }

    private GatewayError fault(ErrorKind kind, String message) {
        return new UpstreamFault.ExchangeFailed(kind, origin.instance(), message);
    }
}
