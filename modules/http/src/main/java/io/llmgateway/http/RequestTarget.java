package io.llmgateway.http;

/**
 * The target of a request as ranges in its head, and the host of it. Confined to the head. Source: RFC 9112,
 * section 3.2; RFC 3986, section 3.
 */
final class RequestTarget {
    private static final int MAX_PORT_DIGITS = 5;
    private static final int MAX_PORT = 65_535;

    private final RequestHead head;
    private int start;
    private int end;
    private int pathStart;
    private int pathEnd;
    private int queryStart;
    private int authorityStart;
    private int authorityEnd;
    private int usualPort;

    RequestTarget(RequestHead head) {
        this.head = head;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    int pathStart() {
        return pathStart;
    }

    int pathEnd() {
        return pathEnd;
    }

    /** Where the query begins; the target's end when there is none. */
    int queryStart() {
        return queryStart;
    }

    /** Nothing has been read. */
    void clear() {
        span(0, 0);
    }

    private void span(int from, int to) {
        start = from;
        end = to;
        pathStart = to;
        pathEnd = to;
        queryStart = to;
        authorityStart = to;
        authorityEnd = to;
        usualPort = 0;
    }

    /** Finds out which of the four forms it has; the method decides (RFC 9112, 3.2). */
    void parse(int from, int to) throws BadMessageException {
        span(from, to);
        byte first = head.bytes()[from];
        if ("CONNECT".equals(head.method())) {
            authorityForm();
        } else if (first == '/') {
            pathAndQuery(from);
        } else if (first == '*' && to - from == 1) {
            if (!"OPTIONS".equals(head.method())) {
                throw BadMessageException.malformed("the target '*' is for OPTIONS only");
            }
            pathStart = from;
            pathEnd = to;
        } else {
            absoluteForm();
        }
    }

    /** RFC 9112, 3.2.3: host and port, both needed. */
    private void authorityForm() throws BadMessageException {
        authorityStart = start;
        authorityEnd = end;
        if (port(start, end) <= 0) {
            throw BadMessageException.malformed("the target of CONNECT is not a host and a port");
        }
    }

    /** RFC 9112, 3.2.2; of http and https only, without user information (RFC 9110, 4.2.4). */
    private void absoluteForm() throws BadMessageException {
        int from = schemeEnd();
        byte[] line = head.bytes();
        int at = from;
        while (at < end && line[at] != '/' && line[at] != '?') {
            at++;
        }
        authorityStart = from;
        authorityEnd = at;
        port(from, at);
        pathAndQuery(at);
    }

    private int schemeEnd() throws BadMessageException {
        int http = start + "http://".length();
        if (http <= end && head.same(start, http, "http://")) {
            usualPort = 80;
            return http;
        }
        int https = http + 1;
        if (https <= end && head.same(start, https, "https://")) {
            usualPort = 443;
            return https;
        }
        throw BadMessageException.malformed("the target is neither a path nor an HTTP URL");
    }

    /** RFC 3986, 3.3 and 3.4: an absolute path and a query; a fragment is never sent. */
    private void pathAndQuery(int from) throws BadMessageException {
        byte[] line = head.bytes();
        int at = from;
        while (at < end && Bytes.path(line[at])) {
            checkEscape(line, at);
            at++;
        }
        pathStart = from;
        pathEnd = at;
        if (at < end && line[at] == '?') {
            queryStart = at + 1;
            while (at < end && Bytes.query(line[at])) {
                checkEscape(line, at);
                at++;
            }
        }
        if (at < end) {
            throw BadMessageException.malformed("the target has a character that belongs into no URL");
        }
    }

    private void checkEscape(byte[] line, int at) throws BadMessageException {
        if (line[at] == '%' && (at + 2 >= end || Bytes.hex(line[at + 1]) < 0 || Bytes.hex(line[at + 2]) < 0)) {
            throw BadMessageException.malformed("the target has a percent sign without two hexadecimal digits");
        }
    }

    /**
     * RFC 9112, 3.2: HTTP/1.1 needs Host exactly once, HTTP/1.0 at most once; it is valid, and that of a target that
     * is a URL.
     */
    void checkHost() throws BadMessageException {
        int hosts = head.hosts();
        if (hosts > 1 || (hosts == 0 && head.http11())) {
            throw BadMessageException.malformed(hosts == 0 ? "the Host field is missing" : "more than one Host field");
        }
        if (hosts == 0) {
            return;
        }
        int from = head.hostStart();
        int to = head.hostEnd();
        int port = port(from, to);
        if (authorityStart < authorityEnd && !sameAuthority(from, to, port)) {
            throw BadMessageException.malformed("the Host field is not the host of the target");
        }
    }

    private boolean sameAuthority(int from, int to, int port) throws BadMessageException {
        int there = port(authorityStart, authorityEnd);
        int hostLength = nameEnd(from, to) - from;
        if (hostLength != nameEnd(authorityStart, authorityEnd) - authorityStart
                || (port < 0 ? usualPort : port) != (there < 0 ? usualPort : there)) {
            return false;
        }
        byte[] line = head.bytes();
        for (int i = 0; i < hostLength; i++) {
            if (lower(line[from + i]) != lower(line[authorityStart + i])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + 32 : b;
    }

    /** Where the name or address before the colon of the port ends. */
    private int nameEnd(int from, int to) {
        byte[] line = head.bytes();
        int at = from;
        if (at < to && line[at] == '[') {
            while (at < to && line[at] != ']') {
                at++;
            }
            return Math.min(to, at + 1);
        }
        while (at < to && line[at] != ':') {
            at++;
        }
        return at;
    }

    /** Checks a host with or without a port (RFC 3986, 3.2.2 and 3.2.3) and tells the port; -1 when there is none. */
    private int port(int from, int to) throws BadMessageException {
        byte[] line = head.bytes();
        int nameEnd = nameEnd(from, to);
        boolean valid = from < nameEnd && (line[from] == '[' ? address(from, nameEnd) : name(from, nameEnd));
        if (!valid) {
            throw BadMessageException.malformed("the host is not valid");
        }
        if (nameEnd == to || nameEnd + 1 == to) {
            if (nameEnd + 1 == to && line[nameEnd] != ':') {
                throw BadMessageException.malformed("the host is not valid");
            }
            return -1;
        }
        int port = 0;
        for (int i = nameEnd + 1; i < to; i++) {
            if (!Bytes.digit(line[i]) || to - nameEnd - 1 > MAX_PORT_DIGITS) {
                throw BadMessageException.malformed("the port of the host is not a number");
            }
            port = port * 10 + line[i] - '0';
        }
        if (line[nameEnd] != ':' || port > MAX_PORT) {
            throw BadMessageException.malformed("the port of the host is not valid");
        }
        return port;
    }

    private boolean name(int from, int to) {
        byte[] line = head.bytes();
        for (int i = from; i < to; i++) {
            if (!Bytes.host(line[i])) {
                return false;
            }
        }
        return true;
    }

    /** An IPv6 address in brackets, by its characters. */
    private boolean address(int from, int to) {
        byte[] line = head.bytes();
        if (to - from < 4 || line[to - 1] != ']') {
            return false;
        }
        for (int i = from + 1; i < to - 1; i++) {
            if (Bytes.hex(line[i] & 0xff) < 0 && line[i] != ':' && line[i] != '.') {
                return false;
            }
        }
        return true;
    }
}
