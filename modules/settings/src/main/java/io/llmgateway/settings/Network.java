package io.llmgateway.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A network of addresses as {@code 10.0.0.0/8} or {@code 2001:db8::/32}, or one address alone. Immutable, thread-safe.
 *
 * @param address its first address, as it was written
 * @param prefix how many leading bits count
 */
public record Network(InetAddress address, int prefix) {
    private static final int BITS = Byte.SIZE;

    /** Reads the usual text; names of hosts are not looked up. */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        boolean literal =
                !host.isEmpty() && host.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == '.' || c == ':');
        boolean looksRight =
                host.indexOf(':') >= 0 || host.chars().filter(c -> c == '.').count() == 3;
        if (!literal || !looksRight) {
            throw malformed();
        }
        try {
            InetAddress address = InetAddress.getByName(host);
            int bits = address.getAddress().length * BITS;
            int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
            if (prefix < 0 || prefix > bits) {
                throw malformed();
            }
            return new Network(address, prefix);
        } catch (UnknownHostException | NumberFormatException e) {
            throw new IllegalArgumentException(malformed().getMessage(), e);
        }
    }

    /** True when the address lies in the network; never for the other family of addresses. */
    public boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] theirs = other.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        int whole = prefix / BITS;
        if (!Arrays.equals(mine, 0, whole, theirs, 0, whole)) {
            return false;
        }
        int rest = prefix % BITS;
        return rest == 0 || ((mine[whole] ^ theirs[whole]) & 0xFF) >>> (BITS - rest) == 0;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + prefix;
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException("must be an address or a network such as 10.0.0.0/8");
    }
}
