package io.llmgateway.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The gateway refuses a well-formed request: credentials, rights, limits, load. Immutable, thread-safe. */
public sealed interface Refusal extends GatewayError {
    /** No key came with the request. */
    record MissingKey() implements Refusal {
        @Override
        public ErrorKind kind() {
            return ErrorKind.AUTHENTICATION;
        }

        @Override
        public String message() {
            return "no API key was given; send it as 'Authorization: Bearer KEY' or 'x-api-key: KEY'";
        }
    }

    /** The key is not one of ours. One message for every wrong key, whatever is wrong with it. */
    record UnknownKey() implements Refusal {
        @Override
        public ErrorKind kind() {
            return ErrorKind.AUTHENTICATION;
        }

        @Override
        public String message() {
            return "the API key is not valid";
        }
    }

    /** The key is configured but switched off. The client is told no more than for an unknown key. */
    record KeyDisabled(KeyName key) implements Refusal {
        @Override
        public ErrorKind kind() {
            return ErrorKind.AUTHENTICATION;
        }

        @Override
        public String message() {
            return "key '" + key + "' is disabled";
        }

        @Override
        public String clientMessage() {
            return new UnknownKey().message();
        }
    }

    /** The key has expired; its owner holds the right key, so it is told. */
    record KeyExpired(KeyName key, Instant expiredAt) implements Refusal {
        @Override
        public ErrorKind kind() {
            return ErrorKind.AUTHENTICATION;
        }

        @Override
        public String message() {
            return "key '" + key + "' expired at " + expiredAt;
        }

        @Override
        public String clientMessage() {
            return "the API key expired at " + expiredAt;
        }
    }

    /** The key may not use the model. */
    record ModelNotAllowed(KeyName key, ModelName model) implements Refusal {
        @Override
        public ErrorKind kind() {
            return ErrorKind.PERMISSION;
        }

        @Override
        public String message() {
            return "key '" + key + "' may not use model '" + model + "'";
        }

        @Override
        public String clientMessage() {
            return "this API key may not use the model '" + model + "'";
        }
    }

    /** No rule, alias or default provider leads anywhere. */
    record UnknownModel(ModelName model) implements Refusal {
        @Override
        public ErrorKind kind() {
            return ErrorKind.MODEL_NOT_FOUND;
        }

        @Override
        public String message() {
            return "no route leads to the model '" + model + "'";
        }
    }

    /** The key may not be used from where the request comes from. */
    record NetworkNotAllowed(KeyName key, String address) implements Refusal {
        @Override
        public ErrorKind kind() {
            return ErrorKind.PERMISSION;
        }

        @Override
        public String message() {
            return "key '" + key + "' may not be used from " + address;
        }

        @Override
        public String clientMessage() {
            return "this API key may not be used from this address";
        }
    }

    /**
     * A limit of the gateway is reached.
     *
     * @param limit its name, as {@code requests-per-minute}
     * @param message names whose limit it is
     * @param delay when it is worth trying again
     */
    record LimitExceeded(String limit, String message, Duration delay) implements Refusal {
        @Override
        public ErrorKind kind() {
            return ErrorKind.RATE_LIMIT;
        }

        @Override
        public Optional<Duration> retryAfter() {
            return Optional.of(delay);
        }
    }

    /** Too much is under way. */
    record Overloaded(String message, Duration delay) implements Refusal {
        @Override
        public ErrorKind kind() {
            return ErrorKind.OVERLOADED;
        }

        @Override
        public Optional<Duration> retryAfter() {
            return Optional.of(delay);
        }
    }

    /** The gateway is stopping. */
    record Draining() implements Refusal {
        @Override
        public ErrorKind kind() {
            return ErrorKind.DRAINING;
        }

        @Override
        public String message() {
            return "the gateway is stopping and takes no new requests";
        }
    }
}
