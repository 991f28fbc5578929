package io.llmgateway.launcher;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps a server running until the process is asked to stop, then lets what runs come to its end. A process that stops
 * in order ends with 0, which is what service managers take for success. Thread-safe.
 */
final class Stopping {
    private Stopping() {}

    /** What happens when the process is asked to stop. */
    @FunctionalInterface
    interface Shutdown {
        /** Stops in order; gives the exit code. */
        int run();
    }

    /** Waits until the process is asked to stop; the shutdown then runs and the process ends with its exit code. */
    static int await(Shutdown shutdown) throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        AtomicInteger code = new AtomicInteger(Main.OK);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> {
                    code.set(shutdown.run());
                    System.out.flush();
                    System.err.flush();
                    stopped.countDown();
                    // a JVM that ends by a signal says 143; an orderly stop is a success
                    Runtime.getRuntime().halt(code.get());
                }));
        boolean over = false;
        while (!over) {
            over = stopped.await(1, TimeUnit.HOURS);
        }
        return code.get();
    }

    /** Stops a gateway: no new work, what runs goes on up to the deadline. */
    static int gateway(Gateway gateway, Duration deadline) {
        System.err.println(
                "stopping: waiting for " + gateway.inFlight() + " requests, at most " + deadline.toSeconds() + " s");
        boolean complete = gateway.drain(deadline);
        gateway.close();
        System.err.println(complete ? "stopped" : "stopped, requests that ran over the deadline were cut");
        return Main.OK;
    }
}
