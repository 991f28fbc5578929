package io.llmgateway.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of the PROXY protocol, version 1 or 2, with which a proxy says whose connection it hands on. Takes
 * not a byte more than the header, since TLS may follow. Stateless. Source: "The PROXY protocol", versions 1 and 2,
 * HAProxy Technologies, sections 2.1 and 2.2.
 */
final class ProxyHeader {
    private static final byte[] SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};
    private static final byte[] NAME = {'P', 'R', 'O', 'X', 'Y', ' '};
    private static final int LONGEST_LINE = 107;

    /** Most bytes behind the fixed part of version 2: addresses and some additional values. */
    private static final int LONGEST_REST = 4 * 1024;

    private static final int FIXED = 16;
    private static final int LOCAL = 0x20;
    private static final int PROXIED = 0x21;
    private static final int TCP4 = 0x11;
    private static final int TCP6 = 0x21;
    private static final int LARGEST_PORT = 65_535;
    private static final int CHECKSUM = 0x03;
    private static final int CHECKSUM_BYTES = 4;

    /** The kind of an additional value and its length. */
    private static final int VALUE_HEAD = 3;

    private static final int V4 = 4;
    private static final int V6 = 16;

    private ProxyHeader() {}

    /**
     * Reads it.
     *
     * @param proxy the address of the connection, for what the proxy sends on its own behalf
     * @return the address of the client; null when the connection ended before its first byte
     * @throws IOException when what comes is no such header
     */
    static @Nullable InetAddress read(ClientSocket socket, InetAddress proxy) throws IOException {
        byte[] first = new byte[1];
        if (socket.read(first, 0, 1) < 0) {
            return null;
        }
        return first[0] == NAME[0] ? line(socket, proxy) : binary(socket, proxy, first[0]);
    }

    private static InetAddress line(ClientSocket socket, InetAddress proxy) throws IOException {
        byte[] line = new byte[LONGEST_LINE];
        line[0] = NAME[0];
        int length = 1;
        while (length < 2 || line[length - 1] != '\n') {
            if (length == LONGEST_LINE) {
                throw new IOException("the line of the PROXY protocol is too long");
            }
            exactly(socket, line, length, 1);
            length++;
        }
        String text = new String(line, 0, length, StandardCharsets.ISO_8859_1);
        if (!text.startsWith("PROXY ") || !text.endsWith("\r\n")) {
            throw new IOException("no header of the PROXY protocol");
        }
        String[] parts = text.substring(NAME.length, length - 2).split(" ", -1);
        if ("UNKNOWN".equals(parts[0])) {
            return proxy;
        }
        InetAddress client = parts.length == 5 ? Forwarded.parse(parts[1]) : null;
        boolean family = client != null
                // a proxy that listens for both writes addresses of version 4 in the form of version 6
                && parts[0].equals(parts[1].indexOf(':') < 0 ? "TCP4" : "TCP6")
                && Forwarded.parse(parts[2]) != null
                && port(parts[3])
                && port(parts[4]);
        if (client == null || !family) {
            throw new IOException("the line of the PROXY protocol has no address");
        }
        return client;
    }

    /** Section 2.1: a port is written without leading zeros. */
    private static boolean port(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits && (text.length() == 1 || text.charAt(0) != '0') && Integer.parseInt(text) <= LARGEST_PORT;
    }

    private static InetAddress binary(ClientSocket socket, InetAddress proxy, byte first) throws IOException {
        byte[] fixed = new byte[FIXED];
        fixed[0] = first;
        exactly(socket, fixed, 1, FIXED - 1);
        int length = (fixed[14] & 0xff) << 8 | (fixed[15] & 0xff);
        int command = fixed[12] & 0xff;
        boolean known = Arrays.equals(fixed, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)
                && (command == LOCAL || command == PROXIED)
                && length <= LONGEST_REST;
        if (!known) {
            throw new IOException("no header of the PROXY protocol");
        }
        byte[] rest = new byte[length];
        exactly(socket, rest, 0, length);
        int family = fixed[13] & 0xff;
        int size = family == TCP4 ? V4 : family == TCP6 ? V6 : 0;
        if (command == LOCAL || size == 0) {
            return proxy;
        }
        if (length < 2 * size + 4) {
            throw new IOException("the header of the PROXY protocol is too short");
        }
        checkValues(fixed, rest, 2 * size + 4);
        return address(Arrays.copyOf(rest, size));
    }

    /** Section 2.2: additional values fill the rest of the header; one of them may be a CRC32C of all of it. */
    private static void checkValues(byte[] fixed, byte[] rest, int from) throws IOException {
        int at = from;
        while (at + VALUE_HEAD <= rest.length) {
            int length = (rest[at + 1] & 0xff) << 8 | (rest[at + 2] & 0xff);
            int end = at + VALUE_HEAD + length;
            if (end > rest.length) {
                break;
            }
            if (rest[at] == CHECKSUM) {
                checkSum(fixed, rest, at + VALUE_HEAD, length);
            }
            at = end;
        }
        if (at != rest.length) {
            throw new IOException("a value in the header of the PROXY protocol is broken");
        }
    }

    private static void checkSum(byte[] fixed, byte[] rest, int at, int length) throws IOException {
        byte[] zeroed = rest.clone();
        long said = 0;
        for (int i = at; i < at + Math.min(length, CHECKSUM_BYTES); i++) {
            said = said << 8 | (rest[i] & 0xff);
            zeroed[i] = 0;
        }
        CRC32C sum = new CRC32C();
        sum.update(fixed);
        sum.update(zeroed);
        if (length != CHECKSUM_BYTES || sum.getValue() != said) {
            throw new IOException("the checksum of the header of the PROXY protocol is wrong");
        }
    }

    private static InetAddress address(byte[] bytes) throws UnknownHostException {
        return InetAddress.getByAddress(bytes);
    }

    private static void exactly(ClientSocket socket, byte[] target, int offset, int length) throws IOException {
        int at = offset;
        while (at < offset + length) {
            int count = socket.read(target, at, offset + length - at);
            if (count < 0) {
                throw new IOException("the connection ended inside the header of the PROXY protocol");
            }
            at += count;
        }
    }
}
