package io.llmgateway.model;

/**
 * What kind of thing went wrong: the closed set behind statuses, client error types, metric values and the decision to
 * try another instance. A new kind does not compile until every switch over this set has chosen. Immutable.
 */
public enum ErrorKind {
    /** The caller's request is wrong: bad JSON, bad field, a combination the model refuses. */
    BAD_REQUEST("bad_request"),
    /** The conversation is longer than the model's context. */
    CONTEXT_LENGTH("context_length"),
    /** The provider's content rules refused the request. */
    CONTENT_POLICY("content_policy"),
    /** The caller's gateway key is missing, unknown, disabled or expired. */
    AUTHENTICATION("authentication"),
    /** The caller's key is good but may not do this. */
    PERMISSION("permission"),
    /** No such path on this listener, or no such thing upstream. */
    NOT_FOUND("not_found"),
    /** No route leads to the model, or the provider does not know it. */
    MODEL_NOT_FOUND("model_not_found"),
    /** The path exists, the method does not. */
    METHOD_NOT_ALLOWED("method_not_allowed"),
    /** The caller took too long to send its request. */
    REQUEST_TIMEOUT("request_timeout"),
    /** The provider saw a conflict (409). */
    CONFLICT("conflict"),
    /** The body is over the limit. */
    TOO_LARGE("too_large"),
    /** Too many or too large header fields. */
    HEADERS_TOO_LARGE("headers_too_large"),
    /** A content type or encoding that is not accepted. */
    UNSUPPORTED_MEDIA("unsupported_media"),
    /** An expectation other than 100-continue. */
    EXPECTATION_FAILED("expectation_failed"),
    /** A limit of the gateway's own: requests, tokens, money, concurrency. */
    RATE_LIMIT("rate_limit"),
    /** The gateway sheds load. */
    OVERLOADED("overloaded"),
    /** The gateway is stopping and takes no new work. */
    DRAINING("draining"),
    /** The caller closed its connection before the response was complete. */
    CLIENT_GONE("client_gone"),
    /** The provider refuses the gateway's own credential. */
    UPSTREAM_AUTHENTICATION("upstream_authentication"),
    /** The provider's account has no money or quota left. */
    UPSTREAM_BILLING("upstream_billing"),
    /** The provider limits the gateway's rate (429). */
    UPSTREAM_RATE_LIMIT("upstream_rate_limit"),
    /** The provider is overloaded (503, 529). */
    UPSTREAM_OVERLOADED("upstream_overloaded"),
    /** The provider failed (other 5xx, 408). */
    UPSTREAM_SERVER("upstream_server"),
    /** No connection to the instance: refused, unreachable, name not found. */
    UPSTREAM_CONNECT("upstream_connect"),
    /** The TLS handshake with the instance failed. */
    UPSTREAM_TLS("upstream_tls"),
    /** The instance closed the connection before or inside its response. */
    UPSTREAM_RESET("upstream_reset"),
    /** The instance's response breaks HTTP or its protocol. */
    UPSTREAM_MALFORMED("upstream_malformed"),
    /** A success status with nothing in it. */
    UPSTREAM_EMPTY("upstream_empty"),
    /** The model wrote what cannot be read, such as a malformed tool call; its instance did its work. */
    UPSTREAM_MODEL("upstream_model"),
    /** A stream that ended without its closing signal. */
    UPSTREAM_INTERRUPTED("upstream_interrupted"),
    /** No connection within the connect timeout. */
    TIMEOUT_CONNECT("timeout_connect"),
    /** No first token within its timeout. */
    TIMEOUT_FIRST_TOKEN("timeout_first_token"),
    /** Too long a silence between content events. */
    TIMEOUT_IDLE("timeout_idle"),
    /** The whole request took too long. */
    TIMEOUT_TOTAL("timeout_total"),
    /** No instance can be used now. */
    NO_INSTANCE("no_instance"),
    /** A defect of the gateway. */
    INTERNAL("internal");

    private final String wire;

    ErrorKind(String wire) {
        this.wire = wire;
    }

    /** The kind's name in metrics, logs and documentation: lower case with underscores, never changes. */
    public String wire() {
        return wire;
    }
}
