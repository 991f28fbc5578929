package io.llmgateway.model;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** The caller's request is at fault: never retried, never counted against an instance. Immutable, thread-safe. */
public sealed interface CallerFault extends GatewayError {
    /** The body is not one JSON object that follows the rules. */
    record MalformedJson(String message) implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.BAD_REQUEST;
        }
    }

    /** The bytes on the connection are not a request this listener accepts. */
    record MalformedRequest(String message) implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.BAD_REQUEST;
        }
    }

    /** One field is missing, of the wrong type, out of range, or cannot be expressed upstream. */
    record InvalidField(String path, String message) implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.BAD_REQUEST;
        }

        @Override
        public Optional<String> field() {
            return Optional.of(path);
        }
    }

    /** The body is over the limit, declared or met while reading. */
    record BodyTooLarge(long limitBytes) implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.TOO_LARGE;
        }

        @Override
        public String message() {
            return "the request body is larger than the limit of " + limitBytes + " bytes (server.max-body)";
        }
    }

    /** The request, or what is made of it, needs more memory than one key may ever hold. */
    record TooMuchMemory(long limitBytes) implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.TOO_LARGE;
        }

        @Override
        public String message() {
            return "the request needs more memory than one may use (" + limitBytes
                    + " bytes, three quarters of server.memory.budget); send a smaller one";
        }
    }

    /** Too many header fields. */
    record TooManyHeaders(int count, int limit) implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.HEADERS_TOO_LARGE;
        }

        @Override
        public String message() {
            return "the request has " + count + " header fields, at most " + limit
                    + " are accepted (server.max-headers)";
        }
    }

    /** The head of the request is over the limit, or one line of it is. */
    record HeadTooLarge(String message) implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.HEADERS_TOO_LARGE;
        }
    }

    /** The request line is over the limit. */
    record UriTooLong(String message) implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.HEADERS_TOO_LARGE;
        }

        @Override
        public OptionalInt ownStatus() {
            return OptionalInt.of(414);
        }
    }

    /** The body comes in a transfer coding that is not understood. */
    record UnknownTransferCoding(String message) implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.BAD_REQUEST;
        }

        @Override
        public OptionalInt ownStatus() {
            return OptionalInt.of(501);
        }
    }

    /** A version of HTTP that is not spoken. */
    record UnknownHttpVersion(String message) implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.BAD_REQUEST;
        }

        @Override
        public OptionalInt ownStatus() {
            return OptionalInt.of(505);
        }
    }

    /** The head of the request did not arrive in time. */
    record HeadTimeout(Duration limit) implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.REQUEST_TIMEOUT;
        }

        @Override
        public String message() {
            return "the head of the request did not arrive within " + limit.toMillis() + " ms (server.header-timeout)";
        }
    }

    /** The content type or encoding is not JSON. */
    record UnsupportedMediaType(String message) implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.UNSUPPORTED_MEDIA;
        }
    }

    /** The path exists with another method. */
    record MethodNotAllowed(String allowed) implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.METHOD_NOT_ALLOWED;
        }

        @Override
        public String message() {
            return "this path accepts only " + allowed;
        }
    }

    /**
     * Nothing is served at this path.
     *
     * @param message names the path and the nearest one that is served
     */
    record UnknownPath(String message) implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.NOT_FOUND;
        }
    }

    /**
     * The request continues or begins a thread that its provider would keep, and the provider has none. The SDK's tool
     * runner sends the whole conversation when it hears this code.
     */
    record ThreadUnsupported() implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.BAD_REQUEST;
        }

        @Override
        public String message() {
            return "the provider of this model keeps no threads; send the whole conversation without thread";
        }

        @Override
        public Optional<String> field() {
            return Optional.of("thread");
        }

        @Override
        public Optional<String> ownCode() {
            return Optional.of("thread_unsupported_request");
        }
    }

    /** An {@code Expect} header other than {@code 100-continue}. */
    record ExpectationFailed() implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.EXPECTATION_FAILED;
        }

        @Override
        public String message() {
            return "the only expectation that can be met is 100-continue";
        }
    }

    /** The body did not arrive in time. */
    record BodyTimeout(Duration limit) implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.REQUEST_TIMEOUT;
        }

        @Override
        public String message() {
            return "the request body did not arrive within " + limit.toMillis() + " ms (server.body-timeout)";
        }
    }

    /** The caller closed its connection; nobody reads a response. */
    record ClientGone() implements CallerFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.CLIENT_GONE;
        }

        @Override
        public String message() {
            return "the client closed its connection before the response was complete";
        }
    }
}
