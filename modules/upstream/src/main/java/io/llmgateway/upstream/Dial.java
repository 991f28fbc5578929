package io.llmgateway.upstream;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection that is being opened. The addresses of a host are tried one after the other, the next one when the one
 * before has failed or has not answered for {@link #STAGGER_NANOS}, and the first that answers is taken, so that a
 * black hole costs a moment, not the connect timeout. Addresses of both families take turns. Used by one thread;
 * {@link #kill} and the results come from any. Source: RFC 8305, sections 4 and 5.
 */
final class Dial implements Killable {
    static final long STAGGER_NANOS = 250_000_000L;
    static final int MAX_ADDRESSES = 16;

    private final Connector connector;
    private final LongSupplier nanoTime;
    private final long end;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Socket> open = new HashSet<>();
    private @Nullable List<InetAddress> addresses;
    private @Nullable Socket winner;
    private @Nullable IOException failure;
    private int running;
    private boolean over;
    private boolean late;

    /** Makes and connects sockets. */
    interface Connector {
        /** A socket that is not connected. */
        Socket create() throws IOException;

        /** Connects it, within a time; closing the socket from another thread ends the wait. */
        void connect(Socket socket, InetSocketAddress address, int millis) throws IOException;
    }

    Dial(Connector connector, LongSupplier nanoTime, long end) {
        this.connector = connector;
        this.nanoTime = nanoTime;
        this.end = end;
    }

    /** The last moment, in nanoseconds. */
    long end() {
        return end;
    }

    /** Connects to the host, which is looked up if it is not an address. */
    Socket connect(Lookups lookups, String host, int port) throws IOException {
        List<InetAddress> found = literal(host);
        if (found == null) {
            lookups.ask(host, this);
            try {
                found = awaitAddresses();
            } finally {
                lookups.forget(host, this);
            }
        }
        if (found.size() == 1) {
            running = 1;
            attempt(new InetSocketAddress(found.getFirst(), port));
        }
        return first(found, port);
    }

    private static @Nullable List<InetAddress> literal(String host) {
        try {
            String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
            return List.of(InetAddress.ofLiteral(bare));
        } catch (IllegalArgumentException e) {
            // a name
            return null;
        }
    }

    /** Tells what a lookup has found; nothing found is a failure. */
    void resolved(InetAddress[] found, IOException otherwise) {
        lock.lock();
        try {
            addresses = takingTurns(found);
            failure = otherwise;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    static List<InetAddress> takingTurns(InetAddress[] found) {
        List<InetAddress> first = new ArrayList<>();
        List<InetAddress> second = new ArrayList<>();
        for (InetAddress address : found) {
            boolean likeTheFirst = (address instanceof Inet6Address) == (found[0] instanceof Inet6Address);
            (likeTheFirst ? first : second).add(address);
        }
        List<InetAddress> all = new ArrayList<>();
        for (int i = 0; all.size() < Math.min(found.length, MAX_ADDRESSES); i++) {
            if (i < first.size()) {
                all.add(first.get(i));
            }
            if (i < second.size()) {
                all.add(second.get(i));
            }
        }
        return all;
    }

    private List<InetAddress> awaitAddresses() throws IOException {
        lock.lock();
        try {
            while (addresses == null) {
                rest(left());
            }
            List<InetAddress> found = addresses;
            if (found.isEmpty()) {
                throw failure == null ? new IOException("no address was found") : failure;
            }
            failure = null;
            return found;
        } finally {
            lock.unlock();
        }
    }

    private Socket first(List<InetAddress> found, int port) throws IOException {
        int next = found.size() == 1 ? 1 : 0;
        long begunAt = 0;
        lock.lock();
        try {
            while (true) {
                Socket connected = winner;
                if (connected != null) {
                    return connected;
                }
                boolean more = next < found.size();
                if (running == 0 && !more && failure != null && !over) {
                    throw failure;
                }
                long left = left();
                long now = nanoTime.getAsLong();
                if (more && (running == 0 || now - begunAt >= STAGGER_NANOS)) {
                    begunAt = now;
                    running++;
                    InetSocketAddress address = new InetSocketAddress(found.get(next++), port);
                    Thread.ofVirtual().name("dial").start(() -> attempt(address));
                } else {
                    rest(more ? Math.min(left, STAGGER_NANOS - (now - begunAt)) : left);
                }
            }
        } finally {
            closeOthers();
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // each caller is a loop
    private void rest(long nanos) throws InterruptedIOException {
        try {
            long rest = changed.awaitNanos(nanos);
            assert rest <= nanos;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while connecting");
        }
    }

    /** Nanoseconds that are left, more than zero. */
    private long left() throws IOException {
        long left = end - nanoTime.getAsLong();
        if (late || left <= 0) {
            throw new SocketTimeoutException("connect timed out");
        }
        if (over) {
            throw new SocketException("the connection is not wanted any more");
        }
        return left;
    }

    private void attempt(InetSocketAddress address) {
        Socket socket = null;
        IOException problem = null;
        try {
            socket = connector.create();
            if (track(socket)) {
                long millis = Math.max(1, (end - nanoTime.getAsLong()) / 1_000_000);
                connector.connect(socket, address, (int) Math.min(millis, Integer.MAX_VALUE));
            }
        } catch (IOException e) {
            problem = e;
        } catch (RuntimeException e) {
            problem = new IOException("connecting to " + address + " failed", e);
        } finally {
            finished(socket, problem);
        }
    }

    private boolean track(Socket socket) {
        lock.lock();
        try {
            return !over && winner == null && open.add(socket);
        } finally {
            lock.unlock();
        }
    }

    private void finished(@Nullable Socket socket, @Nullable IOException problem) {
        lock.lock();
        try {
            running--;
            boolean first = problem == null && socket != null && winner == null && !over;
            if (first) {
                winner = socket;
            } else {
                failure = problem == null ? failure : problem;
                if (socket != null) {
                    open.remove(socket);
                    close(socket);
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The connection is not wanted any more, or it is too late: every socket of it closes. */
    @Override
    public void kill() {
        lock.lock();
        try {
            over = true;
            open.forEach(Dial::close);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends it if its time is over; called by the transport's clock. */
    void expireIfDue(long now) {
        if (now - end >= 0) {
            lock.lock();
            try {
                late = true;
            } finally {
                lock.unlock();
            }
            kill();
        }
    }

    /** True when its time is over and that was why it ended. */
    boolean late() {
        lock.lock();
        try {
            return late;
        } finally {
            lock.unlock();
        }
    }

    private void closeOthers() {
        boolean lost = winner == null;
        over |= lost;
        for (Socket socket : open) {
            if (!socket.equals(winner)) {
                close(socket);
            }
        }
        open.removeIf(socket -> !socket.equals(winner));
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no use either way
            return;
        }
    }
}
