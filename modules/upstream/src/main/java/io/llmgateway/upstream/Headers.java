package io.llmgateway.upstream;

import io.llmgateway.wire.OutBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Header fields of one request, encoded as they are added. A value with a control character is refused, so that nothing
 * a client sends can begin a field of its own. Confined to one request.
 */
public final class Headers {
    private final OutBuffer encoded;

    /** Without a field. */
    public Headers() {
        this.encoded = new OutBuffer(512);
    }

    /** Begins with the fields of another one, which stays as it is. */
    public Headers(Headers first) {
        this.encoded = new OutBuffer(first.encoded.length() + 128);
        encoded.write(first.encoded.array(), 0, first.encoded.length());
    }

    /** Adds a field; a null value is left out. */
    public Headers add(String name, @Nullable String value) {
        if (value == null) {
            return this;
        }
        ascii(name);
        encoded.write(':').write(' ');
        ascii(value);
        encoded.write('\r').write('\n');
        return this;
    }

    OutBuffer encoded() {
        return encoded;
    }

    private void ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\t') || c > '~') {
                throw new IllegalArgumentException(
                        "a header may hold printable ASCII only, character " + (i + 1) + " is not");
            }
        }
        encoded.write(text);
    }
}
