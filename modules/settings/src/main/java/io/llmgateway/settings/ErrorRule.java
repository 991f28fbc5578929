package io.llmgateway.settings;

import io.llmgateway.model.ErrorKind;
import java.util.Locale;
import java.util.Optional;

/**
 * What an error of a provider means that has this status and says this. Immutable, thread-safe.
 *
 * @param status 300 to 599; empty: any
 * @param message what the message holds, in any case of letters; empty: anything
 * @param treatAs what it is taken for
 */
public record ErrorRule(Optional<Integer> status, String message, ErrorKind treatAs) {
    /** The longest text that is looked for, in characters. */
    public static final int LONGEST_MESSAGE = 200;

    /** True for an error with this status and message. */
    public boolean matches(int answered, String said) {
        return status.map(wanted -> wanted == answered).orElse(true)
                && said.toLowerCase(Locale.ROOT).contains(message.toLowerCase(Locale.ROOT));
    }
}
