package io.llmgateway.server;

/** Replaced by the module's first real type. */
final class Placeholder {
    private Placeholder() {}
}
