package io.llmgateway.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;

/** A collector of traces: takes OTLP over HTTP in protobuf, and decodes as much of it as tests look at. Thread-safe. */
public final class OtlpReceiver implements AutoCloseable {
    private final HttpServer server;
    private final List<ReceivedSpan> spans = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private volatile int status = 200;

    private OtlpReceiver(HttpServer server) {
        this.server = server;
    }

    /** Starts on a free port. */
    public static OtlpReceiver start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            OtlpReceiver receiver = new OtlpReceiver(server);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/v1/traces", receiver::take);
            server.start();
            return receiver;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Where it listens, without a path. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Answers with another status from now on; what it refuses it does not keep. */
    public void answerWith(int code) {
        status = code;
    }

    /** The spans that have come, in their order. */
    public List<ReceivedSpan> spans() {
        return List.copyOf(spans);
    }

    /** The credentials that have come. */
    public List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            String encoding = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            InputStream body = exchange.getRequestBody();
            byte[] bytes = (encoding.equals("gzip") ? new GZIPInputStream(body) : body).readAllBytes();
            authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            if (status == 200) {
                request(new Message(bytes));
            }
            exchange.sendResponseHeaders(status, -1);
        }
    }

    private void request(Message request) {
        for (Field resourceSpans : request.fields(1)) {
            Message group = resourceSpans.message();
            Map<String, Object> resource = new HashMap<>();
            group.fields(1).forEach(field -> resource.putAll(attributes(field.message(), 1)));
            for (Field scope : group.fields(2)) {
                scope.message().fields(2).forEach(span -> spans.add(span(span.message(), resource)));
            }
        }
    }

    private static ReceivedSpan span(Message span, Map<String, Object> resource) {
        Message state = span.fields(15).isEmpty()
                ? new Message(new byte[0])
                : span.fields(15).getFirst().message();
        return new ReceivedSpan(
                span.hex(1),
                span.hex(2),
                span.hex(4),
                span.text(5),
                (int) span.number(6),
                span.number(7),
                span.number(8),
                state.number(3) == 2,
                attributes(span, 9),
                resource);
    }

    private static Map<String, Object> attributes(Message holder, int number) {
        Map<String, Object> attributes = new HashMap<>();
        for (Field field : holder.fields(number)) {
            Message pair = field.message();
            Message value = pair.fields(2).getFirst().message();
            attributes.put(pair.text(1), value(value));
        }
        return attributes;
    }

    private static Object value(Message value) {
        if (!value.fields(2).isEmpty()) {
            return value.number(2) == 1;
        }
        if (!value.fields(3).isEmpty()) {
            return value.number(3);
        }
        return value.fields(4).isEmpty() ? value.text(1) : Double.longBitsToDouble(value.number(4));
    }

    /**
     * A span as it was received.
     *
     * @param trace its trace's id
     * @param id its own id
     * @param parent its parent's id; empty for none
     * @param name its name
     * @param kind 2 = server, 3 = client
     * @param begin when it began, nanoseconds since 1970
     * @param end when it ended
     * @param failed whether its status is an error
     * @param attributes what it says
     * @param resource what is said of who sent it
     */
    public record ReceivedSpan(
            String trace,
            String id,
            String parent,
            String name,
            int kind,
            long begin,
            long end,
            boolean failed,
            Map<String, Object> attributes,
            Map<String, Object> resource) {
        public ReceivedSpan {
            attributes = Map.copyOf(attributes);
            resource = Map.copyOf(resource);
        }
    }

    /** One field of a protobuf message: a number, or bytes. */
    private record Field(int number, long value, ByteBuffer bytes) {
        Message message() {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            return new Message(copy);
        }
    }

    /** The fields of a protobuf message. */
    private static final class Message {
        private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

        private final List<Field> fields = new CopyOnWriteArrayList<>();

        Message(byte[] encoded) {
            ByteBuffer in = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
            while (in.hasRemaining()) {
                int tag = (int) varint(in);
                int number = tag >>> 3;
                fields.add(
                        switch (tag & 7) {
                            case 0 -> new Field(number, varint(in), NOTHING);
                            case 1 -> new Field(number, in.getLong(), NOTHING);
                            case 2 -> new Field(number, 0, bytes(in));
                            case 5 -> new Field(number, in.getInt(), NOTHING);
                            default -> throw new IllegalArgumentException("unknown wire type in tag " + tag);
                        });
            }
        }

        private static long varint(ByteBuffer in) {
            long value = 0;
            int shift = 0;
            byte b;
            do {
                b = in.get();
                value |= (b & 0x7fL) << shift;
                shift += 7;
            } while (b < 0);
            return value;
        }

        private static ByteBuffer bytes(ByteBuffer in) {
            int length = (int) varint(in);
            ByteBuffer part = in.slice(in.position(), length);
            in.position(in.position() + length);
            return part;
        }

        List<Field> fields(int number) {
            return fields.stream().filter(field -> field.number() == number).toList();
        }

        long number(int number) {
            List<Field> found = fields(number);
            return found.isEmpty() ? 0 : found.getFirst().value();
        }

        String text(int number) {
            List<Field> found = fields(number);
            return found.isEmpty()
                    ? ""
                    : StandardCharsets.UTF_8
                            .decode(found.getFirst().bytes().duplicate())
                            .toString();
        }

        String hex(int number) {
            List<Field> found = fields(number);
            if (found.isEmpty()) {
                return "";
            }
            ByteBuffer part = found.getFirst().bytes().duplicate();
            byte[] copy = new byte[part.remaining()];
            part.get(copy);
            return HexFormat.of().formatHex(copy);
        }
    }
}
