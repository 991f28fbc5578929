package io.llmgateway.wire;

/** The name of a field as it stands in JSON, made once so that writing it is one copy. Immutable, thread-safe. */
public final class FieldName {
    static final int WITH_COMMA = 0;
    static final int FIRST = 1;

    private final byte[] bytes;

    /** Prepares this name. */
    public FieldName(String name) {
        OutBuffer out = new OutBuffer(name.length() + 4);
        out.write(',').write(JsonOut.bytes(name)).write(':');
        this.bytes = out.toByteArray();
    }

    /** Appends the name from there on: with the comma before it, or without. */
    void append(OutBuffer out, int from) {
        out.write(bytes, from, bytes.length - from);
    }
}
