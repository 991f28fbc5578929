package io.llmgateway.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Answers that are framed against the rules, to which the gateway promises 502 and a connection that is not used again:
 * what the two transports that ADR 10 compares make of them. When HttpCore refuses them all one day, the decision is
 * to be looked at again.
 */
class TransportStrictnessTest {
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";

    private static Map<String, String> answers() {
        Map<String, String> answers = new LinkedHashMap<>();
        answers.put("length and chunks", CHUNKED + "Content-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n");
        answers.put("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok");
        answers.put("signed length", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok");
        answers.put("signed chunk size", CHUNKED + "\r\n+2\r\nok\r\n0\r\n\r\n");
        answers.put("lines that end in a line feed alone", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
        answers.put("chunk line that ends in a line feed alone", CHUNKED + "\r\n2\nok\r\n0\r\n\r\n");
        answers.put("space before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok");
        answers.put("folded field", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok");
        answers.put("two encodings", CHUNKED + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
        return answers;
    }

    /** True when the client takes the answer for a good one. */
    private static boolean takes(boolean own, String answer) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread serving = Thread.ofPlatform().daemon().start(() -> serve(server, answer));
            try (ClientUnderTest client =
                    own ? new OwnClient(false, server.getLocalPort()) : new CoreClient(false, server.getLocalPort())) {
                return client.post("/", new byte[] {'x'}, new byte[64]) >= 0;
            } catch (IOException | RuntimeException e) {
                return false;
            } finally {
                serving.join();
            }
        }
    }

    private static void serve(ServerSocket server, String answer) {
        try (Socket socket = server.accept()) {
            InputStream in = socket.getInputStream();
            int last = in.read();
            while (last >= 0 && last != 'x') {
                last = in.read();
            }
            OutputStream out = socket.getOutputStream();
            out.write(answer.getBytes(StandardCharsets.US_ASCII));
            out.flush();
        } catch (IOException e) {
            // the client has seen enough
        }
    }

    @Test
    void badlyFramedAnswers_areRefusedByOurs_someAreTakenByHttpCore() throws Exception {
        List<String> takenByOurs = new ArrayList<>();
        List<String> takenByCore = new ArrayList<>();
        for (Map.Entry<String, String> answer : answers().entrySet()) {
            if (takes(true, answer.getValue())) {
                takenByOurs.add(answer.getKey());
            }
            if (takes(false, answer.getValue())) {
                takenByCore.add(answer.getKey());
            }
        }

        assertThat(takenByOurs).isEmpty();
        assertThat(takenByCore)
                .containsExactly(
                        "length and chunks",
                        "signed length",
                        "signed chunk size",
                        "lines that end in a line feed alone",
                        "chunk line that ends in a line feed alone",
                        "space before the colon",
                        "folded field");
        assertThat(takes(true, CHUNKED + "\r\n2\r\nok\r\n0\r\n\r\n")).isTrue();
        assertThat(takes(false, CHUNKED + "\r\n2\r\nok\r\n0\r\n\r\n")).isTrue();
    }
}
