package io.llmgateway.upstream;

import io.llmgateway.model.ErrorKind;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Confined to one thread. Closing it before the body was read to its end closes the
 * connection, which tells the provider to stop.
 */
public interface Exchange extends AutoCloseable {
    /** The status of the answer, 200 to 599. */
    int status();

    /** The first value of a header field, by its lower-case name; null when absent. */
    @Nullable
    String header(String lowerCaseName);

    /** The declared length of the body in bytes; -1 when it is not known beforehand. */
    long declaredLength();

    /**
     * Reads what is there of the body, waiting only when there is nothing.
     *
     * @return how many bytes, at least 1; -1 at the proper end of the body
     * @throws io.llmgateway.model.GatewayException when the connection fails, a deadline passes or the bytes break HTTP
     */
    int read(byte[] target, int offset, int length);

    /**
     * Sets the next deadline; the call's total deadline always holds as well.
     *
     * @param kind the error kind when it passes
     * @param nanoTime monotonic time in nanoseconds
     */
    void arm(ErrorKind kind, long nanoTime);

    /**
     * Takes the deadline of {@link #arm} away, for a time in which nobody waits for this provider; the call's total
     * deadline still holds.
     */
    void disarm();

    /**
     * Reads what is left of the body behind the end of the answer, which the caller knows from the answer itself, so
     * that the connection can carry another exchange. Never waits longer than it is told, whatever the provider does,
     * and never throws; after false nothing can be read any more and {@link #close} closes the connection.
     *
     * @param nanos the longest wait, in nanoseconds
     * @return true when the body has come to its proper end
     */
    boolean drained(long nanos);

    @Override
    void close();
}
