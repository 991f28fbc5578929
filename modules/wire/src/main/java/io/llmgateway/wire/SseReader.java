package io.llmgateway.wire;

import java.util.Arrays;

/**
 * Finds the events of a server-sent event stream in bytes as they arrive, without copying their text: lines may end
 * with LF, CR or CRLF, an event may be cut anywhere between reads, a leading byte order mark is skipped. Every block of
 * lines up to its blank line is handed out with its raw bytes (for relaying) and with its name and data (for reading).
 * A line that is JSON without {@code data:} in front, as some providers send errors, is handed out as data, and so is
 * the object of a field {@code error}, which builds of llama.cpp send instead of an event.
 *
 * <p>Source: WHATWG HTML, section 9.2.6. One deviation: at the end of the stream a block with complete lines but no
 * blank line is handed out, since providers end that way. Memory is bounded by the longest event. Confined to one
 * stream.
 */
public final class SseReader {
    // thousands of streams wait at once, each with a buffer; one that is filled by a single read shows a busy stream
    private static final int INITIAL_BYTES = 2 * 1024;
    private static final int BUSY_BYTES = 8 * 1024;
    private static final byte[] DATA = {'d', 'a', 't', 'a'};
    private static final byte[] EVENT = {'e', 'v', 'e', 'n', 't'};
    private static final byte[] ERROR = {'e', 'r', 'r', 'o', 'r'};

    // what is larger is charged, and given back when the large event is over
    private static final int LARGE = 64 * 1024;
    private static final byte[] NOTHING = new byte[0];

    private final int maxEventBytes;
    private final MemoryMeter meter;
    private byte[] buffer = new byte[INITIAL_BYTES];
    private int end;
    private int scan;
    private int blockStart;
    private int lineStart;
    private boolean skipLineFeed;
    private boolean first = true;

    private int rawStart;
    private int rawEnd;
    private int nameStart;
    private int nameEnd;
    private int dataStart;
    private int dataEnd;
    private int dataLines;
    private byte[] joined = NOTHING;
    private int joinedLength;
    private boolean bare;
    private boolean error;
    private boolean reset = true;

    /**
     * Makes a reader whose memory nobody counts.
     *
     * @param maxEventBytes longest event that is accepted, in bytes; a longer one ends the stream with an error
     */
    public SseReader(int maxEventBytes) {
        this(maxEventBytes, MemoryMeter.NONE);
    }

    /**
     * Makes a reader.
     *
     * @param maxEventBytes longest event that is accepted, in bytes; a longer one ends the stream with an error
     * @param meter is charged for what an event takes beyond 64 KiB, while it lasts
     */
    public SseReader(int maxEventBytes, MemoryMeter meter) {
        this.maxEventBytes = maxEventBytes;
        this.meter = meter;
    }

    /** Lets go of all memory and gives it back; to be called when the stream is over. */
    public void free() {
        buffer = resized(buffer, 0);
        joined = resized(joined, 0);
        end = 0;
        scan = 0;
        blockStart = 0;
        lineStart = 0;
        clearBlock();
    }

    /** A copy with another length; charges before a large one is made, gives back after a large one is left. */
    private byte[] resized(byte[] from, int size) {
        int before = from.length > LARGE ? from.length : 0;
        int after = size > LARGE ? size : 0;
        if (after > before) {
            meter.charge((long) after - before);
        }
        byte[] to = size == 0 ? NOTHING : Arrays.copyOf(from, size);
        if (before > after) {
            meter.release((long) before - after);
        }
        return to;
    }

    /** The array to read the next bytes into, from {@link #writeIndex()} on; may change with every call. */
    public byte[] space() throws EventTooLargeException {
        boolean filled = end == buffer.length;
        if (blockStart > 0) {
            compact();
        }
        if (end == buffer.length && buffer.length >= maxEventBytes) {
            throw new EventTooLargeException(maxEventBytes);
        }
        boolean busy = filled && buffer.length < BUSY_BYTES && buffer.length < maxEventBytes;
        if (end == buffer.length || busy) {
            long larger = Math.max(BUSY_BYTES, buffer.length * 2L);
            buffer = resized(buffer, (int) Math.min(maxEventBytes, larger));
        }
        return buffer;
    }

    /** Where in {@link #space()} the next bytes go; what follows it to the array's end is free. */
    public int writeIndex() {
        return end;
    }

    /** Says that {@code count} bytes were put at {@link #writeIndex()}. */
    public void wrote(int count) {
        end += count;
    }

    /** Copies bytes in, for callers that hold them already; what is not handed out yet counts toward the limit. */
    public void feed(byte[] bytes, int offset, int length) throws EventTooLargeException {
        int done = 0;
        while (done < length) {
            byte[] target = space();
            int part = Math.min(length - done, target.length - end);
            System.arraycopy(bytes, offset + done, target, end, part);
            end += part;
            done += part;
        }
    }

    /** Moves to the next complete block; false when more bytes are needed. Accessors describe that block until then. */
    public boolean next() {
        if (reset) {
            clearBlock();
        }
        if (first && !skipByteOrderMark()) {
            return false;
        }
        while (scan < end) {
            byte b = buffer[scan++];
            if (b == '\n' && skipLineFeed && scan - 1 == lineStart) {
                skipLineFeed = false;
                lineStart = scan;
                if (blockStart == scan - 1) {
                    return block();
                }
            } else if (b == '\n' || b == '\r') {
                skipLineFeed = b == '\r';
                if (line(scan - 1)) {
                    return block();
                }
            }
        }
        return false;
    }

    /**
     * To be called once at the end of the stream, after {@link #next()} gave false: hands out what is left if it holds
     * a complete field.
     */
    public boolean finish() {
        if (lineStart < end) {
            line(end);
        }
        scan = end;
        lineStart = end;
        return (dataLines > 0 || nameEnd > nameStart) && block();
    }

    /** The array the current block lies in. */
    public byte[] bytes() {
        return buffer;
    }

    /** First byte of the current block in {@link #bytes()}. */
    public int rawStart() {
        return rawStart;
    }

    /** One past the last byte of the current block, blank line included. */
    public int rawEnd() {
        return rawEnd;
    }

    /** True when the block carries data; comments, empty lines and lone fields do not. */
    public boolean hasData() {
        return dataLines > 0;
    }

    /** True when the block's event name is exactly this ASCII text. */
    public boolean named(byte[] name) {
        return Arrays.equals(buffer, nameStart, nameEnd, name, 0, name.length);
    }

    /** True when the block has an event name. */
    public boolean hasName() {
        return nameEnd > nameStart;
    }

    /** True when the data is a document that stands there without the name of the field, which no event does. */
    public boolean bare() {
        return bare;
    }

    /** True when the data is the object of a field {@code error}; what else the block holds does not count. */
    public boolean isError() {
        return error;
    }

    /** True when the data stands on one line, so that its range lies in {@link #bytes()}. */
    public boolean dataInPlace() {
        return dataLines == 1;
    }

    /** The block's data: in {@link #bytes()} when it stands on one line, joined in an array of its own otherwise. */
    public byte[] dataBytes() {
        return dataLines > 1 ? joined : buffer;
    }

    /** First byte of the data in {@link #dataBytes()}. */
    public int dataStart() {
        return dataLines > 1 ? 0 : dataStart;
    }

    /** One past the last byte of the data in {@link #dataBytes()}. */
    public int dataEnd() {
        return dataLines > 1 ? joinedLength : dataEnd;
    }

    /** Bytes read but not handed out yet; at the end of a stream they are the unfinished rest. */
    public int pending() {
        return end - blockStart;
    }

    private boolean skipByteOrderMark() {
        if (end == blockStart || (end - blockStart < 3 && (buffer[blockStart] & 0xff) == 0xef)) {
            return false;
        }
        first = false;
        if (end - blockStart >= 3
                && (buffer[blockStart] & 0xff) == 0xef
                && (buffer[blockStart + 1] & 0xff) == 0xbb
                && (buffer[blockStart + 2] & 0xff) == 0xbf) {
            blockStart += 3;
            lineStart = blockStart;
            scan = blockStart;
        }
        return true;
    }

    /** Takes the line that ends before {@code lineEnd}; true when it is the blank line that ends a block. */
    private boolean line(int lineEnd) {
        int start = lineStart;
        lineStart = scan;
        if (start == lineEnd) {
            return true;
        }
        if (bare) {
            data(start, lineEnd);
            return false;
        }
        switch (buffer[start]) {
            case 'd' -> {
                if (!error && isField(start, lineEnd, DATA)) {
                    data(valueStart(start + DATA.length, lineEnd), lineEnd);
                }
            }
            case 'e' -> {
                if (isField(start, lineEnd, EVENT)) {
                    nameStart = valueStart(start + EVENT.length, lineEnd);
                    nameEnd = lineEnd;
                } else if (!error && isField(start, lineEnd, ERROR)) {
                    error(valueStart(start + ERROR.length, lineEnd), lineEnd);
                }
            }
            case '{', '[' -> {
                bare = true;
                data(start, lineEnd);
            }
            default -> {
                // comments and unknown fields travel in the raw bytes only
            }
        }
        return false;
    }

    private void error(int start, int lineEnd) {
        if (start < lineEnd && buffer[start] == '{') {
            error = true;
            dataLines = 0;
            data(start, lineEnd);
        }
    }

    private boolean isField(int start, int lineEnd, byte[] name) {
        int after = start + name.length;
        return after <= lineEnd
                && Arrays.equals(buffer, start, after, name, 0, name.length)
                && (after == lineEnd || buffer[after] == ':');
    }

    private int valueStart(int colon, int lineEnd) {
        int start = Math.min(colon + 1, lineEnd);
        return start < lineEnd && buffer[start] == ' ' ? start + 1 : start;
    }

    private void data(int start, int lineEnd) {
        dataLines++;
        if (dataLines == 1) {
            dataStart = start;
            dataEnd = lineEnd;
            return;
        }
        if (dataLines == 2) {
            joinedLength = 0;
            append(dataStart, dataEnd);
        }
        append(-1, -1);
        append(start, lineEnd);
    }

    private void append(int start, int stop) {
        int more = start < 0 ? 1 : stop - start;
        if (joinedLength + more > joined.length) {
            joined = resized(
                    joined, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(joined.length * 2L, joinedLength + more)));
        }
        if (start < 0) {
            joined[joinedLength] = '\n';
        } else {
            System.arraycopy(buffer, start, joined, joinedLength, more);
        }
        joinedLength += more;
    }

    private boolean block() {
        rawStart = blockStart;
        rawEnd = scan;
        blockStart = scan;
        reset = true;
        return true;
    }

    private void clearBlock() {
        reset = false;
        bare = false;
        error = false;
        nameStart = 0;
        nameEnd = 0;
        dataStart = 0;
        dataEnd = 0;
        dataLines = 0;
        if (joined.length > BUSY_BYTES) {
            joined = resized(joined, 0);
        }
    }

    /** Moves the unfinished block to the front; the handed-out one is not described any more afterwards. */
    private void compact() {
        if (reset) {
            clearBlock();
        }
        int shift = blockStart;
        System.arraycopy(buffer, shift, buffer, 0, end - shift);
        end -= shift;
        scan -= shift;
        lineStart -= shift;
        blockStart = 0;
        if (nameEnd > nameStart) {
            nameStart -= shift;
            nameEnd -= shift;
        }
        if (dataLines > 0) {
            dataStart -= shift;
            dataEnd -= shift;
        }
        if (buffer.length > BUSY_BYTES && end < BUSY_BYTES / 2) {
            buffer = resized(buffer, BUSY_BYTES);
        } else if (buffer.length > LARGE && end < buffer.length / 4) {
            buffer = resized(buffer, Math.max(BUSY_BYTES, buffer.length / 2));
        }
    }

    /** Says that one event is longer than the reader accepts. */
    public static final class EventTooLargeException extends Exception {
        private static final long serialVersionUID = 1L;

        EventTooLargeException(int limit) {
            super("an event of the stream is longer than " + limit + " bytes");
        }
    }
}
