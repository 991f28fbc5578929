package io.llmgateway.model;

/** The sentences clients read for faults whose details are the operator's business. */
final class DefaultMessages {
    private DefaultMessages() {}

    static String of(ErrorKind kind) {
        return switch (kind) {
            case BAD_REQUEST -> "the request is not valid";
            case CONTEXT_LENGTH -> "the conversation is longer than the model's context";
            case CONTENT_POLICY -> "the provider's content rules refused the request";
            case AUTHENTICATION -> "the API key is not valid";
            case PERMISSION -> "the API key may not do this";
            case NOT_FOUND -> "not found";
            case MODEL_NOT_FOUND -> "the model was not found";
            case METHOD_NOT_ALLOWED -> "the method is not allowed here";
            case REQUEST_TIMEOUT -> "the request did not arrive in time";
            case CONFLICT -> "the provider reported a conflict";
            case TOO_LARGE -> "the request is too large";
            case HEADERS_TOO_LARGE -> "the request has too many or too large header fields";
            case UNSUPPORTED_MEDIA -> "the content type is not supported";
            case EXPECTATION_FAILED -> "the expectation cannot be met";
            case RATE_LIMIT, UPSTREAM_RATE_LIMIT -> "too many requests, try again later";
            case OVERLOADED, UPSTREAM_OVERLOADED -> "overloaded, try again later";
            case DRAINING -> "the gateway is stopping and takes no new requests";
            case CLIENT_GONE -> "the client closed its connection";
            case UPSTREAM_AUTHENTICATION -> "the provider refused the gateway's credentials";
            case UPSTREAM_BILLING -> "the gateway's account with the provider has no credit or quota left";
            case UPSTREAM_SERVER -> "the provider failed to serve the request";
            case UPSTREAM_CONNECT -> "the provider cannot be reached";
            case UPSTREAM_TLS -> "no secure connection to the provider could be made";
            case UPSTREAM_RESET -> "the provider closed the connection before its response was complete";
            case UPSTREAM_MALFORMED -> "the provider's response could not be understood";
            case UPSTREAM_MODEL -> "the model wrote what cannot be read";
            case UPSTREAM_EMPTY -> "the provider's response was empty";
            case UPSTREAM_INTERRUPTED -> "upstream closed the stream before completion";
            case TIMEOUT_CONNECT -> "no connection to the provider could be made in time (timeouts.connect)";
            case TIMEOUT_FIRST_TOKEN -> "the provider did not begin its response in time (timeouts.first-token)";
            case TIMEOUT_IDLE -> "the provider sent nothing for too long in the middle of its response (timeouts.idle)";
            case TIMEOUT_TOTAL -> "the request took longer than allowed (timeouts.total)";
            case NO_INSTANCE -> "no upstream is available for this model now, try again later";
            case INTERNAL -> "the gateway failed to handle the request";
        };
    }
}
