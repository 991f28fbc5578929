package io.llmgateway.http;

import io.llmgateway.http.BadMessageException.Fault;
import java.io.IOException;

/**
 * The head of a response. Reused for every response of a connection and confined to its thread. Source: RFC 9112,
 * sections 4 and 5.
 */
public final class ResponseHead extends Head {
    /** Most interim responses (RFC 9110, 15.2) before the final one. */
    private static final int MAX_INTERIM = 10;

    private static final int MAX_SECONDS_DIGITS = 9;

    private int status;
    private boolean http11;
    private int reasonEnd;

    /** Makes one that has read nothing. */
    public ResponseHead(Limits limits) {
        super(limits);
    }

    /**
     * Reads the head of the final response; at most ten interim ones before it are skipped.
     *
     * @return false when the connection ended before its first byte
     * @throws BadMessageException when it breaks a rule or a bound, the connection ends inside it, or the protocol is
     *     switched, which nobody has asked for
     */
    public boolean read(Input in) throws IOException {
        status = 0;
        start();
        for (int i = 0; i <= MAX_INTERIM; i++) {
            clear();
            if (!in.await()) {
                if (i == 0) {
                    return false;
                }
                throw BadMessageException.malformed("the connection ended behind an interim response");
            }
            begin();
            readLine(in, Fault.HEAD_TOO_LARGE);
            statusLine();
            readFields(in);
            if (status >= 200) {
                return true;
            }
            if (status == 101) {
                throw BadMessageException.malformed("the protocol was switched without being asked");
            }
        }
        throw BadMessageException.malformed("too many interim responses");
    }

    /** RFC 9112, 4. The space behind the status is missing where a server has no reason to give, which is harmless. */
    private void statusLine() throws BadMessageException {
        byte[] line = bytes();
        int end = end();
        boolean version = end >= 12
                && line[0] == 'H'
                && line[1] == 'T'
                && line[2] == 'T'
                && line[3] == 'P'
                && line[4] == '/'
                && Bytes.digit(line[5])
                && line[6] == '.'
                && Bytes.digit(line[7])
                && line[8] == ' ';
        if (!version || !Bytes.digit(line[9]) || !Bytes.digit(line[10]) || !Bytes.digit(line[11])) {
            throw BadMessageException.malformed("the status line is not one of HTTP/1.1");
        }
        if (line[5] != '1' || line[7] > '1') {
            throw new BadMessageException(Fault.VERSION, "the version is neither HTTP/1.1 nor HTTP/1.0");
        }
        if (end > 12 && line[12] != ' ') {
            throw BadMessageException.malformed("the status has more than three digits");
        }
        reasonEnd = end;
        http11 = line[7] == '1';
        status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + line[11] - '0';
        // RFC 9110, 15
        if (status < 100 || status > 599) {
            throw BadMessageException.malformed("the status is not between 100 and 599");
        }
    }

    /** The status of the final response, 200 to 599. */
    public int status() {
        return status;
    }

    /** The words behind the status, which mean nothing to a machine; empty when there are none. */
    public String reason() {
        return reasonEnd > 13 ? text(13, reasonEnd) : "";
    }

    @Override
    public boolean http11() {
        return http11;
    }

    /** True when the connection may carry another exchange, as far as the server wants it; never for HTTP/1.0. */
    public boolean keepAlive() {
        return http11 && !hasToken("connection", "close");
    }

    /**
     * How long the server keeps the connection when nothing happens on it, in seconds: the timeout of its Keep-Alive
     * field (RFC 2068, 19.7.1.1); -1 when it does not say.
     */
    public long keepAliveSeconds() {
        String value = value("keep-alive");
        return value == null ? -1 : parameter(value, "timeout");
    }

    private static long parameter(String list, String name) {
        int from = 0;
        while (from < list.length()) {
            int comma = list.indexOf(',', from);
            int end = comma < 0 ? list.length() : comma;
            while (from < end && Bytes.blank(list.charAt(from))) {
                from++;
            }
            int at = from + name.length();
            if (list.regionMatches(true, from, name, 0, name.length()) && at < end && list.charAt(at) == '=') {
                return number(list, at + 1, end);
            }
            from = end + 1;
        }
        return -1;
    }

    private static long number(String text, int from, int to) {
        long value = 0;
        int at = from;
        while (at < to && at - from < MAX_SECONDS_DIGITS && Bytes.digit((byte) text.charAt(at))) {
            value = value * 10 + text.charAt(at) - '0';
            at++;
        }
        return at == from ? -1 : value;
    }
}
