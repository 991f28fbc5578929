package io.llmgateway.settings.reference;

import io.llmgateway.settings.ByteSize;
import io.llmgateway.settings.Units;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A setting, or a part of the configuration that holds settings, as the code that reads it knows it: found by letting
 * the readers read nothing and writing down what they ask for. Immutable, thread-safe.
 *
 * @param path where it stands; {@code *} for a name of the user's choice, {@code []} for every element of a list
 * @param name the last step of the path
 * @param kind what may stand there
 * @param required whether it must be there
 * @param fallback the value when it is not there; empty when there is none
 * @param notes what else must hold
 * @param meaning for people, without full stop
 */
public record SettingSpec(
        String path,
        String name,
        Kind kind,
        boolean required,
        Optional<String> fallback,
        List<String> notes,
        String meaning) {
    /** The name that stands for every name of the user's choice. */
    public static final String ANY = "*";

    public SettingSpec {
        notes = List.copyOf(notes);
    }

    /** What may stand at a place. */
    public sealed interface Kind {
        /** A mapping with these keys and no others. */
        record Part(List<SettingSpec> settings) implements Kind {
            public Part {
                settings = List.copyOf(settings);
            }
        }

        /** A mapping with keys of the user's choice; each value is described alike. */
        record Named(SettingSpec each) implements Kind {}

        /** A list; each element is described alike. */
        record Listed(SettingSpec each) implements Kind {}

        /** Text; the format is for people. */
        record Text(String format) implements Kind {}

        /** A number with decimals; the format is for people. */
        record Decimal(String format) implements Kind {}

        /** True or false. */
        record Flag() implements Kind {}

        /** A whole number, {@code k} and {@code m} understood. */
        record Count(long min, long max) implements Kind {}

        /** A length of time with its unit. */
        record Span(Duration min, Duration max) implements Kind {
            /** The bounds as they are written, such as {@code 1s to 7d}. */
            public String range() {
                return Units.format(min) + " to " + Units.format(max);
            }
        }

        /** An amount of data with its unit. */
        record Size(ByteSize min, ByteSize max) implements Kind {}

        /** One of these words. */
        record Choice(List<String> words) implements Kind {
            public Choice {
                words = List.copyOf(words);
            }
        }

        /** A credential: {@code {env: NAME}}, {@code {file: PATH}} or the text itself. */
        record Hidden() implements Kind {}
    }
}
