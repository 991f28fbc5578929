/** Threads that live as long as the process: loops that go on whatever happens, and how they rest. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.threads {
    requires static transitive org.jspecify;

    exports io.llmgateway.threads;
}
