package io.llmgateway.simulator;

/** Replaced by the module's first real type. */
final class Placeholder {
    private Placeholder() {}
}
