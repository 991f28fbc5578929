package io.llmgateway.converters.canonical;

/** Why an answer ended. */
public enum Stop {
    /** The model was done. */
    DONE,
    /** A stop text came. */
    STOP_SEQUENCE,
    /** The limit of output tokens was reached. */
    LENGTH,
    /** The model's context was full. */
    CONTEXT_FULL,
    /** The model wants tools to be called. */
    TOOL_USE,
    /** The model or its provider refused. */
    REFUSED,
    /** The provider paused a long turn of its own tools. */
    PAUSE,
    /** The provider gave the answer up; never a success. */
    FAILED,
    /** Something this version does not know. */
    UNKNOWN
}
