package io.llmgateway.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A provider made of bare sockets: says whatever its script says, right or wrong, and drops the bodies it is sent but
 * for their beginning and their end, so that it takes any size. Thread-safe.
 */
public final class ScriptedUpstream implements AutoCloseable {
    private static final int KEPT = 64 * 1024;
    private static final int BACKLOG = 1_000;

    private final ServerSocket listener;
    private final Script script;
    private final AtomicInteger asked = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<String> lines = new ArrayList<>();

    private ScriptedUpstream(ServerSocket listener, Script script) {
        this.listener = listener;
        this.script = script;
    }

    /** Answers one request. */
    @FunctionalInterface
    public interface Script {
        /**
         * Answers.
         *
         * @param call the request, and the way to answer it
         * @throws IOException when the gateway has left; the connection is closed
         * @throws InterruptedException never by itself
         */
        void serve(Call call) throws IOException, InterruptedException;
    }

    /** Listens on a free port on loopback. */
    public static ScriptedUpstream start(Script script) throws IOException {
        ScriptedUpstream upstream =
                new ScriptedUpstream(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()), script);
        Thread.ofPlatform().daemon().start(upstream::accept);
        return upstream;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofPlatform().daemon().start(() -> converse(socket));
            } catch (IOException e) {
                // closed, or too many files: the next look tells which
                Thread.onSpinWait();
            }
        }
    }

    private void converse(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            Call call = read(socket, in);
            while (call != null) {
                script.serve(call);
                call = read(socket, in);
            }
        } catch (IOException e) {
            // the gateway has left, which is its right
            open.remove(socket);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    private @Nullable Call read(Socket socket, InputStream in) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        Map<String, String> headers = new TreeMap<>();
        String field = line(in);
        while (field != null && !field.isEmpty()) {
            int colon = field.indexOf(':');
            headers.put(
                    field.substring(0, colon).toLowerCase(Locale.ROOT),
                    field.substring(colon + 1).strip());
            field = line(in);
        }
        Edges body = new Edges();
        long left = Long.parseLong(headers.getOrDefault("content-length", "0"));
        byte[] part = new byte[KEPT];
        while (left > 0) {
            int read = in.read(part, 0, (int) Math.min(part.length, left));
            if (read < 0) {
                return null;
            }
            body.add(part, read);
            left -= read;
        }
        synchronized (lines) {
            lines.add(first);
        }
        return new Call(asked.incrementAndGet(), first, headers, body.text(), socket);
    }

    private static @Nullable String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        while (next >= 0 && next != '\n') {
            if (next != '\r') {
                line.write(next);
            }
            next = in.read();
        }
        return next < 0 ? null : line.toString(StandardCharsets.ISO_8859_1);
    }

    /** Its port. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Its address, without a path. */
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    /** How many requests came. */
    public int asked() {
        return asked.get();
    }

    /** The first lines of all requests, in the order of coming. */
    public List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** The beginning and the end of a body. Confined to one thread. */
    private static final class Edges {
        private final ByteArrayOutputStream head = new ByteArrayOutputStream();
        private byte[] tail = new byte[0];

        void add(byte[] bytes, int length) {
            int first = Math.min(length, KEPT - head.size());
            head.write(bytes, 0, first);
            if (length > first) {
                byte[] last = new byte[Math.min(KEPT, tail.length + length - first)];
                int fresh = Math.min(last.length, length - first);
                System.arraycopy(tail, tail.length - (last.length - fresh), last, 0, last.length - fresh);
                System.arraycopy(bytes, length - fresh, last, last.length - fresh, fresh);
                tail = last;
            }
        }

        String text() {
            return head.toString(StandardCharsets.UTF_8) + new String(tail, StandardCharsets.UTF_8);
        }
    }

    /**
     * One request and the way to answer it. Confined to the thread of its connection.
     *
     * @param number how many requests came up to this one
     * @param line the first line
     * @param headers its fields by lower-case name
     * @param body the body's first 64 KiB and, when it is longer, its last 64 KiB
     * @param socket its connection
     */
    public record Call(int number, String line, Map<String, String> headers, String body, Socket socket) {
        /** Sends bytes as they are. */
        public void write(byte[] bytes) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
        }

        /** Sends text as it is. */
        public void write(String text) throws IOException {
            write(text.getBytes(StandardCharsets.UTF_8));
        }

        /** Sends one chunk of a chunked body. */
        public void chunk(String text) throws IOException {
            write(Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n");
        }

        /** Waits until the gateway closes the connection, or sends something more, which ends it as well. */
        public void awaitGone() throws IOException {
            int next = socket.getInputStream().read();
            throw new IOException("the gateway has left, or sent " + next);
        }
    }
}
