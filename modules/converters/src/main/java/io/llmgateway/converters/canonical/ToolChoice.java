package io.llmgateway.converters.canonical;

import java.util.List;

/**
 * Whether and which tools the model must call. Immutable.
 *
 * @param mode how much is left to the model
 * @param names for {@code NAMED} the one tool; for the others the tools that are allowed, empty for all
 * @param parallel false when at most one call per answer is wanted
 */
public record ToolChoice(Mode mode, List<String> names, boolean parallel) {
    /** Nothing was said. */
    public static final ToolChoice UNSAID = new ToolChoice(Mode.UNSAID, List.of(), true);

    /** True when the model must call something. */
    public boolean forced() {
        return mode == Mode.REQUIRED || mode == Mode.NAMED;
    }

    /** How much is left to the model. */
    public enum Mode {
        /** Nothing was said. */
        UNSAID,
        /** The model decides. */
        AUTO,
        /** The model decides, and calls must follow their schemas. */
        VALIDATED,
        /** No calls. */
        NONE,
        /** At least one call. */
        REQUIRED,
        /** This tool. */
        NAMED
    }
}
