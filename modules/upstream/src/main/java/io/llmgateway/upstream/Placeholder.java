package io.llmgateway.upstream;

/** Replaced by the module's first real type. */
final class Placeholder {
    private Placeholder() {}
}
