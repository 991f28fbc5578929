package io.llmgateway.it.attack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All that a server said on one connection, and how the connection ended.
 *
 * @param text every byte as a character
 * @param end how it ended
 */
record Exchange(String text, End end) {
    private static final int CONNECT_MILLIS = 2_000;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})[^\\r\\n]*\\r\\n");

    /** How a connection ended. */
    enum End {
        /** Properly, by the server. */
        CLOSED,
        /** With a reset: what was said before may be lost to many clients. */
        RESET,
        /** It was still open when the time was up. */
        OPEN
    }

    /** Sends this at once and reads all that comes, until the server closes or says nothing for so long. */
    static Exchange talk(int port, String sent, Duration quiet) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            try {
                socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
            } catch (SocketException e) {
                // the server takes no more: what it said may still be there
                return read(socket, quiet);
            }
            return read(socket, quiet);
        }
    }

    /** Reads all that comes on a connection. */
    static Exchange read(Socket socket, Duration quiet) throws IOException {
        socket.setSoTimeout(Math.toIntExact(quiet.toMillis()));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] part = new byte[16 * 1024];
        End end = End.CLOSED;
        try {
            int count = socket.getInputStream().read(part);
            while (count >= 0) {
                all.write(part, 0, count);
                count = socket.getInputStream().read(part);
            }
        } catch (SocketTimeoutException e) {
            end = End.OPEN;
        } catch (SocketException e) {
            end = End.RESET;
        }
        return new Exchange(all.toString(StandardCharsets.ISO_8859_1), end);
    }

    /** The statuses of all answers in their order, those of 100 left out. */
    List<String> statuses() {
        List<String> all = new ArrayList<>();
        Matcher matcher = STATUS.matcher(text);
        while (matcher.find()) {
            if (!matcher.group(1).equals("100")) {
                all.add(matcher.group(1));
            }
        }
        return all;
    }

    /** How many answers came, those of 100 not counted. */
    int answers() {
        return statuses().size();
    }

    /** The status of the first answer; 0 when none came. */
    int status() {
        return statuses().isEmpty() ? 0 : Integer.parseInt(statuses().getFirst());
    }

    /** A field of the first answer, in lower case; empty when it has none. */
    String field(String name) {
        int end = text.indexOf("\r\n\r\n");
        for (String line : text.substring(0, Math.max(0, end)).split("\r\n", -1)) {
            if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
                return line.substring(name.length() + 1).strip().toLowerCase(Locale.ROOT);
            }
        }
        return "";
    }

    /** What came behind the head of the first answer. */
    String body() {
        int end = text.indexOf("\r\n\r\n");
        return end < 0 ? "" : text.substring(end + 4);
    }
}
