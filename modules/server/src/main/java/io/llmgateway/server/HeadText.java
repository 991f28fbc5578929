package io.llmgateway.server;

import io.llmgateway.wire.OutBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Writes the parts of an answer's head. Stateless but for the date of the second. Source: RFC 9112, section 4. */
final class HeadText {
    static final byte[] CRLF = {'\r', '\n'};

    private static final byte[][] LINES = new byte[600][];
    private static final byte[] LENGTH = ascii("Content-Length: ");
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);
    private static final AtomicReference<@Nullable Second> NOW = new AtomicReference<>();

    static {
        String[] known = {
            "200 OK",
            "204 No Content",
            "400 Bad Request",
            "401 Unauthorized",
            "402 Payment Required",
            "403 Forbidden",
            "404 Not Found",
            "405 Method Not Allowed",
            "406 Not Acceptable",
            "408 Request Timeout",
            "409 Conflict",
            "410 Gone",
            "413 Content Too Large",
            "414 URI Too Long",
            "415 Unsupported Media Type",
            "417 Expectation Failed",
            "421 Misdirected Request",
            "422 Unprocessable Content",
            "424 Failed Dependency",
            "429 Too Many Requests",
            "431 Request Header Fields Too Large",
            "500 Internal Server Error",
            "501 Not Implemented",
            "502 Bad Gateway",
            "503 Service Unavailable",
            "504 Gateway Timeout",
            "505 HTTP Version Not Supported"
        };
        for (String each : known) {
            LINES[Integer.parseInt(each.substring(0, 3))] = ascii("HTTP/1.1 " + each + "\r\n");
        }
    }

    private HeadText() {}

    @SuppressWarnings("ArrayRecordComponent") // read only, never compared
    private record Second(long second, byte[] line) {}

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The status line; a status without a name of its own has an empty one, which RFC 9112, 4 allows. */
    static void status(OutBuffer out, int status) {
        byte[] known = status >= 0 && status < LINES.length ? LINES[status] : null;
        if (known != null) {
            out.write(known);
        } else {
            out.write("HTTP/1.1 ")
                    .write(Integer.toString(Math.clamp(status, 100, 999)))
                    .write(" \r\n");
        }
    }

    /** The date of this second. */
    static void date(OutBuffer out) {
        long second = System.currentTimeMillis() / 1000;
        Second known = NOW.get();
        if (known == null || known.second != second) {
            String text = HTTP_DATE.format(Instant.ofEpochSecond(second).atOffset(ZoneOffset.UTC));
            known = new Second(second, ascii("Date: " + text + "\r\n"));
            NOW.set(known);
        }
        out.write(known.line);
    }

    static void contentLength(OutBuffer out, long length) {
        out.write(LENGTH);
        decimal(out, length);
        out.write(CRLF);
    }

    private static void decimal(OutBuffer out, long number) {
        long divisor = 1;
        while (number / divisor >= 10) {
            divisor *= 10;
        }
        for (long d = divisor; d > 0; d /= 10) {
            out.write((int) ('0' + number / d % 10));
        }
    }

    /** The size line of a chunk. */
    static void chunkSize(OutBuffer out, int size) {
        int shift = Math.max(0, (31 - Integer.numberOfLeadingZeros(size)) / 4 * 4);
        for (int at = shift; at >= 0; at -= 4) {
            out.write(Character.forDigit(size >>> at & 0xf, 16));
        }
        out.write(CRLF);
    }

    /**
     * One field.
     *
     * @throws IllegalArgumentException when the value is not printable ASCII, which could end the field
     */
    static void field(OutBuffer out, String name, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c > '~' || (i == 0 && (c == ' ' || c == '\t'))) {
                throw new IllegalArgumentException(
                        "the header '" + name + "' may hold printable ASCII only, character " + (i + 1) + " is not");
            }
        }
        out.write(name).write(':').write(' ').write(value).write(CRLF);
    }
}
