package io.llmgateway.server;

import io.helidon.common.concurrency.limits.FixedLimit;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.spi.ServerConnection;
import io.llmgateway.http.BadMessageException;
import io.llmgateway.http.BodyReader;
import io.llmgateway.http.RequestHead;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.GatewayFault;
import io.llmgateway.wire.OutBuffer;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One client connection: reads requests one after the other, has each answered on its own thread, and keeps the time of
 * every phase. It lives on after an answer only when nothing of the request is left on it. Beside its own thread, the
 * watchdog looks at its times, and a watcher waits for the end of a client whose request takes long.
 */
final class ClientConnection implements ServerConnection, InterruptableTask<Void> {
    /** Not waiting for a request. */
    static final long NOT_IDLE = Long.MAX_VALUE;

    private static final System.Logger LOG = System.getLogger(ClientConnection.class.getName());

    /** What a connection at rest keeps of its buffers for answers, in bytes. */
    private static final int KEPT_BUFFER = 4 * 1024;

    /** Where the connection stands between two requests. */
    private enum Phase {
        /** Waits for a request. */
        IDLE,
        /** Reads the head of one. */
        HEAD,
        /** Answers one. */
        BUSY,
        /** Takes no further request. */
        ENDING,
        /** Was closed to make room for others. */
        EVICTED
    }

    private final ClientWire wire;
    private final ClientWatch watch;
    private final RequestHead head;
    private final Connections connections;
    private final HttpHandler handler;
    private final ListenerLimits limits;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.IDLE);
    private final OutBuffer out = new OutBuffer(0);
    private final OutBuffer fields = new OutBuffer(0);
    private final long openedAt;
    private volatile long restsSince;
    private volatile boolean served;

    /**
     * Wraps a connection that was accepted.
     *
     * @param peer where it comes from
     */
    ClientConnection(
            ClientSocket socket, Peer peer, Connections connections, HttpHandler handler, ListenerLimits limits) {
        this.wire = new ClientWire(socket, peer, connections, handler, limits);
        this.watch = new ClientWatch(wire);
        this.head = new RequestHead(limits.head());
        this.connections = connections;
        this.handler = handler;
        this.limits = limits;
        this.openedAt = connections.now();
        this.restsSince = openedAt;
    }

    @Override
    public void handle(Limit limit) {
        wire.deadline().ownedBy(Thread.currentThread());
        if (!connections.add(this)) {
            return;
        }
        try {
            serve();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.TRACE, "a client's connection ended", e);
        } finally {
            connections.closing(this);
            wire.close();
        }
    }

    @Override
    @SuppressWarnings("removal") // the interface still asks for it
    public void handle(Semaphore requestSemaphore) {
        handle(FixedLimit.create(requestSemaphore));
    }

    private void serve() throws IOException {
        boolean more = wire.greeted(openedAt);
        while (more && awaitRequest()) {
            more = request();
            phase.compareAndSet(Phase.BUSY, Phase.IDLE);
        }
    }

    /** Waits for the first byte of a request; false when none comes any more. */
    private boolean awaitRequest() throws IOException {
        if (phase.get() != Phase.IDLE) {
            return false;
        }
        rest();
        restsSince = connections.now();
        // looked at by the watchdog sooner or later, without being woken for it
        wire.deadline().arm(restsSince + limits.idleTimeout().toNanos(), null);
        return wire.awaitRequest() && phase.compareAndSet(Phase.IDLE, Phase.HEAD);
    }

    /** Gives back what a connection that waits does not need. */
    private void rest() {
        head.trim();
        if (out.array().length > KEPT_BUFFER) {
            out.free();
        }
        if (fields.array().length > KEPT_BUFFER) {
            fields.free();
        }
    }

    /** Reads and answers one request; false when the connection must end. */
    private boolean request() throws IOException {
        CallerFault.HeadTimeout late = new CallerFault.HeadTimeout(limits.headerTimeout());
        wire.arm(limits.headerTimeout().toNanos(), late, this::pathSoFar, null);
        out.clear();
        fields.clear();
        BodyReader body;
        try {
            if (!head.read(wire.input())) {
                return false;
            }
            body = BodyReader.of(wire.input(), head);
        } catch (BadMessageException e) {
            if (wire.disarm()) {
                refuse(Refusals.of(e));
            } else {
                // a client that was told so and has left in the middle of its head
                tooLate(late);
            }
            return false;
        } catch (IOException e) {
            if (wire.expired()) {
                tooLate(late);
            }
            throw e;
        }
        if (!wire.disarm()) {
            tooLate(late);
            return false;
        }
        served = true;
        if (!phase.compareAndSet(Phase.HEAD, Phase.BUSY) && phase.get() == Phase.EVICTED) {
            return false;
        }
        return answer(new HttpRequest(this, head, body, limits));
    }

    /** The client was told already, while this thread was blocked; what is left is to account for it. */
    private void tooLate(GatewayError late) {
        wire.disarm();
        HttpAnswer answer = new HttpAnswer(wire, out, fields, true, false);
        answer.silence(wire.toldId());
        handler.refuse(late, head, answer);
    }

    /** The path as far as it is known: a head that broke off has none. */
    private @Nullable String path() {
        return head.method().isEmpty() ? null : head.path();
    }

    /**
     * As {@link #path}, asked by another thread while this one is blocked in the middle of a head: good enough for the
     * shape of an error, which is all that it decides.
     */
    private @Nullable String pathSoFar() {
        try {
            return path();
        } catch (RuntimeException e) {
            // it was in the middle of being read
            return null;
        }
    }

    private void refuse(GatewayError error) {
        HttpAnswer answer = new HttpAnswer(wire, out, fields, true, false);
        answer.announceClose();
        try {
            handler.refuse(error, head, answer);
        } catch (GatewayException e) {
            LOG.log(System.Logger.Level.TRACE, "a client left before it was told", e);
        }
        wire.linger();
    }

    private boolean answer(HttpRequest request) {
        HttpAnswer answer = new HttpAnswer(wire, out, fields, head.http11(), "HEAD".equals(head.method()));
        // behind CONNECT come bytes of another protocol
        boolean tunnel = "CONNECT".equals(head.method());
        if (tunnel || !head.keepAlive()) {
            answer.announceClose();
        }
        // while the gateway leaves, every answer sends its client to another one
        answer.closeWhen(() -> handler.leaving() || phase.get() == Phase.ENDING || !request.consumed());
        try {
            handler.handle(request, answer);
        } catch (RuntimeException | StackOverflowError e) {
            defect(answer, e);
        } finally {
            watch.on(null, 0);
        }
        if (!answer.complete()) {
            return false;
        }
        if (!request.consumed()) {
            request.drain();
            return false;
        }
        if (answer.closes() && wire.buffered() > 0) {
            wire.linger();
        }
        return !answer.closes() && phase.get() != Phase.ENDING;
    }

    private void defect(HttpAnswer answer, Throwable e) {
        boolean known = e instanceof GatewayException;
        LOG.log(known ? System.Logger.Level.DEBUG : System.Logger.Level.ERROR, "a request was not handled", e);
        if (!answer.committed()) {
            answer.announceClose();
            handler.refuse(new GatewayFault.Internal("the request failed"), head, answer);
        }
    }

    ClientWire wire() {
        return wire;
    }

    /** Where the connection itself comes from. */
    InetAddress peer() {
        return wire.peer().address();
    }

    /** Where a request comes from, as far as trusted proxies say. */
    InetAddress remoteAddress() {
        return Forwarded.client(wire.address(), head, wire.peer().trusted());
    }

    ClientWatch watch() {
        return watch;
    }

    /** The gateway stops and waits no longer: who is answered is told so, who still sends is told that it is late. */
    void stop() {
        watch.stop();
        wire.deadline().expireIfSaid(wire.now());
    }

    // what the watchdog uses

    /** Looks at everything that has a time. */
    void look(long now) {
        wire.deadline().expireIfDue(now);
        watch.look(now);
    }

    /** True when no time is armed but that of a wait for a request, and no client has to be watched. */
    boolean quiet() {
        return (phase.get() == Phase.IDLE || wire.deadline().quiet()) && watch.quiet();
    }

    /** True when the thread that uses the connection has come to its end. */
    boolean left() {
        Thread thread = wire.deadline().owner();
        return thread == null || !thread.isAlive();
    }

    /** Since when it waits for a request, in the time of {@link Connections#now}; or {@link #NOT_IDLE}. */
    long idleSince() {
        return phase.get() == Phase.IDLE ? restsSince : NOT_IDLE;
    }

    /** Bytes that a head holds which is not whole yet. */
    int halfHead() {
        return phase.get() == Phase.HEAD ? head.held() : 0;
    }

    /** True once a whole head of a request has come. */
    boolean served() {
        return served;
    }

    /** When it was opened. */
    long openedAt() {
        return openedAt;
    }

    /** Ends the connection if it is idle or still sends a head; what is being answered stays. False when it stays. */
    boolean evict() {
        boolean mine = phase.compareAndSet(Phase.IDLE, Phase.EVICTED) || phase.compareAndSet(Phase.HEAD, Phase.EVICTED);
        Thread thread = wire.deadline().owner();
        if (mine && thread != null) {
            thread.interrupt();
        }
        return mine;
    }

    // what Helidon uses

    /** No request is taken any more; one that runs ends by itself unless it is interrupted. */
    @Override
    public void close(boolean interrupt) {
        Phase before = phase.getAndSet(Phase.ENDING);
        Thread thread = wire.deadline().owner();
        if (thread != null && (interrupt || before == Phase.IDLE)) {
            thread.interrupt();
        }
    }

    @Override
    public boolean canInterrupt() {
        return phase.get() == Phase.IDLE;
    }

    /** Helidon's clock ends nothing: the watchdog keeps the time of every phase. */
    @Override
    public Duration idleTime() {
        return Duration.ZERO;
    }
}
