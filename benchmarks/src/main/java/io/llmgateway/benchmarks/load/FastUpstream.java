package io.llmgateway.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;
import java.util.PriorityQueue;

/**
 * A provider to measure against, in all protocols: one thread, one selector, answers made beforehand. What it answers
 * stands in the model: {@code os-200-10} is a stream of 200 pieces, 10 ms apart; {@code ow-1024-50} an answer of 1,024
 * bytes after 50 ms; paths that begin like {@code /o10k/} are answered at once with 10 KB. Its own ceiling is the row
 * "direct" of every result. A process of its own; prints its port.
 */
public final class FastUpstream {
    private final Selector selector = Selector.open();
    private final ServerSocketChannel server = ServerSocketChannel.open();
    private final PriorityQueue<Due> timers = new PriorityQueue<>();
    private final byte[] bytes = new byte[256 * 1024];
    private final java.nio.ByteBuffer arrived = java.nio.ByteBuffer.allocateDirect(bytes.length);
    private final Prepared prepared = new Prepared();

    private FastUpstream(int port) throws IOException {
        server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        server.bind(new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), port), 4096);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    /** Serves until it is killed. */
    public static void main(String[] arguments) throws IOException {
        FastUpstream upstream = new FastUpstream(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0);
        Console.line("port " + ((InetSocketAddress) upstream.server.getLocalAddress()).getPort());
        upstream.serve();
    }

    /** A moment at which a connection has something to do. */
    private record Due(long at, UpstreamConnection connection, long turn) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return Long.compare(at, other.at);
        }
    }

    private void serve() throws IOException {
        while (true) {
            Due next = timers.peek();
            long wait = next == null ? 1000 : (next.at - System.nanoTime() + 500_000) / 1_000_000;
            if (wait > 0) {
                selector.select(wait);
            } else {
                selector.selectNow();
            }
            Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
            while (ready.hasNext()) {
                SelectionKey key = ready.next();
                ready.remove();
                if (key.isValid() && key.isAcceptable()) {
                    accept();
                } else if (key.isValid()) {
                    connection(key);
                }
            }
            fire();
        }
    }

    private void accept() throws IOException {
        SocketChannel channel;
        while ((channel = server.accept()) != null) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            key.attach(new UpstreamConnection(channel, key, prepared));
        }
    }

    private void connection(SelectionKey key) {
        UpstreamConnection connection = (UpstreamConnection) key.attachment();
        try {
            if (key.isWritable()) {
                connection.writable();
            }
            if (key.isReadable()) {
                arrived.clear();
                int count = connection.channel().read(arrived);
                if (count < 0) {
                    connection.close();
                    return;
                }
                arrived.flip();
                arrived.get(bytes, 0, count);
                schedule(connection, connection.received(bytes, count));
            }
        } catch (IOException e) {
            connection.close();
        }
    }

    private void schedule(UpstreamConnection connection, long due) {
        if (due != UpstreamConnection.NOTHING) {
            timers.add(new Due(due, connection, connection.turn()));
        }
    }

    private void fire() {
        long now = System.nanoTime();
        while (true) {
            Due next = timers.peek();
            if (next == null || next.at - now > 0) {
                return;
            }
            timers.poll();
            UpstreamConnection connection = next.connection;
            if (connection.turn() == next.turn) {
                try {
                    schedule(connection, connection.due(next.at));
                } catch (IOException e) {
                    connection.close();
                }
            }
        }
    }
}
