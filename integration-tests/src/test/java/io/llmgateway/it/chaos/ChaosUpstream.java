package io.llmgateway.it.chaos;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A provider made of bare sockets that answers well most of the time and breaks every rule the rest of it. What it does
 * with a request follows from the seed, the request's number and how often it has seen it. Thread-safe.
 */
final class ChaosUpstream implements AutoCloseable {
    private static final int MOST_BODY = 64 << 20;
    private static final int MOST_LINE = 64 << 10;
    private static final int READ_MILLIS = 30_000;

    private final Wire wire;
    private final long seed;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Map<Behaviour, AtomicLong> done = new EnumMap<>(Behaviour.class);
    private final AtomicLong requests = new AtomicLong();

    private ChaosUpstream(Wire wire, long seed) throws IOException {
        this.wire = wire;
        this.seed = seed;
        this.server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        for (Behaviour each : Behaviour.values()) {
            done.put(each, new AtomicLong());
        }
    }

    /** Opens one on a free port. */
    static ChaosUpstream open(Wire wire, long seed) throws IOException {
        ChaosUpstream upstream = new ChaosUpstream(wire, seed);
        Thread.ofVirtual().name("chaos-upstream").start(upstream::accept);
        return upstream;
    }

    int port() {
        return server.getLocalPort();
    }

    /** How often it did what. */
    Map<Behaviour, AtomicLong> done() {
        return done;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                Thread.ofVirtual().name("chaos-upstream-connection").start(() -> serve(socket));
            } catch (IOException e) {
                // closed, or a connection that was gone before it was taken
                Thread.onSpinWait();
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(READ_MILLIS);
            InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            Asked asked = read(in);
            while (asked != null) {
                Behaviour behaviour = behaviour(asked);
                done.get(behaviour).incrementAndGet();
                Random random = new Random(seed ^ asked.number() * 0x9E3779B97F4A7C15L ^ requests.get());
                if (!new Answering(wire, socket, random).answer(asked, behaviour)) {
                    return;
                }
                asked = read(in);
            }
        } catch (IOException e) {
            // the gateway has closed the connection, which it may
            return;
        } finally {
            open.remove(socket);
        }
    }

    private Behaviour behaviour(Asked asked) {
        if (asked.number() < 0 || asked.counting()) {
            // probes, and requests that must be served
            return Behaviour.WELL;
        }
        long nth = requests.incrementAndGet();
        return Behaviour.drawn(new Random(seed ^ asked.number() * 0xD1342543DE82EF95L ^ nth));
    }

    /**
     * One request.
     *
     * @param number of the request, out of its marker; -1 without one
     * @param stream whether the answer is to be streamed
     * @param usage whether a stream is to say its usage
     * @param counting whether its tokens are only counted
     */
    record Asked(long number, boolean stream, boolean usage, boolean counting) {}

    private Asked read(InputStream in) throws IOException {
        String first = line(in);
        if (first == null || first.isEmpty()) {
            return null;
        }
        int length = 0;
        boolean chunked = false;
        String header = line(in);
        while (header != null && !header.isEmpty()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(
                        lower.substring("content-length:".length()).strip());
            }
            chunked |= lower.startsWith("transfer-encoding:");
            header = line(in);
        }
        if (chunked || length > MOST_BODY) {
            throw new IOException("a body of a kind that the gateway does not send");
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        boolean stream = first.contains(":streamGenerateContent")
                || body.contains("\"stream\":true")
                || body.contains("\"stream\": true");
        boolean counting =
                first.contains("count_tokens") || first.contains(":countTokens") || first.contains("input_tokens");
        return new Asked(
                Texts.number(body), stream, body.replace(" ", "").contains("\"include_usage\":true"), counting);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int next = in.read();
        while (next >= 0 && next != '\n' && line.length() < MOST_LINE) {
            if (next != '\r') {
                line.append((char) next);
            }
            next = in.read();
        }
        return next < 0 ? null : line.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
