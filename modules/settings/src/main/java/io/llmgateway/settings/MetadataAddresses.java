package io.llmgateway.settings;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * The addresses at which clouds hand credentials to every process that asks: no instance may be there. Names are
 * checked when settings are loaded; what a name resolves to can be checked with {@link #contains}. Thread-safe.
 */
public final class MetadataAddresses {
    private static final Set<String> NAMES =
            Set.of("metadata.google.internal", "metadata.goog", "instance-data.ec2.internal");
    private static final byte[] ALIBABA = {100, 100, 100, (byte) 200};
    private static final byte[] AWS_IPV6 =
            Inet6Address.ofLiteral("fd00:ec2::254").getAddress();
    private static final int IPV4_BYTES = 4;
    private static final int MAPPED_PREFIX = 12;

    private MetadataAddresses() {}

    /**
     * True for 169.254.0.0/16, 100.100.100.200, fd00:ec2::254, and for IPv6 addresses that lead to the first two:
     * mapped, translated (NAT64), 6to4, Teredo and ISATAP.
     */
    public static boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == IPV4_BYTES) {
            return isMetadata(bytes);
        }
        if (Arrays.equals(bytes, AWS_IPV6)) {
            return true;
        }
        boolean zeroStart = bytes[0] == 0 && bytes[1] == 0;
        boolean nat64 = bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == (byte) 0xff && bytes[3] == (byte) 0x9b;
        byte[] last = Arrays.copyOfRange(bytes, MAPPED_PREFIX, bytes.length);
        return ((zeroStart || nat64 || isIsatap(bytes)) && isMetadata(last)) || isTunnelTo(bytes, last);
    }

    /** 6to4 has the IPv4 address behind 2002, Teredo the server's behind 2001:0 and the client's, inverted, last. */
    private static boolean isTunnelTo(byte[] bytes, byte[] last) {
        if (bytes[0] == 0x20 && bytes[1] == 0x02) {
            return isMetadata(Arrays.copyOfRange(bytes, 2, 2 + IPV4_BYTES));
        }
        if (bytes[0] != 0x20 || bytes[1] != 0x01 || bytes[2] != 0 || bytes[3] != 0) {
            return false;
        }
        byte[] client = new byte[IPV4_BYTES];
        for (int i = 0; i < IPV4_BYTES; i++) {
            client[i] = (byte) ~last[i];
        }
        return isMetadata(client) || isMetadata(Arrays.copyOfRange(bytes, 4, 4 + IPV4_BYTES));
    }

    /** Any prefix, then 0:5efe or 200:5efe, then the IPv4 address. */
    private static boolean isIsatap(byte[] bytes) {
        return (bytes[8] == 0 || bytes[8] == 2) && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == (byte) 0xfe;
    }

    /** True when the text is one of the addresses in any spelling, or one of the names; asks no name server. */
    static boolean isNamedBy(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        while (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        return NAMES.contains(name) || isLiteralOf(name);
    }

    private static boolean isLiteralOf(String name) {
        if (name.startsWith("[")) {
            return literal6(name.substring(1, name.length() - 1));
        }
        if (name.isEmpty() || !Character.isDigit(name.charAt(0))) {
            return false;
        }
        // 0251.254.1.1 is octal to some readers and decimal to others: refuse when either leads there
        return literal4(name, true) || literal4(name, false);
    }

    private static boolean literal4(String text, boolean posix) {
        try {
            return contains(posix ? Inet4Address.ofPosixLiteral(text) : Inet4Address.ofLiteral(text));
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static boolean literal6(String text) {
        try {
            return contains(Inet6Address.ofLiteral(text));
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static boolean isMetadata(byte[] ipv4) {
        boolean linkLocal = ipv4[0] == (byte) 169 && ipv4[1] == (byte) 254;
        return linkLocal || Arrays.equals(ipv4, ALIBABA);
    }
}
