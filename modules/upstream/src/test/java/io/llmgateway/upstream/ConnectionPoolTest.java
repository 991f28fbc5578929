package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.testing.FakeClock;
import io.llmgateway.threads.IdleWait;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ConnectionPoolTest {
    private final FakeClock clock = new FakeClock();
    private final TransportCounters counters = new TransportCounters(new ConnectionRoom(1_000, () -> {}));
    private final ConnectionPool pool = pool();

    private ConnectionPool pool() {
        return pool(Duration.ofMillis(200));
    }

    private ConnectionPool pool(Duration connectTimeout) {
        Origin origin = new Origin(
                new InstanceName("a"),
                false,
                "unknown.invalid",
                80,
                "",
                connectTimeout,
                new Origin.PoolLimits(2, 2, Duration.ofSeconds(60), Duration.ofMinutes(10)),
                Origin.TlsOptions.SYSTEM);
        Lookups lookups = new Lookups(host -> {
            throw new UnknownHostException(host);
        });
        return new ConnectionPool(
                origin, new Dialer(null, true, clock, lookups), clock, new IdleWait(1_000_000, 1_000_000), counters);
    }

    /** A connection that has carried an exchange; what its other side has sent since is in it. */
    private Channel released(String sent) throws IOException {
        BytesSocket socket = new BytesSocket(sent);
        Channel channel = new Channel(socket, socket, clock.getAsLong());
        pool.drop(channel, true);
        return channel;
    }

    @Test
    void lastOneUsed_isTheNextOneTaken() throws IOException {
        Channel first = released("");
        Channel second = released("");

        assertThat(pool.takeIdle()).isSameAs(second);
        assertThat(pool.takeIdle()).isSameAs(first);
        assertThat(pool.takeIdle()).isNull();
        assertThat(pool.activeCount()).isEqualTo(2);
    }

    @Test
    void idleOnes_areBoundedInNumberTimeAndAge() throws IOException {
        Channel old = released("");
        clock.advance(Duration.ofSeconds(30));
        Channel young = released("");
        Channel surplus = released("");
        assertThat(surplus.dead()).isTrue();
        assertThat(pool.idleCount()).isEqualTo(2);

        clock.advance(Duration.ofSeconds(31));
        pool.sweep(clock.getAsLong());

        assertThat(old.dead()).isTrue();
        assertThat(pool.takeIdle()).isSameAs(young);
        clock.advance(Duration.ofMinutes(10));
        pool.drop(young, true);
        assertThat(young.dead()).as("too old to be kept").isTrue();
        assertThat(pool.idleCount()).isZero();
    }

    private Channel answered(String fields) throws IOException {
        BytesSocket socket = new BytesSocket("HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 0\r\n\r\n");
        Channel channel = new Channel(socket, socket, clock.getAsLong());
        assertThat(channel.readHead()).isTrue();
        pool.drop(channel, true);
        return channel;
    }

    @Test
    void oneThatItsServerKeepsForATime_isNotUsedAtItsEnd() throws IOException {
        Channel kept = answered("Keep-Alive: timeout=5\r\n");
        clock.advance(Duration.ofMillis(3_999));
        assertThat(pool.takeIdle()).isSameAs(kept);

        assertThat(answered("Keep-Alive: timeout=1\r\n").dead())
                .as("not even kept")
                .isTrue();
        Channel late = answered("Keep-Alive: max=9, timeout=5\r\n");
        clock.advance(Duration.ofSeconds(4));
        assertThat(pool.takeIdle()).isNull();
        assertThat(late.dead()).isTrue();

        Channel free = answered("");
        clock.advance(Duration.ofSeconds(59));
        assertThat(pool.takeIdle()).as("bounded by the setting alone").isSameAs(free);
        Channel longer = answered("Keep-Alive: timeout=999999999\r\n");
        clock.advance(Duration.ofSeconds(60));
        assertThat(pool.takeIdle()).as("never longer than the setting").isNull();
        assertThat(longer.dead()).isTrue();
    }

    @Test
    void oneWithUnaskedBytes_isDiscardedAndCounted() throws IOException {
        Channel good = released("");
        Channel bad = released("HTTP/1.1 408 Request Timeout\r\n\r\n");

        assertThat(pool.takeIdle()).isSameAs(good);

        assertThat(bad.dead()).isTrue();
        assertThat(counters.discarded().sum()).isEqualTo(1);
    }

    @Test
    void oneWhoseDeadlineHasPassed_isNeverKept() throws IOException {
        BytesSocket socket = new BytesSocket("");
        Channel channel = new Channel(socket, socket, clock.getAsLong());
        channel.deadline().begin(100);
        channel.deadline().arm(ErrorKind.TIMEOUT_IDLE, 50);
        assertThat(channel.deadline().check(60)).isTrue();

        pool.drop(channel, true);

        assertThat(channel.dead()).isTrue();
        assertThat(pool.idleCount()).isZero();
    }

    @Test
    void retiredAndClosed_keepNothing() throws IOException {
        Channel before = released("");
        pool.retire(clock.getAsLong() + 100);
        assertThat(before.dead()).isTrue();
        assertThat(released("").dead()).isTrue();
        assertThat(pool.over(clock.getAsLong() + 100)).isFalse();
        assertThat(pool.over(clock.getAsLong() + 101)).isTrue();

        pool.close();
        assertThat(released("").dead()).isTrue();
        assertThatThrownBy(() -> pool.acquirePlace(new Cancellation())).isInstanceOf(GatewayException.class);
    }

    @Test
    void places_areBounded() {
        pool.acquirePlace(new Cancellation());
        pool.acquirePlace(new Cancellation());

        assertThatThrownBy(() -> pool.acquirePlace(new Cancellation()))
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e -> assertThat(e.error().kind()).isEqualTo(ErrorKind.OVERLOADED));
        pool.releasePlace();
        pool.acquirePlace(new Cancellation());
    }

    @Test
    void dialThatFails_leavesNothingBehind() {
        assertThatThrownBy(() -> pool.dial(new Cancellation())).isInstanceOfSatisfying(GatewayException.class, e -> {
            assertThat(e.error().kind()).isEqualTo(ErrorKind.UPSTREAM_CONNECT);
            assertThat(e.error().message())
                    .isEqualTo("cannot connect to unknown.invalid:80: the host name is not found (DNS)");
        });

        assertThat(pool.quiet()).isTrue();
        assertThat(pool.activeCount()).isZero();
    }

    @Test
    void cancelledBeforeTheDial_isNotDialled() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();

        assertThatThrownBy(() -> pool.dial(cancellation))
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e -> assertThat(e.error().kind()).isEqualTo(ErrorKind.UPSTREAM_RESET));
        assertThat(pool.quiet()).isTrue();
    }

    @Test
    void waitForAPlace_endsWithItsRequest_andLeavesNoInterruptBehind() throws Exception {
        ConnectionPool busy = pool(Duration.ofMinutes(1));
        busy.acquirePlace(new Cancellation());
        busy.acquirePlace(new Cancellation());
        Cancellation cancellation = new Cancellation();
        AtomicReference<String> seen = new AtomicReference<>();
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                busy.acquirePlace(cancellation);
                seen.set("got a place");
            } catch (GatewayException e) {
                seen.set(e.error().kind() + " " + Thread.currentThread().isInterrupted());
            }
        });
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        cancellation.cancel();
        waiting.join();

        assertThat(seen).hasValue(ErrorKind.UPSTREAM_CONNECT + " false");
    }
}
