package io.llmgateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.webserver.CloseConnectionException;
import io.llmgateway.model.Doze;
import io.llmgateway.pipeline.Interruption;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GuardedConnectionTest {
    private static final long MAX_RAW = 100;
    private static final long KEEP_ALIVE = 15_000;

    private final FakeContext client = new FakeContext();
    private final GuardedConnection connection =
            new GuardedConnection(client, MAX_RAW, KEEP_ALIVE, new Doze(1_000_000, 1_000_000));
    private final AtomicInteger gone = new AtomicInteger();
    private final AtomicInteger stopped = new AtomicInteger();
    private final AtomicInteger kept = new AtomicInteger();
    private final Interruption interruption = new Interruption() {
        @Override
        public void clientGone() {
            gone.incrementAndGet();
        }

        @Override
        public void stopping() {
            stopped.incrementAndGet();
        }

        @Override
        public void keepAlive() {
            kept.incrementAndGet();
        }
    };

    @BeforeEach
    void own() {
        connection.ownedBy(Thread.currentThread());
    }

    @AfterEach
    void clean() {
        assertThat(Thread.interrupted())
                .as("no test leaves its thread interrupted")
                .isFalse();
    }

    @Test
    void deadlineThatPasses_interruptsItsThread_andTheConnectionIsOfNoUse() {
        connection.arm(100);
        connection.expireIfDue(100);
        assertThat(connection.expired()).isFalse();

        connection.expireIfDue(101);

        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(connection.expired()).isTrue();
        assertThat(connection.quiet()).isTrue();
        assertThat(connection.disarm()).as("told that it was too late").isFalse();
        assertThat(Thread.currentThread().isInterrupted())
                .as("taken away with it")
                .isFalse();
        connection.arm(1_000);
        connection.expireIfDue(2_000);
        assertThat(Thread.currentThread().isInterrupted()).as("once only").isFalse();
        assertThat(connection.expired()).isTrue();
    }

    @Test
    void headThatIsCompleteTooLate_isNotHandled() {
        PhaseListener phases = new PhaseListener(java.time.Duration.ofSeconds(1), () -> 0L);
        connection.arm(100);
        connection.expireIfDue(101);

        assertThatThrownBy(() -> phases.headers(connection, io.helidon.http.WritableHeaders.create()))
                .isInstanceOf(CloseConnectionException.class);
    }

    @Test
    void deadlineDisarmedInTime_neverInterrupts() {
        connection.arm(100);
        assertThat(connection.disarm()).isTrue();

        connection.expireIfDue(Long.MAX_VALUE - 1);

        assertThat(connection.expired()).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void disarmAndExpiryAtTheSameTime_neverLeaveAnInterruptBehind() throws InterruptedException {
        int rounds = 20_000;
        AtomicLong round = new AtomicLong(-1);
        AtomicLong done = new AtomicLong(-1);
        GuardedConnection[] all = new GuardedConnection[rounds];
        for (int i = 0; i < rounds; i++) {
            all[i] = new GuardedConnection(client, MAX_RAW, KEEP_ALIVE, new Doze(1_000_000, 1_000_000));
            all[i].ownedBy(Thread.currentThread());
            all[i].arm(100);
        }
        Thread watchdog = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < rounds; i++) {
                while (round.get() < i) {
                    Thread.onSpinWait();
                }
                all[i].expireIfDue(200);
                done.set(i);
            }
        });
        int late = 0;
        for (int i = 0; i < rounds; i++) {
            round.set(i);
            late += all[i].disarm() ? 0 : 1;
            boolean interrupted = Thread.currentThread().isInterrupted();
            while (done.get() < i) {
                Thread.onSpinWait();
            }
            assertThat(interrupted || Thread.interrupted())
                    .as("round %d, %d were late", i, late)
                    .isFalse();
        }
        watchdog.join();
    }

    @Test
    void clientThatLeaves_endsItsRequest() {
        connection.watch(interruption, 0);
        client.send("");

        connection.watch();

        assertThat(gone.get()).isEqualTo(1);
    }

    @Test
    void blankLinesOfAClient_doNotEndTheWatch() {
        connection.watch(interruption, 0);
        client.send("\r\n");
        client.send("\r");
        client.send("\n");
        client.send("");

        connection.watch();

        assertThat(gone.get()).isEqualTo(1);
    }

    @Test
    void nextRequestSentAhead_isKept_andEndsTheWatch() {
        connection.watch(interruption, 0);
        client.send("\r\nGET / HTTP/1.1\r\n");

        connection.watch();

        assertThat(gone.get()).isZero();
        assertThat(connection.dataReader().readLine()).isEqualTo("GET / HTTP/1.1");
    }

    @Test
    void blankLinesWithoutEnd_endTheWatch() {
        connection.watch(interruption, 0);
        for (int i = 0; i < 20; i++) {
            client.send("\r\n".repeat(100));
        }

        connection.watch();

        assertThat(gone.get()).isZero();
    }

    @Test
    void requestThatHasEnded_isNotWatched() {
        connection.watch(interruption, 0);
        connection.watch(null, 0);

        connection.watch();
        connection.stop();

        assertThat(gone.get()).isZero();
        assertThat(stopped.get()).isZero();
    }

    @Test
    void requestThatRunsLong_isDueForAWatchOnce() {
        connection.watch(interruption, 0);

        assertThat(connection.quiet()).isFalse();
        assertThat(connection.watchIsDue(499_999_999)).isFalse();
        assertThat(connection.watchIsDue(500_000_000)).isTrue();
        assertThat(connection.watchIsDue(900_000_000)).isFalse();
        connection.stop();
        assertThat(stopped.get()).isEqualTo(1);
    }

    @Test
    void rawBytesOfARequest_areBounded_andCountedAnewForTheNext() {
        client.send("a".repeat(98) + "\r\n");
        client.send("b".repeat(50) + "\r\n");
        client.send("c\r\n");
        assertThat(connection.dataReader().readLine()).hasSize(98);
        connection.requestBegins();
        assertThat(connection.dataReader().readLine()).hasSize(50);
        client.send("d".repeat(200) + "\r\n");
        assertThat(connection.dataReader().readLine()).isEqualTo("c");
        assertThat(connection.dataReader().readLine()).hasSize(200);

        assertThatThrownBy(() -> connection.dataReader().readLine()).isInstanceOf(CloseConnectionException.class);
    }

    @Test
    void threadThatHasEnded_hasLeft() throws InterruptedException {
        assertThat(connection.left()).isFalse();
        Thread thread =
                Thread.ofVirtual().start(() -> assertThat(connection.quiet()).isTrue());
        thread.join();

        connection.ownedBy(thread);

        assertThat(connection.left()).isTrue();
    }

    @Test
    void clientThatWaits_isKeptAliveAgainAndAgain_untilItsRequestIsOver() {
        connection.watch(interruption, 0);
        assertThat(connection.keepAliveIsDue(KEEP_ALIVE - 1)).isFalse();
        assertThat(connection.keepAliveIsDue(KEEP_ALIVE)).isTrue();
        assertThat(connection.keepAliveIsDue(KEEP_ALIVE + 1)).isFalse();
        assertThat(connection.keepAliveIsDue(2 * KEEP_ALIVE)).isTrue();
        connection.keepAlive();
        connection.watch(null, 2 * KEEP_ALIVE);

        assertThat(connection.keepAliveIsDue(10 * KEEP_ALIVE)).isFalse();
        connection.keepAlive();
        assertThat(kept).hasValue(1);
    }

    @Test
    void connectionThatWaitsForARequest_endsWhenItsTimeIsOver_notOneThatServes() {
        connection.idleUntil(1_000);
        connection.expireIfDue(1_000);
        assertThat(connection.expired()).isFalse();

        assertThat(connection.quiet()).isTrue();

        connection.requestBegins();
        connection.arm(2_000_000);
        assertThat(connection.quiet()).isFalse();
        assertThat(connection.disarm()).isTrue();
        connection.expireIfDue(1_000_000);
        assertThat(connection.expired()).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();

        connection.idleUntil(2_000_000);
        connection.expireIfDue(2_000_001);
        assertThat(connection.expired()).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        // the request that comes at this moment finds a connection that has ended
        connection.requestBegins();
        connection.arm(9_000_000);
        assertThat(connection.disarm()).isFalse();
    }
}
