package io.llmgateway.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one request at its end: what the request log and the traces are written from, by threads of
 * their own. Never what was said, unless the key's owner asked for it. Immutable, thread-safe.
 *
 * @param id the gateway's id of it
 * @param at when it ended
 * @param caller who sent it
 * @param asked what was asked for
 * @param served who served last; null when no instance was tried
 * @param ending how it ended
 * @param times how long it took
 * @param tokens what it used
 * @param attempts every attempt at an instance, in order
 * @param warnings what was weakened on the way
 * @param trace its own span, or the client's when spans are not exported; null when it belongs to no trace
 * @param parent the client's span; 0 when there is none or {@code trace} is the client's
 * @param bodies what was said; null when that is not kept
 */
public record RequestEvent(
        RequestId id,
        Instant at,
        Caller caller,
        Asked asked,
        @Nullable Served served,
        Ending ending,
        Times times,
        Tokens tokens,
        List<Attempted> attempts,
        List<String> warnings,
        @Nullable TraceContext trace,
        long parent,
        @Nullable Bodies bodies) {
    public RequestEvent {
        attempts = List.copyOf(attempts);
        warnings = List.copyOf(warnings);
    }

    /**
     * Who sent the request.
     *
     * @param key the key's name; null when no key was accepted
     * @param group the key's group; empty for none
     * @param session the client's {@code x-session-id}, as it came; null for none
     * @param clientRequestId the client's {@code x-client-request-id}, as it came; null for none
     */
    public record Caller(
            @Nullable KeyName key,
            String group,
            @Nullable String session,
            @Nullable String clientRequestId) {}

    /**
     * What was asked for.
     *
     * @param endpoint the endpoint's name in lower case
     * @param protocol the client's protocol
     * @param model the model's name as it came; null when it was not read
     * @param stream whether a streaming response was wanted
     */
    public record Asked(
            String endpoint, Protocol protocol, @Nullable String model, boolean stream) {}

    /**
     * Who served.
     *
     * @param provider the provider
     * @param instance its instance
     * @param model the model's name there
     */
    public record Served(ProviderName provider, InstanceName instance, String model) {}

    /**
     * How a request or an attempt ended.
     *
     * @param kind what went wrong; null when nothing did
     * @param message what operators read of it; null when nothing went wrong
     * @param status the HTTP status the client was sent; 0 when it left before one was sent
     */
    public record Ending(@Nullable ErrorKind kind, @Nullable String message, int status) {
        /** The kind's name, or {@code ok}. */
        public String wire() {
            return kind == null ? "ok" : kind.wire();
        }
    }

    /**
     * How long it took, in nanoseconds.
     *
     * @param duration from the request's head to the end of its response
     * @param firstToken until its first content; -1 when there was none
     * @param overhead the gateway's own share
     */
    public record Times(long duration, long firstToken, long overhead) {}

    /**
     * What it used.
     *
     * @param usage tokens by kind; null when nothing is known
     * @param estimated true when the provider did not say all of it
     * @param cost in billionths of a dollar; -1 when the model has no price or nothing counts
     */
    public record Tokens(@Nullable Usage usage, boolean estimated, long cost) {}

    /**
     * One attempt at an instance.
     *
     * @param served where it went
     * @param protocol the provider's protocol
     * @param host the instance's host
     * @param port and port
     * @param failure what went wrong; null when nothing did
     * @param begun when it began, in nanoseconds after the request did
     * @param duration how long it took, in nanoseconds
     * @param span its span's id; 0 when spans are not exported
     */
    public record Attempted(
            Served served,
            Protocol protocol,
            String host,
            int port,
            @Nullable ErrorKind failure,
            long begun,
            long duration,
            long span) {}

    /**
     * What was said, each up to a limit.
     *
     * @param request the client's body
     * @param requestBytes how long it was
     * @param answer what the client was sent
     * @param answerBytes how long that was
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Bodies(byte[] request, long requestBytes, byte[] answer, long answerBytes) {}
}
