package io.llmgateway.server;

import io.llmgateway.http.BadMessageException;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayError;

/** What a client is told whose message breaks a rule of HTTP. Stateless. */
final class Refusals {
    private Refusals() {}

    static GatewayError of(BadMessageException e) {
        String why = String.valueOf(e.getMessage());
        return switch (e.fault()) {
            case MALFORMED -> new CallerFault.MalformedRequest("the request breaks the rules of HTTP/1.1: " + why);
            case TARGET_TOO_LONG -> new CallerFault.UriTooLong(why);
            case HEAD_TOO_LARGE -> new CallerFault.HeadTooLarge(why);
            case TRANSFER_CODING -> new CallerFault.UnknownTransferCoding(why);
            case VERSION -> new CallerFault.UnknownHttpVersion(why);
        };
    }
}
