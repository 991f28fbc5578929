package io.llmgateway.pipeline;

/** Ends a request that runs, from outside and from another thread. Thread-safe; the first call decides why. */
public interface Interruption {
    /** The client has closed its side: nobody waits for the answer any more. */
    void clientGone();

    /** The gateway stops and does not wait any longer: the client is told, in its protocol. */
    void stopping();

    /** The client waits long and has got nothing yet: a stream is kept alive. Blocks while it writes. */
    void keepAlive();
}
