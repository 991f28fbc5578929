package io.llmgateway.it.chaos;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Reads answers as a client does that trusts nobody. Stateless. */
final class Reading {
    private static final int MOST_LINE = 64 << 10;

    private Reading() {}

    /**
     * One answer.
     *
     * @param status its status
     * @param headers its fields by lower-case name
     * @param body what came of its body
     * @param complete whether the body came to the end that its framing announced
     */
    record Answer(int status, Map<String, String> headers, String body, boolean complete) {
        boolean last() {
            return !complete || "close".equalsIgnoreCase(headers.get("connection"));
        }

        /** The same, with nothing after it. */
        Answer ending() {
            return new Answer(status, headers, body, false);
        }

        boolean stream() {
            return headers.getOrDefault("content-type", "").startsWith("text/event-stream");
        }
    }

    /** How a client reads: pauses between two reads, and how much it takes at once. */
    interface Pace {
        /** Called before each read with what was read so far; how much the next read takes at most. */
        int next(int soFar) throws IOException;
    }

    /** As fast as it comes. */
    static final Pace FAST = _ -> 1 << 16;

    /** Thrown when the connection ends before the first byte of an answer. */
    static final class NoAnswer extends IOException {
        private static final long serialVersionUID = 1;

        NoAnswer(String message) {
            super(message);
        }
    }

    /** Reads one answer; what the gateway may not send is a {@link Violation}. */
    static Answer answer(InputStream in, Pace pace) throws IOException {
        String first = line(in);
        if (first.isEmpty()) {
            throw new NoAnswer("the connection ended before an answer");
        }
        Violation.unless(first.startsWith("HTTP/1.1 ") && first.length() >= 12, "not a head: " + Texts.clip(first));
        int status = Integer.parseInt(first.substring(9, 12));
        Map<String, String> headers = new TreeMap<>();
        String header = line(in);
        while (!header.isEmpty()) {
            int colon = header.indexOf(':');
            Violation.unless(colon > 0, "not a header field: " + Texts.clip(header));
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
            header = line(in);
        }
        if (status == 100) {
            return answer(in, pace);
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean complete = headers.containsKey("transfer-encoding")
                ? chunks(in, body, pace)
                : exactly(in, Integer.parseInt(headers.getOrDefault("content-length", "0")), body, pace);
        return new Answer(status, headers, body.toString(StandardCharsets.UTF_8), complete);
    }

    private static boolean exactly(InputStream in, int length, ByteArrayOutputStream body, Pace pace)
            throws IOException {
        int left = length;
        try {
            while (left > 0) {
                byte[] some = in.readNBytes(Math.min(left, pace.next(body.size())));
                body.writeBytes(some);
                left -= some.length;
                if (some.length == 0) {
                    return false;
                }
            }
            return true;
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            // reset: the answer was cut
            return false;
        }
    }

    private static boolean chunks(InputStream in, ByteArrayOutputStream body, Pace pace) throws IOException {
        while (true) {
            String line;
            try {
                line = line(in);
            } catch (java.net.SocketTimeoutException e) {
                throw e;
            } catch (IOException e) {
                // reset: the answer was cut
                return false;
            }
            if (line.isEmpty()) {
                return false;
            }
            int size;
            try {
                size = Integer.parseInt(line, 16);
            } catch (NumberFormatException e) {
                throw new Violation("not the size of a chunk: " + Texts.clip(line));
            }
            if (!exactly(in, size, body, pace)) {
                return false;
            }
            ByteArrayOutputStream end = new ByteArrayOutputStream();
            if (!exactly(in, 2, end, FAST)) {
                return false;
            }
            Violation.unless("\r\n".equals(end.toString(StandardCharsets.US_ASCII)), "a chunk of another length");
            if (size == 0) {
                return true;
            }
        }
    }

    /** A line without its end; what came of it when the connection ends. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int next = in.read();
        while (next >= 0 && next != '\n') {
            Violation.unless(line.length() < MOST_LINE, "a line without end: " + Texts.clip(line.toString()));
            line.append((char) next);
            next = in.read();
        }
        if (next < 0) {
            return "";
        }
        return line.isEmpty()
                ? ""
                : line.substring(0, line.length() - (line.charAt(line.length() - 1) == '\r' ? 1 : 0));
    }
}
