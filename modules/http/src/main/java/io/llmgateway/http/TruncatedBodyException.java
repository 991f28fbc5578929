package io.llmgateway.http;

import java.io.IOException;

/** Says that the connection ended before the body did. Immutable. */
public final class TruncatedBodyException extends IOException {
    private static final long serialVersionUID = 1L;

    TruncatedBodyException(long missing) {
        super("the connection ended inside the body, at least " + Math.max(1, missing) + " bytes are missing");
    }
}
