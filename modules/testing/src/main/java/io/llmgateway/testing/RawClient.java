package io.llmgateway.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An HTTP/1.1 peer made of a bare socket: sends any bytes, right or wrong, and reads what comes back. Confined to one
 * thread.
 */
public final class RawClient implements AutoCloseable {
    private static final int DEFAULT_TIMEOUT_MILLIS = 10_000;
    private static final int QUIET_MILLIS = 2_000;

    private final Socket socket;
    private final InputStream in;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        // a head is read byte by byte
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** Connects to a port on loopback. */
    public static RawClient connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(DEFAULT_TIMEOUT_MILLIS);
        return new RawClient(socket);
    }

    /** Sends text as it is, one byte per character. */
    public RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends bytes as they are. */
    public RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Sends a POST with a JSON body and a bearer key. */
    public RawClient post(String path, String key, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        send("POST " + path + " HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " + key
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n");
        return send(body);
    }

    /** Waits for so many seconds for every byte, instead of ten. */
    public RawClient patience(int seconds) throws IOException {
        socket.setSoTimeout(seconds * 1_000);
        return this;
    }

    /** Reads and drops a response's body up to its end; one that is cut, or that says no length, just ends. */
    public void drop(long most) throws IOException {
        byte[] part = new byte[64 * 1024];
        socket.setSoTimeout(QUIET_MILLIS);
        try {
            long left = most;
            int read = in.read(part);
            while (read >= 0 && left > 0) {
                left -= read;
                read = in.read(part);
            }
        } catch (SocketTimeoutException e) {
            // nothing more comes on a connection that stays open
            socket.setSoTimeout(DEFAULT_TIMEOUT_MILLIS);
        } catch (SocketException e) {
            // cut
            socket.close();
        }
    }

    /** Reads one whole response. */
    public Response read() throws IOException {
        String head = readHead();
        String[] lines = head.split("\r\n");
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip());
        }
        int status = Integer.parseInt(lines[0].substring(9, 12));
        byte[] body = headers.containsKey("transfer-encoding")
                ? readChunks()
                : in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new Response(status, headers, new String(body, StandardCharsets.UTF_8));
    }

    /** Reads so many bytes, or fewer when the peer closes. */
    public byte[] read(int count) throws IOException {
        return in.readNBytes(count);
    }

    /** Reads the head of a response up to its empty line. */
    public String readHead() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed inside the head, so far: " + head.toString(StandardCharsets.ISO_8859_1));
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads the next chunk of a chunked body; empty at the last one. */
    public byte[] readChunk() throws IOException {
        int size = Integer.parseInt(readLine().strip(), 16);
        byte[] data = in.readNBytes(size);
        if (data.length < size) {
            throw new IOException("closed inside a chunk");
        }
        readLine();
        return data;
    }

    private byte[] readChunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] chunk = readChunk();
        while (chunk.length > 0) {
            body.writeBytes(chunk);
            chunk = readChunk();
        }
        return body.toByteArray();
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        int next = in.read();
        while (next >= 0 && next != '\n') {
            line.append((char) next);
            next = in.read();
        }
        if (next < 0) {
            throw new IOException("closed inside the body");
        }
        return line.toString();
    }

    /** Everything until the peer closes. */
    public String readToEnd() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    /** True when the peer closes, or has closed, within this time; bytes that come meanwhile are dropped. */
    public boolean closedByPeer(Duration within) throws IOException {
        long end = System.nanoTime() + within.toNanos();
        try {
            while (true) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return false;
                }
                socket.setSoTimeout((int) left);
                if (in.read() < 0) {
                    return true;
                }
            }
        } catch (SocketTimeoutException e) {
            // still open when the time was up
            return false;
        } catch (IOException e) {
            // reset: closed, if not politely
            return true;
        } finally {
            socket.setSoTimeout(DEFAULT_TIMEOUT_MILLIS);
        }
    }

    /** Closes with a reset instead of a proper end. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /**
     * One response.
     *
     * @param status its status
     * @param headers its fields by lower-case name
     * @param body its body as text
     */
    public record Response(int status, Map<String, String> headers, String body) {}
}
