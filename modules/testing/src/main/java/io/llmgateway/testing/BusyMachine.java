package io.llmgateway.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a bystander was kept waiting: tells a machine with too much to do from a gateway that does not answer. The
 * bystander is a plain thread that does now and then what a small request takes: it waits, computes for a moment, and
 * sends a few bytes to a peer on loopback and back. It starts with the first question. Thread-safe.
 */
public final class BusyMachine {
    private static final long EVERY = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int KEPT = 1_024;
    private static final int ROUND_TRIPS = 4;
    private static final int ROUNDS = 20_000;
    private static final int REPEATS = 4;
    private static final long[] AT = new long[KEPT];
    private static final long[] TOOK = new long[KEPT];
    private static int next;
    private static volatile int computed;

    static {
        Thread.ofPlatform().daemon().name("bystander").start(BusyMachine::stand);
    }

    private BusyMachine() {}

    @SuppressWarnings("EmptyCatch") // the tests go on without it, with their plain bounds
    private static void stand() {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket here = new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
                Socket there = listener.accept()) {
            here.setTcpNoDelay(true);
            there.setTcpNoDelay(true);
            Thread.ofPlatform().daemon().name("bystander's peer").start(() -> echo(there));
            while (true) {
                long begun = System.nanoTime();
                LockSupport.parkNanos(EVERY);
                compute();
                for (int i = 0; i < ROUND_TRIPS; i++) {
                    here.getOutputStream().write(i);
                    here.getInputStream().read();
                }
                long now = System.nanoTime();
                note(now, Math.max(0, now - begun - EVERY));
            }
        } catch (IOException e) {
            // no sockets: no bystander
        }
    }

    @SuppressWarnings("EmptyCatch") // ends with the bystander
    private static void echo(Socket socket) {
        try {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            int read = in.read();
            while (read >= 0) {
                compute();
                out.write(read);
                read = in.read();
            }
        } catch (IOException e) {
            // ends with the bystander
        }
    }

    private static void compute() {
        int sum = computed;
        for (int i = 0; i < ROUNDS; i++) {
            sum = sum * 31 + i;
        }
        computed = sum;
    }

    private static synchronized void note(long at, long took) {
        AT[next % KEPT] = at;
        TOOK[next % KEPT] = took;
        next++;
    }

    /** The longest that the bystander took since this moment of {@link System#nanoTime}, in nanoseconds. */
    public static synchronized long worst(long since) {
        long worst = 0;
        for (int i = 0; i < Math.min(next, KEPT); i++) {
            if (AT[i] - since >= 0) {
                worst = Math.max(worst, TOOK[i]);
            }
        }
        return worst;
    }

    /** What a bound on a few requests grows by for the time since then: ten times the worst of the bystander. */
    public static long allowance(long since) {
        return 10 * worst(since);
    }

    /** Something that a test does and asserts, from its beginning. */
    @FunctionalInterface
    public interface Check {
        /** Fails with an {@link AssertionError} when it does not hold. */
        void run() throws Exception;
    }

    /**
     * Runs a check that depends on short times. One that fails while the bystander was kept waiting says nothing and
     * runs again, {@value #REPEATS} times at most; any other failure is one.
     *
     * @param pause how long the machine must have paused for the check to run again
     */
    public static void unlessPaused(Duration pause, Check check) throws Exception {
        worst(0);
        for (int left = REPEATS; ; left--) {
            long begun = System.nanoTime();
            try {
                check.run();
                return;
            } catch (AssertionError e) {
                if (left == 0 || worst(begun) < pause.toNanos()) {
                    throw e;
                }
            }
        }
    }
}
