package io.llmgateway.converters.canonical;

import org.jspecify.annotations.Nullable;

/**
 * How much the model shall reason. Immutable.
 *
 * @param mode what was said
 * @param budget most tokens for it; 0 when no number was given
 * @param effort the level; null when none was given
 * @param wantsText true when the client wants to read the reasoning
 */
public record Thinking(Mode mode, int budget, @Nullable Effort effort, boolean wantsText) {
    /** Nothing was said. */
    public static final Thinking UNSAID = new Thinking(Mode.UNSAID, 0, null, false);

    /** True when the client asked for reasoning in some way. */
    public boolean on() {
        return mode == Mode.BUDGET || mode == Mode.ADAPTIVE || (effort != null && effort != Effort.NONE);
    }

    /** True when the client asked for none. */
    public boolean off() {
        return mode == Mode.OFF || effort == Effort.NONE;
    }

    /** How reasoning was asked for. */
    public enum Mode {
        /** Not at all, or by effort alone. */
        UNSAID,
        /** Switched off. */
        OFF,
        /** The model decides how much. */
        ADAPTIVE,
        /** Up to a number of tokens. */
        BUDGET
    }

    /** Levels, from none to the most; every protocol has some of them. */
    public enum Effort {
        NONE,
        MINIMAL,
        LOW,
        MEDIUM,
        HIGH,
        XHIGH,
        MAX;

        /** The name all protocols use, in lower case. */
        public String wire() {
            return switch (this) {
                case NONE -> "none";
                case MINIMAL -> "minimal";
                case LOW -> "low";
                case MEDIUM -> "medium";
                case HIGH -> "high";
                case XHIGH -> "xhigh";
                case MAX -> "max";
            };
        }

        /** The level with this name; null when there is none. */
        public static @Nullable Effort of(@Nullable String wire) {
            for (Effort effort : values()) {
                if (effort.wire().equals(wire)) {
                    return effort;
                }
            }
            return null;
        }
    }
}
