package io.llmgateway.http;

import io.llmgateway.http.BadMessageException.Fault;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request. Reused for every request of a connection and confined to its thread. What it hands out holds
 * until the next {@link #read}; after one that failed it has what was read until then, and is empty where nothing was.
 * Source: RFC 9112, sections 2, 3 and 5.
 */
public final class RequestHead extends Head {
    /** Most bytes of blank lines that are skipped before a request. */
    private static final int MAX_BLANK_BYTES = 1024;

    private static final int MAX_METHOD = 32;
    private static final String[] METHODS = {
        "POST", "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "CONNECT", "TRACE"
    };

    private final RequestTarget place = new RequestTarget(this);
    private String method = "";
    private boolean http11;
    private @Nullable String target;
    private @Nullable String path;
    private @Nullable String query;

    /** Makes one that has read nothing. */
    public RequestHead(Limits limits) {
        super(limits);
    }

    /**
     * Waits for the first byte of a head, which stays where it is; blank lines before it mean nothing (RFC 9112, 2.2).
     *
     * @return false when the connection ended before it
     * @throws BadMessageException when there are more than 1,024 bytes of blank lines
     */
    public boolean begins(Input in) throws IOException {
        for (int blank = 0; in.await(); blank += 2) {
            int first = in.peek();
            if (first != '\r' && first != '\n') {
                return true;
            }
            if (blank >= MAX_BLANK_BYTES) {
                throw BadMessageException.malformed("too many blank lines before a request");
            }
            in.next();
            if (first == '\n' || in.next() != '\n') {
                throw BadMessageException.malformed("a line before the request does not end with CRLF");
            }
        }
        return false;
    }

    /**
     * Reads a head to its empty line.
     *
     * @return false when the connection ended before its first byte
     * @throws BadMessageException when it breaks a rule or a bound, or the connection ends inside it
     */
    public boolean read(Input in) throws IOException {
        start();
        place.clear();
        http11 = false;
        method = "";
        target = null;
        path = null;
        query = null;
        if (!begins(in)) {
            return false;
        }
        begin();
        readLine(in, Fault.TARGET_TOO_LONG);
        requestLine();
        readFields(in);
        checkFraming();
        place.checkHost();
        return true;
    }

    /** RFC 9112, 3: three parts with one space between them. */
    private void requestLine() throws BadMessageException {
        byte[] line = bytes();
        int end = end();
        int at = 0;
        while (at < end && at < MAX_METHOD && Bytes.token(line[at])) {
            at++;
        }
        if (at == 0 || at == end || line[at] != ' ') {
            throw BadMessageException.malformed("the request line has no valid method");
        }
        method = method(at);
        int from = at + 1;
        int to = from;
        while (to < end && line[to] != ' ') {
            to++;
        }
        if (to == from || to == end) {
            throw BadMessageException.malformed("the request line has not three parts");
        }
        version(to + 1, end);
        place.parse(from, to);
    }

    private String method(int end) {
        for (String known : METHODS) {
            if (is(known, end)) {
                return known;
            }
        }
        return text(0, end);
    }

    private boolean is(String known, int end) {
        if (known.length() != end) {
            return false;
        }
        byte[] line = bytes();
        for (int i = 0; i < end; i++) {
            if (line[i] != known.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** RFC 9112, 2.3. */
    private void version(int from, int end) throws BadMessageException {
        byte[] line = bytes();
        boolean version = end - from == 8
                && line[from] == 'H'
                && line[from + 1] == 'T'
                && line[from + 2] == 'T'
                && line[from + 3] == 'P'
                && line[from + 4] == '/'
                && Bytes.digit(line[from + 5])
                && line[from + 6] == '.'
                && Bytes.digit(line[from + 7]);
        if (!version) {
            throw BadMessageException.malformed("the request line has no valid version");
        }
        if (line[from + 5] != '1' || line[from + 7] > '1') {
            throw new BadMessageException(Fault.VERSION, "the version is neither HTTP/1.1 nor HTTP/1.0");
        }
        http11 = line[from + 7] == '1';
    }

    /** The method as it was sent, in its letter case. */
    public String method() {
        return method;
    }

    /** The target as it was sent: a path with its query, a whole URL, an authority (CONNECT) or {@code *} (OPTIONS). */
    public String target() {
        if (target == null) {
            target = text(place.start(), place.end());
        }
        return target;
    }

    /** The path as it was sent, nothing decoded, without the query; {@code *} for that target, empty for CONNECT. */
    public String path() {
        if (path == null) {
            boolean empty = place.pathStart() == place.pathEnd();
            path = empty && place.end() > 0 && !"CONNECT".equals(method)
                    ? "/"
                    : text(place.pathStart(), place.pathEnd());
        }
        return path;
    }

    /** The query as it was sent, without its question mark; empty when there is none. */
    public String query() {
        if (query == null) {
            query = place.queryStart() == place.end() ? "" : text(place.queryStart(), place.end());
        }
        return query;
    }

    @Override
    public boolean http11() {
        return http11;
    }

    /** True when the connection lives on after this request (RFC 9112, 9.3), as far as the client wants it. */
    public boolean keepAlive() {
        return !hasToken("connection", "close") && (http11 || hasToken("connection", "keep-alive"));
    }

    /** True when the client waits for a 100 before it sends the body; one of HTTP/1.0 never does (RFC 9110, 10.1.1). */
    public boolean expectsContinue() {
        return http11 && expects();
    }

    private boolean expects() {
        String value = value("expect");
        return value != null && value.equalsIgnoreCase("100-continue") && count("expect") == 1;
    }

    /** True when the client expects something else, which is answered with 417. */
    public boolean expectsOther() {
        return count("expect") > 0 && !expects();
    }
}
