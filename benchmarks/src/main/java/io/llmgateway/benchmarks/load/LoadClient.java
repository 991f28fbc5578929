package io.llmgateway.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A load generator: one thread reads all answers, in an open loop a second one sends at intended times. Events of
 * streams carry the upstream's clock between two at signs, so that their way is timed. Used by one caller at a time.
 */
final class LoadClient implements AutoCloseable {
    private static final int READ_BYTES = 256 * 1024;

    private final Selector selector = Selector.open();
    private final ByteBuffer arrived = ByteBuffer.allocateDirect(READ_BYTES);
    private final byte[] bytes = new byte[READ_BYTES];
    private final Plan plan;
    private final Tally tally = new Tally();
    private final List<Connection> connections = new ArrayList<>();
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final ConcurrentLinkedQueue<Long> backlog = new ConcurrentLinkedQueue<>();
    private volatile boolean sending = true;

    /**
     * What to send.
     *
     * @param to the server
     * @param request one whole request
     * @param connections how many at once; in an open loop how many at most
     * @param perSecond requests per second of an open loop; 0 = each connection sends as soon as it has its answer
     * @param ramp over how long the connections of a closed loop are opened; not measured
     * @param duration how long to measure
     */
    @SuppressWarnings("ArrayRecordComponent") // sent as it is, never compared
    record Plan(
            InetSocketAddress to,
            byte[] request,
            int connections,
            double perSecond,
            Duration ramp,
            Duration duration) {}

    LoadClient(Plan plan) throws IOException {
        this.plan = plan;
    }

    /** Runs the plan; calls {@code begin} and {@code end} where the measured time begins and ends. */
    static Tally run(Plan plan, Runnable begin, Runnable end) {
        try (LoadClient client = new LoadClient(plan)) {
            return plan.perSecond > 0 ? client.open(begin, end) : client.closed(begin, end);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("the load generator", e);
        }
    }

    private Tally closed(Runnable begin, Runnable end) throws IOException {
        long start = System.nanoTime();
        long ramp = plan.ramp.toNanos();
        for (int i = 0; i < plan.connections; i++) {
            long due = start + ramp * i / plan.connections;
            readUntil(due);
            connect().send(System.nanoTime());
        }
        readUntil(start + ramp + (ramp == 0 ? 0 : 200_000_000L));
        measure(begin, end);
        return tally;
    }

    /** Sends one request on each connection, waits for all answers, and leaves the connections open. */
    void onceEach() throws IOException {
        sending = false;
        long start = System.nanoTime();
        for (int i = 0; i < plan.connections; i++) {
            readUntil(start + plan.ramp.toNanos() * i / plan.connections);
            connect().send(System.nanoTime());
        }
        long end = System.nanoTime() + 30_000_000_000L;
        while (tally.good < plan.connections && System.nanoTime() < end) {
            readUntil(System.nanoTime() + 50_000_000L);
        }
        tally.mustBeClean("one request on each connection");
    }

    private void measure(Runnable begin, Runnable end) throws IOException {
        begin.run();
        tally.clear();
        long from = System.nanoTime();
        readUntil(from + plan.duration.toNanos());
        tally.nanos = System.nanoTime() - from;
        end.run();
    }

    private Tally open(Runnable begin, Runnable end) throws IOException {
        int ready = Math.min(plan.connections, 64);
        for (int i = 0; i < ready; i++) {
            idle.add(connect());
        }
        long from = System.nanoTime();
        Thread pacer = Thread.ofPlatform().daemon().start(() -> pace(from));
        begin.run();
        readUntil(from + plan.duration.toNanos());
        sending = false;
        LockSupport.unpark(pacer);
        tally.nanos = System.nanoTime() - from;
        end.run();
        Tally measured = tally;
        // what was sent in time may still be answered: late answers are the ones that matter
        readUntil(System.nanoTime() + 1_000_000_000L);
        measured.unsent += backlog.size();
        return measured;
    }

    private void pace(long from) {
        double gap = 1e9 / plan.perSecond;
        long sent = 0;
        while (sending) {
            long intended = from + (long) (sent * gap);
            long wait = intended - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
                continue;
            }
            sent++;
            sendAt(intended);
        }
    }

    private void sendAt(long intended) {
        Connection connection = idle.pollFirst();
        try {
            if (connection == null && connections.size() < plan.connections) {
                connection = connect();
            }
            if (connection == null) {
                backlog.add(intended);
            } else {
                connection.send(intended);
            }
        } catch (IOException e) {
            tally.broken++;
        }
    }

    private Connection connect() throws IOException {
        Connection connection = new Connection();
        connection.connect();
        synchronized (connections) {
            connections.add(connection);
        }
        return connection;
    }

    private void readUntil(long end) throws IOException {
        while (true) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return;
            }
            selector.select(Math.max(1, left / 1_000_000));
            Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
            while (ready.hasNext()) {
                SelectionKey key = ready.next();
                ready.remove();
                ((Connection) key.attachment()).readable();
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : connections) {
            connection.channel.close();
        }
        selector.close();
    }

    /** One connection and the answer it waits for. */
    private final class Connection implements AnswerParser.Sink {
        private final AnswerParser parser = new AnswerParser();
        private SocketChannel channel = SocketChannel.open();
        private volatile long sentAt;
        private volatile boolean waiting;
        private boolean begun;
        private long stamp = -1;
        private byte before;

        Connection() throws IOException {}

        void connect() throws IOException {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(plan.to);
            channel.configureBlocking(false);
            selector.wakeup();
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        void send(long intended) throws IOException {
            sentAt = intended;
            begun = false;
            waiting = true;
            ByteBuffer request = ByteBuffer.wrap(plan.request);
            while (request.hasRemaining()) {
                if (channel.write(request) == 0) {
                    Thread.onSpinWait();
                }
            }
        }

        void readable() throws IOException {
            arrived.clear();
            int count;
            try {
                count = channel.read(arrived);
            } catch (IOException e) {
                count = -1;
            }
            if (count < 0) {
                ended();
                return;
            }
            arrived.flip();
            arrived.get(bytes, 0, count);
            parser.feed(bytes, count, this);
        }

        private void ended() throws IOException {
            channel.close();
            boolean inTheMiddle = waiting;
            waiting = false;
            if (inTheMiddle) {
                tally.broken++;
            }
            idle.remove(this);
            parser.reset();
            channel = SocketChannel.open();
            connect();
            next();
        }

        @Override
        public void body(byte[] data, int from, int to) {
            long now = System.nanoTime();
            if (!begun) {
                begun = true;
                tally.first.add(now - sentAt);
            }
            tally.reads++;
            tally.bodyBytes += to - from;
            for (int i = from; i < to; i++) {
                byte b = data[i];
                if (b == '@') {
                    stamp(now);
                } else if (stamp >= 0 && b >= '0' && b <= '9') {
                    stamp = stamp * 10 + b - '0';
                } else if (b == '\n' && before == '\n') {
                    tally.events++;
                }
                before = b;
            }
        }

        private void stamp(long now) {
            if (stamp >= 0) {
                tally.delay.add(now - stamp);
                stamp = -1;
            } else {
                stamp = 0;
            }
        }

        @Override
        public void complete(int status, boolean close) {
            waiting = false;
            stamp = -1;
            if (status == 200) {
                tally.good++;
                tally.latency.add(System.nanoTime() - sentAt);
            } else if (status == 429 || status == 503) {
                tally.shed++;
            } else {
                tally.bad++;
            }
            if (!close) {
                next();
            }
        }

        private void next() {
            try {
                if (plan.perSecond == 0) {
                    if (sending) {
                        send(System.nanoTime());
                    }
                    return;
                }
                Long intended = backlog.poll();
                if (intended == null) {
                    idle.addFirst(this);
                } else {
                    send(intended);
                }
            } catch (IOException e) {
                tally.broken++;
            }
        }
    }
}
