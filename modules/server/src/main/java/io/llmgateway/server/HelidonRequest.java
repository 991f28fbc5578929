package io.llmgateway.server;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderName;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.FairShare;
import io.llmgateway.model.GatewayException;
import io.llmgateway.pipeline.Endpoint;
import io.llmgateway.pipeline.InboundRequest;
import io.llmgateway.pipeline.Interruption;
import io.llmgateway.pipeline.MemoryBudget;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A request on Helidon, with a body that is bounded in bytes and in time. Confined to one request. */
final class HelidonRequest implements InboundRequest {
    private static final int FIRST_READ = 8 * 1024;
    private static final int MAX_FIRST_READ = 32 * 1024;
    /** How long a client may take to send the rest of a body that was refused, in nanoseconds. */
    private static final long DRAIN_NANOS = 2_000_000_000L;
    /** How long it may send nothing meanwhile, in nanoseconds. */
    private static final long DRAIN_SILENCE_NANOS = 500_000_000L;

    private final ServerRequest request;
    private final Endpoint endpoint;
    private final ListenerLimits limits;
    private final LongSupplier nanoTime;
    private @Nullable InputStream in;
    private boolean consumed;

    HelidonRequest(ServerRequest request, Endpoint endpoint, ListenerLimits limits, LongSupplier nanoTime) {
        this.request = request;
        this.endpoint = endpoint;
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    @Override
    public Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public String rawPath() {
        return request.prologue().uriPath().rawPathNoParams();
    }

    @Override
    public InetAddress address() {
        return request.remotePeer().address() instanceof InetSocketAddress socket && socket.getAddress() != null
                ? socket.getAddress()
                : InetAddress.getLoopbackAddress();
    }

    @Override
    public @Nullable String header(String lowerCaseName) {
        HeaderName name = KnownNames.of(lowerCaseName);
        return request.headers().first(name).orElse(null);
    }

    /** True when nothing of this request is left on the connection. */
    boolean consumed() {
        return consumed || !request.content().hasEntity();
    }

    @Override
    public Body readBody(MemoryBudget.Share memory) {
        if (!request.content().hasEntity()) {
            consumed = true;
            return new Body(new byte[0], 0);
        }
        GuardedConnection connection = GuardedConnection.CURRENT.get();
        connection.arm(nanoTime.getAsLong() + limits.bodyTimeout().toNanos());
        try {
            Body body = read(memory);
            consumed = true;
            return body;
        } catch (RequestException e) {
            throw new GatewayException(badFraming(e), e);
        } catch (DataReader.InsufficientDataAvailableException
                | DataReader.IncorrectNewLineException
                | UncheckedIOException
                | IOException e) {
            throw new GatewayException(failed(connection), e);
        } catch (CloseConnectionException e) {
            throw new GatewayException(new CallerFault.BodyTooLarge(limits.maxBodyBytes()), e);
        } catch (GatewayException e) {
            throw e;
        } catch (RuntimeException e) {
            // the parser of the framing has many ways to fail; each means that the bytes are wrong
            throw new GatewayException(new CallerFault.MalformedRequest("the request body is badly framed"), e);
        } finally {
            connection.disarm();
        }
    }

    @Override
    public void watch(@Nullable Interruption interruption) {
        GuardedConnection.CURRENT.get().watch(interruption, nanoTime.getAsLong());
    }

    private Body read(MemoryBudget.Share memory) throws IOException {
        long declared = request.headers().contentLength().orElse(-1);
        if (declared > limits.maxBodyBytes()) {
            throw new GatewayException(new CallerFault.BodyTooLarge(limits.maxBodyBytes()));
        }
        // what is announced is believed up to this size; beyond it, room is made as bytes arrive
        byte[] bytes = new byte[declared >= 0 ? (int) Math.min(declared, MAX_FIRST_READ) : FIRST_READ];
        memory.charge(bytes.length);
        int length = 0;
        InputStream in = content();
        FairShare fairShare = new FairShare();
        while (true) {
            if (length == bytes.length) {
                int next = in.read();
                if (next < 0) {
                    return new Body(bytes, length);
                }
                if (length >= limits.maxBodyBytes()) {
                    throw new GatewayException(new CallerFault.BodyTooLarge(limits.maxBodyBytes()));
                }
                bytes = larger(bytes, declared, memory);
                bytes[length++] = (byte) next;
            }
            int count = in.read(bytes, length, bytes.length - length);
            if (count < 0) {
                return new Body(bytes, length);
            }
            length += count;
            fairShare.handled(count);
        }
    }

    private InputStream content() {
        InputStream known = in;
        if (known == null) {
            known = request.content().inputStream();
            in = known;
        }
        return known;
    }

    /**
     * Reads on after an early answer, into nothing, so that the client can read the answer: closing with bytes unread
     * would reset the connection and take the answer away. Bounded by the largest body and {@link #DRAIN_NANOS}.
     */
    void drain() {
        GuardedConnection connection = GuardedConnection.CURRENT.get();
        long until = nanoTime.getAsLong() + DRAIN_NANOS;
        connection.arm(nanoTime.getAsLong() + DRAIN_SILENCE_NANOS);
        try {
            byte[] nothing = new byte[FIRST_READ];
            FairShare fairShare = new FairShare();
            InputStream rest = content();
            long left = limits.maxBodyBytes();
            int count = rest.read(nothing);
            while (count >= 0 && left > 0) {
                left -= count;
                fairShare.handled(count);
                connection.arm(Math.min(until, nanoTime.getAsLong() + DRAIN_SILENCE_NANOS));
                count = rest.read(nothing);
            }
        } catch (IOException | RuntimeException e) {
            // whatever the client does now, the connection ends
            consumed = false;
        } finally {
            connection.disarm();
        }
    }

    /** Twice the room, or as much as was announced once half of it is there; both arrays count while both are there. */
    private byte[] larger(byte[] bytes, long declared, MemoryBudget.Share memory) {
        long most = declared >= 0 ? declared : limits.maxBodyBytes();
        int room = (int) Math.min(most, Math.max(FIRST_READ, bytes.length * 2L));
        memory.charge(room);
        byte[] grown = Arrays.copyOf(bytes, room);
        memory.release(bytes.length);
        return grown;
    }

    private io.llmgateway.model.GatewayError badFraming(RequestException e) {
        return e.status().code() == 413
                ? new CallerFault.BodyTooLarge(limits.maxBodyBytes())
                : new CallerFault.MalformedRequest("the request body is badly framed");
    }

    private io.llmgateway.model.GatewayError failed(GuardedConnection connection) {
        return connection.expired() ? new CallerFault.BodyTimeout(limits.bodyTimeout()) : new CallerFault.ClientGone();
    }
}
