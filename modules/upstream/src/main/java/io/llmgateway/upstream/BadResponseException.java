package io.llmgateway.upstream;

import java.io.IOException;

/** Says that the peer's bytes break HTTP/1.1; its message names the rule and never repeats the bytes. */
final class BadResponseException extends IOException {
    private static final long serialVersionUID = 1L;

    BadResponseException(String message) {
        super(message);
    }
}
