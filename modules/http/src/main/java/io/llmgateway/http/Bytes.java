package io.llmgateway.http;

/** The classes of bytes that HTTP's grammar names. Stateless. */
final class Bytes {
    private static final byte TEXT = 1;
    private static final byte TOKEN = 2;
    private static final byte PATH = 4;
    private static final byte QUERY = 8;
    private static final byte HOST = 16;
    private static final byte[] CLASSES = classes();

    private Bytes() {}

    private static byte[] classes() {
        byte[] classes = new byte[256];
        for (int c = 0; c < 256; c++) {
            // RFC 9110, 5.5: HTAB, SP, VCHAR and obs-text
            classes[c] = c == '\t' || (c >= ' ' && c != 127) ? TEXT : 0;
        }
        for (char c = 'a'; c <= 'z'; c++) {
            add(classes, String.valueOf(c), TOKEN | PATH | QUERY | HOST);
            add(classes, String.valueOf((char) (c - 32)), TOKEN | PATH | QUERY | HOST);
        }
        add(classes, "0123456789", TOKEN | PATH | QUERY | HOST);
        // RFC 9110, 5.6.2
        add(classes, "!#$%&'*+-.^_`|~", TOKEN);
        // RFC 3986, 2.3: unreserved. A host has nothing else here, its sub-delims and escapes are in no name of a
        // machine
        add(classes, "-._~", PATH | QUERY | HOST);
        // RFC 3986, 3.3 and 3.4: pchar and "/"; a percent sign is looked at by its two digits
        add(classes, "!$&'()*+,;=:@/%", PATH | QUERY);
        // brackets are not escaped in the query of a WHATWG URL, so that browsers and Node send them
        add(classes, "?[]", QUERY);
        return classes;
    }

    private static void add(byte[] classes, String characters, int kinds) {
        for (int i = 0; i < characters.length(); i++) {
            classes[characters.charAt(i)] |= (byte) kinds;
        }
    }

    /** What may stand in a line. */
    static boolean text(byte b) {
        return (CLASSES[b & 0xff] & TEXT) != 0;
    }

    static boolean token(byte b) {
        return (CLASSES[b & 0xff] & TOKEN) != 0;
    }

    static boolean path(byte b) {
        return (CLASSES[b & 0xff] & PATH) != 0;
    }

    static boolean query(byte b) {
        return (CLASSES[b & 0xff] & QUERY) != 0;
    }

    static boolean host(byte b) {
        return (CLASSES[b & 0xff] & HOST) != 0;
    }

    static boolean digit(byte b) {
        return b >= '0' && b <= '9';
    }

    static boolean blank(int b) {
        return b == ' ' || b == '\t';
    }

    /** The value of a hexadecimal digit; -1 for anything else. */
    static int hex(int c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int folded = c | 32;
        return folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
    }
}
