package io.llmgateway.server;

import io.llmgateway.http.BadMessageException;
import io.llmgateway.http.BodyReader;
import io.llmgateway.http.RequestHead;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.RequestId;
import io.llmgateway.pipeline.Endpoint;
import io.llmgateway.pipeline.InboundRequest;
import io.llmgateway.pipeline.Interruption;
import io.llmgateway.pipeline.MemoryBudget;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request of HTTP/1.1, with a body that is bounded in bytes and in time. Confined to one request. */
final class HttpRequest implements InboundRequest {
    private static final int FIRST_READ = 8 * 1024;
    private static final int MAX_FIRST_READ = 32 * 1024;
    /** How long a client may take to send the rest of a body that was refused, in nanoseconds. */
    private static final long DRAIN_NANOS = 5_000_000_000L;
    /** How long it may send nothing meanwhile, in nanoseconds. */
    private static final long DRAIN_SILENCE_NANOS = 1_000_000_000L;

    private final ClientConnection connection;
    private final ClientWire wire;
    private final RequestHead head;
    private final BodyReader body;
    private final ListenerLimits limits;
    private Endpoint endpoint = Endpoint.MODELS;
    private @Nullable InetAddress address;
    private @Nullable RequestId id;

    HttpRequest(ClientConnection connection, RequestHead head, BodyReader body, ListenerLimits limits) {
        this.connection = connection;
        this.wire = connection.wire();
        this.head = head;
        this.body = body;
        this.limits = limits;
    }

    /** Says where it came in. */
    void at(Endpoint found) {
        endpoint = found;
    }

    @Override
    public Endpoint endpoint() {
        return endpoint;
    }

    String method() {
        return head.method();
    }

    @Override
    public String rawPath() {
        return head.path();
    }

    @Override
    public String rawQuery() {
        return head.query();
    }

    RequestHead head() {
        return head;
    }

    @Override
    public InetAddress address() {
        InetAddress known = address;
        if (known == null) {
            known = connection.remoteAddress();
            address = known;
        }
        return known;
    }

    @Override
    public @Nullable String header(String lowerCaseName) {
        return head.value(lowerCaseName);
    }

    /** True when nothing of this request is left on the connection, or the rest is there already and is skipped. */
    boolean consumed() {
        return body.done() || skipped();
    }

    /** Skips a body that is there already, whole: an early answer to it need not end the connection. */
    private boolean skipped() {
        try {
            return wire.skip(body);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void known(RequestId told) {
        id = told;
    }

    @Override
    public Body readBody(MemoryBudget.Share memory) {
        if (body.done()) {
            return new Body(new byte[0], 0);
        }
        GatewayError problem = mediaProblem();
        if (problem != null) {
            throw new GatewayException(problem);
        }
        if (body.declaredLength() > limits.maxBodyBytes()) {
            throw new GatewayException(new CallerFault.BodyTooLarge(limits.maxBodyBytes()));
        }
        CallerFault.BodyTimeout late = new CallerFault.BodyTimeout(limits.bodyTimeout());
        wire.arm(limits.bodyTimeout().toNanos(), late, head::path, id);
        try {
            wire.continueIf(head.expectsContinue());
            return read(memory);
        } catch (BadMessageException e) {
            throw new GatewayException(wire.expired() ? late : Refusals.of(e), e);
        } catch (IOException e) {
            throw new GatewayException(wire.expired() ? late : new CallerFault.ClientGone(), e);
        } finally {
            wire.disarm();
        }
    }

    private @Nullable GatewayError mediaProblem() {
        if (!endpoint.hasBody()) {
            return null;
        }
        if (head.count("content-type") > 1) {
            return new CallerFault.UnsupportedMediaType("the content type is given more than once");
        }
        String type = head.value("content-type");
        if (type == null || !json(type)) {
            return new CallerFault.UnsupportedMediaType("the content type must be application/json");
        }
        String coding = head.value("content-encoding");
        boolean plain = coding == null || (head.count("content-encoding") == 1 && "identity".equalsIgnoreCase(coding));
        return plain
                ? null
                : new CallerFault.UnsupportedMediaType("a content encoding is not accepted, send the body as it is");
    }

    private static boolean json(String type) {
        if ("application/json".equals(type)) {
            return true;
        }
        int end = type.indexOf(';');
        String media = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        return "application/json".equals(media);
    }

    @Override
    public void watch(@Nullable Interruption interruption) {
        connection.watch().on(interruption, wire.now());
        if (interruption != null) {
            wire.wake();
        }
    }

    private Body read(MemoryBudget.Share memory) throws IOException {
        long declared = body.declaredLength();
        // what is announced is believed up to this size; beyond it, room is made as bytes arrive
        int first = declared >= 0 ? (int) Math.min(declared, MAX_FIRST_READ) : FIRST_READ;
        // charged before it is there: who waits for memory must not hold what it waits for
        memory.charge(first);
        byte[] bytes = new byte[first];
        int length = 0;
        byte[] one = new byte[1];
        while (true) {
            if (length == bytes.length) {
                if (wire.read(body, one, 0, 1) < 0) {
                    return new Body(bytes, length);
                }
                if (length >= limits.maxBodyBytes()) {
                    throw new GatewayException(new CallerFault.BodyTooLarge(limits.maxBodyBytes()));
                }
                bytes = larger(bytes, declared, memory);
                bytes[length++] = one[0];
            }
            int count = wire.read(body, bytes, length, bytes.length - length);
            if (count < 0) {
                return new Body(bytes, length);
            }
            if (body.announced() > limits.maxBodyBytes()) {
                throw new GatewayException(new CallerFault.BodyTooLarge(limits.maxBodyBytes()));
            }
            length += count;
        }
    }

    /**
     * Reads on after an early answer, into nothing, so that the client can read the answer: closing with bytes unread
     * would reset the connection and take the answer away. Bounded in bytes and by {@link #DRAIN_NANOS}.
     */
    void drain() {
        wire.drop(nothing -> wire.read(body, nothing, 0, nothing.length), DRAIN_NANOS, DRAIN_SILENCE_NANOS);
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
}
