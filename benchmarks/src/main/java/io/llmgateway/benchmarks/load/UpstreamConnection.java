package io.llmgateway.benchmarks.load;

import io.llmgateway.model.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One connection to the fast upstream. Confined to its thread. */
final class UpstreamConnection {
    /** There is nothing to wait for. */
    static final long NOTHING = Long.MIN_VALUE;

    private static final int KEPT_OF_BODY = 4096;

    private final SocketChannel channel;
    private final SelectionKey key;
    private final Prepared prepared;
    private byte[] request = new byte[1024];
    private int length;
    private int headEnd;
    private long missing;
    private Protocol protocol = Protocol.OPENAI_CHAT;
    private long interval;
    private int pieces;
    private int answerBytes;
    private boolean stream;
    private long turn;
    private ByteBuffer unsent = ByteBuffer.allocate(0);

    UpstreamConnection(SocketChannel channel, SelectionKey key, Prepared prepared) {
        this.channel = channel;
        this.key = key;
        this.prepared = prepared;
    }

    SocketChannel channel() {
        return channel;
    }

    /** Counts the answers, so that timers of an earlier one do nothing. */
    long turn() {
        return turn;
    }

    void close() {
        turn++;
        try {
            channel.close();
        } catch (IOException e) {
            // it is gone in any case
        }
    }

    /** Takes bytes of a request; gives the moment of the next thing to do. */
    long received(byte[] bytes, int count) throws IOException {
        int at = 0;
        if (headEnd == 0) {
            keep(bytes, 0, Math.min(count, KEPT_OF_BODY));
            at = Math.min(count, KEPT_OF_BODY);
            int end = endOfHead();
            if (end < 0) {
                return NOTHING;
            }
            headEnd = end;
            missing = contentLength() - (length - end);
        } else if (length < KEPT_OF_BODY) {
            int part = Math.min(count, KEPT_OF_BODY - length);
            keep(bytes, 0, part);
            missing -= part;
            at = part;
        }
        missing -= count - at;
        return missing <= 0 ? begin() : NOTHING;
    }

    private void keep(byte[] bytes, int from, int count) {
        if (length + count > request.length) {
            request = Arrays.copyOf(request, Math.max(length + count, request.length * 2));
        }
        System.arraycopy(bytes, from, request, length, count);
        length += count;
    }

    private int endOfHead() {
        for (int i = 3; i < length; i++) {
            if (request[i] == '\n' && request[i - 2] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private long contentLength() {
        String head = new String(request, 0, headEnd, StandardCharsets.ISO_8859_1).toLowerCase(java.util.Locale.ROOT);
        int at = head.indexOf("\r\ncontent-length:");
        if (at < 0) {
            return 0;
        }
        int from = at + "\r\ncontent-length:".length();
        return Long.parseLong(head.substring(from, head.indexOf('\r', from)).strip());
    }

    private long begin() throws IOException {
        String text = new String(request, 0, length, StandardCharsets.ISO_8859_1);
        length = 0;
        headEnd = 0;
        turn++;
        String path = text.substring(text.indexOf(' ') + 1, text.indexOf(' ', 5));
        if (path.charAt(1) != 'v') {
            protocol = Bodies.protocol(path.charAt(1));
            write(prepared.answer(
                    protocol,
                    Bodies.Size.named(path.substring(2, path.indexOf('/', 1))).bytes()));
            return NOTHING;
        }
        String[] model = model(path, text).split("-", -1);
        protocol = Bodies.protocol(model[0].charAt(0));
        stream = model[0].charAt(1) == 's';
        interval = Long.parseLong(model[2]) * 1_000_000;
        if (stream) {
            pieces = Integer.parseInt(model[1]);
            write(prepared.begin(protocol));
            return due(System.nanoTime());
        }
        answerBytes = Integer.parseInt(model[1]);
        return interval == 0 ? due(0) : System.nanoTime() + interval;
    }

    private static String model(String path, String text) {
        int models = path.indexOf("/models/");
        if (models >= 0) {
            return path.substring(models + "/models/".length(), path.indexOf(':', models));
        }
        int at = text.indexOf("\"model\"");
        int open = text.indexOf('"', at + "\"model\"".length());
        return text.substring(open + 1, text.indexOf('"', open + 1));
    }

    /** Does what was due at this moment; gives the next one. */
    long due(long at) throws IOException {
        if (!stream) {
            write(prepared.answer(protocol, answerBytes));
            return NOTHING;
        }
        if (pieces-- > 0) {
            write(prepared.piece(protocol, System.nanoTime()));
            return at + interval;
        }
        write(prepared.end(protocol));
        return NOTHING;
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (!unsent.hasRemaining()) {
            channel.write(buffer);
        }
        if (buffer.hasRemaining()) {
            ByteBuffer both = ByteBuffer.allocate(unsent.remaining() + buffer.remaining());
            both.put(unsent).put(buffer).flip();
            unsent = both;
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
    }

    void writable() throws IOException {
        channel.write(unsent);
        if (!unsent.hasRemaining()) {
            key.interestOps(SelectionKey.OP_READ);
        }
    }
}
