package io.llmgateway.upstream;

/** Something that blocks and can be ended from any thread, at once and more than once. Thread-safe. */
interface Killable {
    /** Ends it; whoever is blocked in it fails. */
    void kill();
}
