package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DialTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String HOLE = "192.0.2.1";
    private static final String REFUSING = "192.0.2.2";
    private static final String GOOD = "192.0.2.3";
    private static final String GOOD_6 = "2001:db8::3";

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final List<FakeSocket> made = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch blocked = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);

    /** A socket that only knows whether it was closed. */
    private static final class FakeSocket extends Socket {
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public void close() {
            closed.countDown();
        }

        boolean open() {
            return closed.getCount() > 0;
        }
    }

    /** Good addresses answer at once, one refuses, one never says anything. */
    private final Dial.Connector connector = new Dial.Connector() {
        @Override
        public Socket create() {
            FakeSocket socket = new FakeSocket();
            made.add(socket);
            return socket;
        }

        @Override
        public void connect(Socket socket, InetSocketAddress address, int millis) throws IOException {
            String host = address.getAddress().getHostAddress();
            asked.add(host);
            if (host.equals(REFUSING)) {
                throw new ConnectException("refused");
            }
            if (host.equals(HOLE)) {
                blocked.countDown();
                waitFor(((FakeSocket) socket).closed, millis);
                throw socket.isConnected() ? new IOException() : new SocketException("closed or too late");
            }
        }
    };

    private static void waitFor(CountDownLatch latch, long millis) throws IOException {
        try {
            if (!latch.await(millis, TimeUnit.MILLISECONDS)) {
                throw new SocketTimeoutException("connect timed out");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @AfterEach
    void stop() {
        never.countDown();
    }

    private Dial dial(Duration longest) {
        return new Dial(connector, System::nanoTime, System.nanoTime() + longest.toNanos());
    }

    private static Lookups lookups(String... addresses) {
        return new Lookups(_ -> {
            InetAddress[] found = new InetAddress[addresses.length];
            for (int i = 0; i < found.length; i++) {
                found[i] = InetAddress.ofLiteral(addresses[i]);
            }
            return found;
        });
    }

    private long openSockets() {
        return made.stream().filter(FakeSocket::open).count();
    }

    private void awaitOpen(int wanted) {
        long end = System.nanoTime() + LONG.toNanos();
        while (openSockets() != wanted) {
            assertThat(System.nanoTime()).as("open sockets %d", openSockets()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void blackHoleFirst_costsAMoment_notTheTimeout() throws IOException {
        long begun = System.nanoTime();

        Socket socket = dial(LONG).connect(lookups(HOLE, GOOD), "h", 1);

        assertThat(socket).isEqualTo(made.get(1));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
        awaitOpen(1);
    }

    @Test
    void refusal_isFollowedByTheNextAddressAtOnce() throws IOException {
        Socket socket = dial(LONG).connect(lookups(REFUSING, REFUSING, GOOD), "h", 1);

        assertThat(socket).isEqualTo(made.get(2));
        assertThat(asked).containsExactly(REFUSING, REFUSING, GOOD);
        awaitOpen(1);
    }

    @Test
    void allRefuse_theFailureIsTheirs() {
        assertThatThrownBy(() -> dial(LONG).connect(lookups(REFUSING, REFUSING), "h", 1))
                .isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> dial(LONG).connect(lookups(REFUSING), "h", 1)).isInstanceOf(ConnectException.class);
        awaitOpen(0);
    }

    @Test
    void onlyBlackHoles_endAtTheTimeout() {
        assertThatThrownBy(() -> dial(Duration.ofMillis(400)).connect(lookups(HOLE, HOLE, HOLE), "h", 1))
                .isInstanceOf(SocketTimeoutException.class);
        awaitOpen(0);
    }

    @Test
    void address_isNotLookedUp() throws IOException {
        Lookups none = new Lookups(host -> {
            throw new UnknownHostException(host);
        });

        assertThat(dial(LONG).connect(none, GOOD, 1)).isEqualTo(made.getFirst());
        assertThat(dial(LONG).connect(none, "[" + GOOD_6 + "]", 1)).isEqualTo(made.get(1));
    }

    @Test
    void nameWithoutAddress_isUnknown() {
        assertThatThrownBy(() -> dial(LONG).connect(lookups(), "h", 1)).isInstanceOf(UnknownHostException.class);
        assertThatThrownBy(() -> dial(LONG)
                        .connect(
                                new Lookups(_ -> {
                                    throw new IllegalArgumentException("strange");
                                }),
                                "h",
                                1))
                .isInstanceOf(IOException.class);
    }

    @Test
    void lookupThatHangs_endsAtTheTimeout() {
        Lookups hanging = new Lookups(_ -> {
            waitFor(never, LONG.toMillis());
            return new InetAddress[0];
        });

        assertThatThrownBy(() -> dial(Duration.ofMillis(300)).connect(hanging, "h", 1))
                .isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void kill_endsALookup() throws Exception {
        CountDownLatch looking = new CountDownLatch(1);
        Lookups hanging = new Lookups(_ -> {
            looking.countDown();
            waitFor(never, LONG.toMillis());
            return new InetAddress[0];
        });

        assertKilled(hanging, looking);
    }

    @Test
    void kill_endsAConnect_alone_andInARace() throws Exception {
        assertKilled(lookups(HOLE), blocked);
        assertKilled(lookups(HOLE, HOLE), blocked);
        awaitOpen(0);
    }

    private void assertKilled(Lookups lookups, CountDownLatch waiting) throws Exception {
        Dial dial = dial(LONG);
        Thread killer = Thread.ofPlatform().daemon().start(() -> {
            try {
                waitFor(waiting, LONG.toMillis());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            dial.kill();
        });
        long begun = System.nanoTime();

        assertThatThrownBy(() -> dial.connect(lookups, "h", 1)).isInstanceOf(SocketException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
        assertThat(killer.join(LONG)).isTrue();
    }

    @Test
    void families_takeTurns_withinABound() throws IOException {
        InetAddress a6 = InetAddress.ofLiteral("2001:db8::1");
        InetAddress b6 = InetAddress.ofLiteral("2001:db8::2");
        InetAddress a4 = InetAddress.ofLiteral("192.0.2.1");
        InetAddress[] many = new InetAddress[100];
        java.util.Arrays.fill(many, a4);

        assertThat(Dial.takingTurns(new InetAddress[] {a6, b6, a4})).containsExactly(a6, a4, b6);
        assertThat(Dial.takingTurns(new InetAddress[] {a4, a6, b6})).containsExactly(a4, a6, b6);
        assertThat(Dial.takingTurns(many)).hasSize(Dial.MAX_ADDRESSES);
        assertThat(Dial.takingTurns(new InetAddress[0])).isEmpty();
    }
}
