package io.llmgateway.upstream;

import io.llmgateway.model.GatewayError;
import io.llmgateway.model.Refusal;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * Tells a process that may open no more files from a provider that cannot be reached: the one is the gateway's own
 * trouble and says nothing about an instance. Stateless.
 */
final class Descriptors {
    private static final String SAID = "Too many open files";
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int MAX_CAUSES = 10;

    private Descriptors() {}

    /**
     * True when a connection could not be opened for want of a file descriptor. The system's words depend on its
     * language, and a lookup that fails for this does not say so: then another socket shows it.
     */
    static boolean exhausted(IOException e) {
        Throwable cause = e;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            if (cause.getMessage() != null && cause.getMessage().contains(SAID)) {
                return true;
            }
            cause = cause.getCause();
        }
        boolean suspect = e.getClass() == SocketException.class || e instanceof UnknownHostException;
        return suspect && noneLeft();
    }

    private static boolean noneLeft() {
        try (Socket probe = new Socket()) {
            // a socket of the system's is made with its first option
            probe.setTcpNoDelay(true);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** What it means for the request. */
    static GatewayError overloaded() {
        return new Refusal.Overloaded(
                "the gateway has as many files and connections open as it may and cannot connect to a provider; its"
                        + " operator must raise the limit of open files (ulimit -n)",
                SOON);
    }
}
