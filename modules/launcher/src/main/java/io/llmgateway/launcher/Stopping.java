package io.llmgateway.launcher;

import io.llmgateway.settings.ServerSettings.Drain;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps a server running until the process is asked to stop, then lets what runs come to its end. A process that stops
 * in order ends with 0, which is what service managers take for success; asked a second time it ends at once.
 * Thread-safe.
 */
final class Stopping {
    private Stopping() {}

    /** What happens when the process is asked to stop. */
    @FunctionalInterface
    interface Shutdown {
        /** Stops in order; gives the exit code. */
        int run();
    }

    /** Waits until the process is asked to stop and has stopped; gives its exit code. */
    static int await(Shutdown shutdown) throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        AtomicBoolean stopping = new AtomicBoolean();
        AtomicInteger code = new AtomicInteger(Main.OK);
        Runnable stop = () -> {
            if (stopping.compareAndSet(false, true)) {
                code.set(shutdown.run());
                stopped.countDown();
            } else {
                System.err.println("stopping at once, requests under way are cut");
                System.err.flush();
                Runtime.getRuntime().halt(Main.CUT);
            }
        };
        boolean handled = Signals.on("TERM", stop);
        handled &= Signals.on("INT", stop);
        if (!handled) {
            // without signals of our own the JVM still says when it ends
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(stop));
        }
        boolean over = false;
        while (!over) {
            over = stopped.await(1, TimeUnit.HOURS);
        }
        System.out.flush();
        System.err.flush();
        return code.get();
    }

    /** Stops a gateway: no new work, what runs goes on up to the deadline. */
    static int gateway(Gateway gateway, Drain drain) {
        System.err.println("stopping: " + gateway.inFlight() + " requests under way, taking new ones for "
                + drain.acceptFor().toSeconds() + " s, then waiting for at most "
                + drain.deadline().toSeconds() + " s; a second signal stops at once");
        boolean complete = gateway.drain(drain);
        gateway.close();
        System.err.println(complete ? "stopped" : "stopped, requests that ran over the deadline were ended");
        return Main.OK;
    }
}
