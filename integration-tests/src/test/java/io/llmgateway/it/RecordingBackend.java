package io.llmgateway.it;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server behind proxies that send well-formed messages: keeps the body of each request under the number that the
 * request carries, and answers. Thread-safe.
 */
final class RecordingBackend implements AutoCloseable {
    /** A number as it stands in the requests of a sample: the way it went, and which sample it is. */
    static final Pattern ID = Pattern.compile("m[A-Z][0-9]{7}");

    private static final int BACKLOG = 1_000;
    private static final String ANSWER = "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\","
            + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"ok\"},"
            + "\"finish_reason\":\"stop\"}],"
            + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}";

    private final ServerSocket listener;
    private final Map<String, List<String>> read = new ConcurrentHashMap<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private RecordingBackend(ServerSocket listener) {
        this.listener = listener;
    }

    static RecordingBackend start() throws IOException {
        RecordingBackend backend = new RecordingBackend(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().start(backend::accept);
        return backend;
    }

    int port() {
        return listener.getLocalPort();
    }

    /** The bodies of the requests with this number, in the order they came; the target of those without a body. */
    List<String> read(String id) {
        return read.getOrDefault(id, List.of());
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> converse(socket));
            } catch (IOException e) {
                // closed: the loop's condition sees it
                Thread.onSpinWait();
            }
        }
    }

    private void converse(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            String first = line(in);
            while (!first.isEmpty()) {
                serve(socket, in, first);
                first = line(in);
            }
        } catch (IOException e) {
            // the proxy has left
            open.remove(socket);
        }
        open.remove(socket);
    }

    private void serve(Socket socket, InputStream in, String first) throws IOException {
        int length = 0;
        boolean chunked = false;
        String id = "";
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            int colon = field.indexOf(':');
            String name = field.substring(0, colon);
            String value = field.substring(colon + 1).strip();
            length = name.equalsIgnoreCase("content-length") ? Integer.parseInt(value) : length;
            chunked |= name.equalsIgnoreCase("transfer-encoding");
            id = name.equalsIgnoreCase("x-id") ? value : id;
        }
        byte[] body = chunked ? chunks(in) : in.readNBytes(length);
        if (!chunked && body.length < length) {
            throw new EOFException("cut");
        }
        String text = new String(body, StandardCharsets.ISO_8859_1);
        Matcher matcher = ID.matcher(text.isEmpty() ? id : text);
        read.computeIfAbsent(
                        matcher.find() ? matcher.group() : "", _ -> Collections.synchronizedList(new ArrayList<>()))
                .add(text.isEmpty() ? first : text);
        String answer = first.startsWith("HEAD ") ? "" : ANSWER;
        socket.getOutputStream()
                .write(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + ANSWER.length()
                                + "\r\n\r\n" + answer)
                        .getBytes(StandardCharsets.ISO_8859_1));
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int size = size(line(in));
        while (size > 0) {
            byte[] part = in.readNBytes(size);
            if (part.length < size) {
                throw new EOFException("cut");
            }
            all.writeBytes(part);
            line(in);
            size = size(line(in));
        }
        while (!line(in).isEmpty()) {
            Thread.onSpinWait();
        }
        return all.toByteArray();
    }

    private static int size(String line) {
        int end = line.indexOf(';');
        return Integer.parseInt((end < 0 ? line : line.substring(0, end)).strip(), 16);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int next = in.read();
        while (next >= 0 && next != '\n') {
            if (next != '\r') {
                line.append((char) next);
            }
            next = in.read();
        }
        if (next < 0 && !line.isEmpty()) {
            throw new EOFException("cut");
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
