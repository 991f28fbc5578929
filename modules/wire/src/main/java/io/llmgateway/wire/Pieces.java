package io.llmgateway.wire;

import java.io.InputStream;

/** Gives an array out in the pieces its reader asks for, and counts the work of each. Confined to one document. */
final class Pieces extends InputStream {
    private final byte[] bytes;
    private final int end;
    private final WorkBudget work;
    private int at;

    Pieces(byte[] bytes, int start, int length, WorkBudget work) {
        this.bytes = bytes;
        this.at = start;
        this.end = start + length;
        this.work = work;
    }

    @Override
    public int read() {
        return at < end ? bytes[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int most) {
        if (at >= end) {
            return most == 0 ? 0 : -1;
        }
        int count = Math.min(most, end - at);
        work.bytes(count);
        System.arraycopy(bytes, at, into, offset, count);
        at += count;
        return count;
    }
}
