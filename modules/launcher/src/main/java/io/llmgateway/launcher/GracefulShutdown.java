package io.llmgateway.launcher;

import io.llmgateway.logs.Logs;
import io.llmgateway.settings.ServerSettings.ShutdownTimes;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a server running until the process is asked to stop, then lets what runs come to its end. A process that stops
 * in order ends with 0, which is what service managers take for success; asked a second time it ends at once.
 * Thread-safe.
 */
final class GracefulShutdown {
    private static final System.Logger LOG = System.getLogger(GracefulShutdown.class.getName());
    private static final long LAST_LINE_NANOS = 100_000_000;

    private GracefulShutdown() {}

    /** What happens when the process is asked to stop. */
    @FunctionalInterface
    interface Shutdown {
        /** Stops in order; gives the exit code. */
        int run();
    }

    /** Waits until the process is asked to stop and has stopped; gives its exit code. */
    static int await(Shutdown shutdown) throws InterruptedException {
        Stop stop = new Stop(shutdown);
        boolean handled = Signals.on("TERM", stop);
        handled &= Signals.on("INT", stop);
        if (!handled) {
            // without signals of our own the JVM still says when it ends
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(stop));
        }
        int code = stop.await();
        System.out.flush();
        System.err.flush();
        return code;
    }

    /** What a signal does, and the wait for its end. Thread-safe. */
    static final class Stop implements Runnable {
        private final Shutdown shutdown;
        private final CountDownLatch stopped = new CountDownLatch(1);
        private final AtomicBoolean stopping = new AtomicBoolean();
        private volatile int code = Main.CUT;

        Stop(Shutdown shutdown) {
            this.shutdown = shutdown;
        }

        @Override
        public void run() {
            if (!stopping.compareAndSet(false, true)) {
                LOG.log(System.Logger.Level.ERROR, "stopping at once, requests in flight are cut");
                // for the log's writer; waiting for it could take for ever when nobody reads what it writes
                LockSupport.parkNanos(LAST_LINE_NANOS);
                Runtime.getRuntime().halt(Main.CUT);
            }
            try {
                code = shutdown.run();
            } catch (RuntimeException | LinkageError | StackOverflowError e) {
                LOG.log(System.Logger.Level.ERROR, "stopping in order failed, the process ends all the same", e);
            } finally {
                stopped.countDown();
            }
        }

        /** Waits until it has stopped, in order or not; gives the exit code. */
        int await() throws InterruptedException {
            boolean over = false;
            while (!over) {
                over = stopped.await(1, TimeUnit.HOURS);
            }
            return code;
        }
    }

    /** Stops a gateway: no new work, what runs goes on for the grace period. */
    static int gateway(Gateway gateway, ShutdownTimes shutdown, Logs logs) {
        LOG.log(
                System.Logger.Level.INFO,
                "stopping: " + gateway.inFlight() + " requests in flight, accepting new ones for "
                        + shutdown.acceptPeriod().toSeconds() + " s, then waiting for at most "
                        + shutdown.gracePeriod().toSeconds() + " s; a second signal stops at once");
        boolean complete = gateway.drain(shutdown);
        gateway.close();
        LOG.log(
                System.Logger.Level.INFO,
                complete ? "stopped" : "stopped, requests that ran beyond the grace period were ended");
        logs.close();
        return Main.OK;
    }
}
