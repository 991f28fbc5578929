package io.llmgateway.settings.read;

import io.llmgateway.settings.reference.SettingRecorder;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A setting that was read, or is absent, or is broken and already reported. Confined to one load.
 *
 * @param <T> its type
 */
final class Value<T> {
    private final Section section;
    private final String key;
    private final @Nullable T value;
    private final boolean written;
    private final SettingRecorder shape;

    Value(Section section, String key, @Nullable T value, boolean written, SettingRecorder shape) {
        this.section = section;
        this.key = key;
        this.value = value;
        this.written = written;
        this.shape = shape;
    }

    /** The value; the default when it is absent or broken. */
    T orElse(T fallback) {
        shape.fallback(fallback);
        return value == null ? fallback : value;
    }

    Optional<T> optional() {
        return Optional.ofNullable(value);
    }

    /** The value; null, with a report, when it is absent or broken. */
    @Nullable
    T required() {
        shape.required();
        if (!written) {
            section.problemHere(key, "is required");
        }
        return value;
    }

    /** Reports a value that does not hold, and treats it as broken. */
    Value<T> check(Predicate<? super T> holds, String expectation) {
        shape.note(expectation);
        if (value == null || holds.test(value)) {
            return this;
        }
        section.problemAt(key, expectation);
        return new Value<>(section, key, null, true, shape);
    }

    /** True when the key is there, even with a broken value. */
    boolean written() {
        return written;
    }
}
