package io.llmgateway.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.llmgateway.launcher.Gateway;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Holds down what the whole gateway allocates for a request and for an event of a stream. Time is noisy, allocation is
 * not: this is how a slower hot path is noticed. Client and upstream of the test allocate nothing while it counts.
 */
class AllocationTest {
    // measured: see docs/performance.md; the bounds leave a tenth for other versions of the JVM
    private static final long BYTES_PER_REQUEST = 40_000;
    private static final long BYTES_PER_EVENT = 1_000;

    private static final int WARM = 15_000;
    private static final int COUNTED = 5_000;
    private static final int EVENTS = 20_000;
    private static final String EVENT =
            "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
                    + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"},\"finish_reason\":null}]}\n\n";
    private static final String LAST =
            "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
                    + "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private ServerSocket upstream;
    private Gateway gateway;

    @BeforeEach
    void start() throws IOException {
        upstream = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(this::accept);
        gateway = Gateway.start(BenchSettings.of("server: {port: 0}\nadmin: {enabled: false}\n"
                + "limits: {concurrent: 10k}\n"
                + "keys: [{name: me, key: a-key-for-this-bench, limits: {requests-per-minute: 900m,"
                + " tokens-per-minute: 900m}}]\n"
                + "providers: {p: {type: openai, instances: [{name: a, base-url: \"http://127.0.0.1:"
                + upstream.getLocalPort() + "/v1\", api-key: \"upstream-key-0123456789\"}]}}\n"));
    }

    @AfterEach
    void stop() throws IOException {
        gateway.close();
        upstream.close();
    }

    @Test
    void wholeAnswer_allocatesWithinItsBound() throws IOException {
        try (Socket client = client()) {
            byte[] request = request("");
            byte[] buffer = new byte[64 * 1024];
            exchange(client, request, buffer, WARM);
            long before = threads.getTotalThreadAllocatedBytes();
            exchange(client, request, buffer, COUNTED);
            long each = (threads.getTotalThreadAllocatedBytes() - before) / COUNTED;

            assertThat(each).as("bytes allocated for one request").isLessThan(BYTES_PER_REQUEST);
        }
    }

    @Test
    void streamedEvent_allocatesWithinItsBound() throws IOException {
        try (Socket client = client()) {
            byte[] request = request(",\"stream\":true");
            byte[] buffer = new byte[64 * 1024];
            for (int i = 0; i < 2; i++) {
                client.getOutputStream().write(request);
                readStream(client.getInputStream(), buffer);
            }
            long before = threads.getTotalThreadAllocatedBytes();
            client.getOutputStream().write(request);
            readStream(client.getInputStream(), buffer);
            long each = (threads.getTotalThreadAllocatedBytes() - before) / EVENTS;

            assertThat(each).as("bytes allocated for one event").isLessThan(BYTES_PER_EVENT);
        }
    }

    private Socket client() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static byte[] request(String more) {
        String body = "{\"model\":\"m\"" + more + ",\"messages\":[{\"role\":\"user\",\"content\":\""
                + "the quick brown fox ".repeat(45) + "\"}]}";
        return ("POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer a-key-for-this-bench\r\n"
                        + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Sends a request and reads to the last byte of its answer, which is the only closing brace pair of its kind. */
    private static void exchange(Socket client, byte[] request, byte[] buffer, int times) throws IOException {
        OutputStream out = client.getOutputStream();
        InputStream in = client.getInputStream();
        for (int i = 0; i < times; i++) {
            out.write(request);
            int length = 0;
            do {
                int count = in.read(buffer, length, buffer.length - length);
                assertThat(count > 0).isTrue();
                length += count;
            } while (buffer[length - 1] != '\n' || buffer[length - 2] != '}');
        }
    }

    private static void readStream(InputStream in, byte[] buffer) throws IOException {
        int tail = 0;
        while (tail != 5) {
            int count = in.read(buffer);
            for (int i = 0; i < count; i++) {
                tail = "0\r\n\r\n".charAt(tail) == buffer[i] ? tail + 1 : buffer[i] == '0' ? 1 : 0;
                if (tail == 5) {
                    return;
                }
            }
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = upstream.accept();
                socket.setTcpNoDelay(true);
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    /** Answers each request that ends with the closing braces of its body. */
    private static void serve(Socket socket) {
        String text = "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":"
                + "{\"role\":\"assistant\",\"content\":\"" + "word ".repeat(160) + "\"},\"finish_reason\":\"stop\"}],"
                + "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9,\"total_tokens\":18}}\n";
        byte[] whole = ascii("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + text.length()
                + "\r\n\r\n" + text);
        byte[] head = ascii("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        byte[] event = chunk(EVENT);
        byte[] end = ascii(new String(chunk(LAST), StandardCharsets.US_ASCII) + "0\r\n\r\n");
        byte[] buffer = new byte[16 * 1024];
        try (socket) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            int length = 0;
            int count;
            while ((count = in.read(buffer, length, buffer.length - length)) > 0) {
                length += count;
                if (buffer[length - 1] == '}') {
                    answer(
                            out,
                            contains(buffer, length, "event-stream")
                                    ? new byte[][] {head, event, end}
                                    : new byte[][] {whole});
                    length = 0;
                }
            }
        } catch (IOException e) {
            // the gateway has closed it
        }
    }

    private static void answer(OutputStream out, byte[][] parts) throws IOException {
        out.write(parts[0]);
        for (int i = 0; parts.length > 1 && i < EVENTS; i++) {
            out.write(parts[1]);
        }
        if (parts.length > 1) {
            out.write(parts[2]);
        }
    }

    private static boolean contains(byte[] bytes, int length, String text) {
        for (int i = 0; i + text.length() <= length; i++) {
            int k = 0;
            while (k < text.length() && bytes[i + k] == text.charAt(k)) {
                k++;
            }
            if (k == text.length()) {
                return true;
            }
        }
        return false;
    }

    private static byte[] chunk(String text) {
        return ascii(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
