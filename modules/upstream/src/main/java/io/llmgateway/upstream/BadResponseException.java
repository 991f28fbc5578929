package io.llmgateway.upstream;

import java.io.IOException;

/** Says that an answer is good HTTP but not one to a request of ours; its message never repeats the peer's bytes. */
final class BadResponseException extends IOException {
    private static final long serialVersionUID = 1L;

    BadResponseException(String message) {
        super(message);
    }
}
