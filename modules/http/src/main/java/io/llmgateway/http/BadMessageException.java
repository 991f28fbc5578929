package io.llmgateway.http;

import java.io.IOException;

/**
 * Says that a message breaks a rule of HTTP/1.1 or a bound. Its message names the rule and never repeats the bytes. The
 * connection carries nothing after it. Immutable.
 */
public final class BadMessageException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Fault fault;

    /** What a request is answered with. */
    public enum Fault {
        /** Its bytes break the rules. */
        MALFORMED(400),
        /** The request line is longer than allowed. */
        TARGET_TOO_LONG(414),
        /** One field, the whole head or the number of fields is larger than allowed. */
        HEAD_TOO_LARGE(431),
        /** A transfer coding other than chunked. */
        TRANSFER_CODING(501),
        /** A version of HTTP other than 1.0 and 1.1. */
        VERSION(505);

        private final int status;

        Fault(int status) {
            this.status = status;
        }

        /** The status of the response. */
        public int status() {
            return status;
        }
    }

    /**
     * Makes it.
     *
     * @param message the rule that is broken, without bytes of the message
     */
    public BadMessageException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    static BadMessageException malformed(String message) {
        return new BadMessageException(Fault.MALFORMED, message);
    }

    /** What to answer. */
    public Fault fault() {
        return fault;
    }
}
