package io.llmgateway.it.attack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Thousands of connections that are opened and left as they are, from many addresses of this machine, so that a bound
 * on those of one address does not hide what they cost. Confined to one thread.
 */
final class Flood implements AutoCloseable {
    private static final int ADDRESSES = 100;
    private static final int CONNECT_MILLIS = 1_000;
    private static final int MAX_WAITED = 5;

    private final List<SocketChannel> open = new ArrayList<>();
    private int refused;

    /** Opens so many, and sends this on each. */
    static Flood start(int port, int count, byte[] sent) throws IOException {
        Flood flood = new Flood();
        int waited = 0;
        for (int i = 0; i < count; i++) {
            // a listener that takes no more is as full as it gets
            if (waited < MAX_WAITED) {
                waited = flood.add(port, i, sent) ? 0 : waited + 1;
            } else {
                flood.refused++;
            }
        }
        return flood;
    }

    private boolean add(int port, int number, byte[] sent) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.bind(new InetSocketAddress(
                    InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (1 + number % ADDRESSES)}), 0));
            channel.socket().connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            channel.configureBlocking(false);
            channel.write(ByteBuffer.wrap(sent));
            open.add(channel);
            return true;
        } catch (IOException e) {
            // refused, or cut while it was written: what an attacked server may do
            refused++;
            channel.close();
            return false;
        }
    }

    /** How many the server has ended or refused so far. */
    int ended() throws IOException {
        int ended = refused;
        ByteBuffer some = ByteBuffer.allocate(4_096);
        for (SocketChannel channel : open) {
            ended += ended(channel, some.clear()) ? 1 : 0;
        }
        return ended;
    }

    private static boolean ended(SocketChannel channel, ByteBuffer some) {
        try {
            int count = channel.read(some);
            while (count > 0) {
                count = channel.read(some.clear());
            }
            return count < 0;
        } catch (IOException e) {
            // reset
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : open) {
            channel.close();
        }
    }
}
