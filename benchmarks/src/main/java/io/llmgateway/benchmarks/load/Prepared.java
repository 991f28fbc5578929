package io.llmgateway.benchmarks.load;

import io.llmgateway.model.Protocol;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Answers of the fast upstream, made once. Confined to its thread. */
final class Prepared {
    private final Map<String, byte[]> whole = new HashMap<>();
    private final Map<Protocol, byte[]> begins = new HashMap<>();
    private final Map<Protocol, byte[]> ends = new HashMap<>();

    Prepared() {
        for (Protocol protocol : Protocol.values()) {
            String begin = Bodies.streamBegin(protocol);
            String head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
            begins.put(protocol, ascii(head + (begin.isEmpty() ? "" : chunk(begin))));
            ends.put(protocol, ascii(chunk(Bodies.streamEnd(protocol)) + "0\r\n\r\n"));
        }
    }

    /** A whole answer with its head. */
    byte[] answer(Protocol protocol, int size) {
        return whole.computeIfAbsent(protocol.name() + size, _ -> {
            String body = Bodies.answer(protocol, size);
            return ascii("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body);
        });
    }

    /** The head of a stream and what comes before its first piece. */
    byte[] begin(Protocol protocol) {
        return begins.getOrDefault(protocol, new byte[0]);
    }

    /** One piece of a stream as a chunk. */
    byte[] piece(Protocol protocol, long now) {
        return ascii(chunk(Bodies.streamPiece(protocol, now)));
    }

    /** The end of a stream. */
    byte[] end(Protocol protocol) {
        return ends.getOrDefault(protocol, new byte[0]);
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
