package io.llmgateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import io.llmgateway.pipeline.ClientAnswer;
import io.llmgateway.pipeline.InboundRequest;
import io.llmgateway.pipeline.MemoryBudget;
import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that do not read, or read slowly, against real sockets. */
class StalledClientTest {
    private static final Duration ONE = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
    private final MemoryBudget memory = new MemoryBudget(Long.MAX_VALUE, ONE, System::nanoTime);

    private TestListener listener(boolean secure, TestListener.Answering answering) throws Exception {
        return TestListener.open(secure ? folder : null, ONE, ONE, answering);
    }

    private void streamForEver(InboundRequest request, ClientAnswer answer) {
        request.readBody(memory.share("test"));
        answer.begin(200, "text/event-stream");
        byte[] part = new byte[16 * 1024];
        try {
            while (true) {
                answer.write(part, part.length);
            }
        } catch (GatewayException e) {
            answer.abort();
            boolean gone = e.error() instanceof CallerFault.ClientGone;
            ended.add(gone && !Thread.currentThread().isInterrupted() ? "gone" : "interrupted or " + e);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void clientThatStopsReading_endsItsOwnStreamOnly(boolean secure) throws Exception {
        long errors = Loop.errors(LoopName.CONNECTION_WATCHDOG);
        try (TestListener listener = listener(secure, this::streamForEver);
                Socket stalled = listener.connect()) {
            TestListener.post(stalled);
            assertThat(ended.poll(20, TimeUnit.SECONDS)).isEqualTo("gone");

            try (Socket half = listener.connect()) {
                TestListener.send(half, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n");
                assertThat(TestListener.untilClosed(half)).isLessThan(SOON);
            }
            long end = System.nanoTime() + SOON.toNanos();
            while (listener.connections() > 0) {
                assertThat(System.nanoTime()).as("no connection is left").isLessThan(end);
                Thread.onSpinWait();
            }
        }
        assertThat(Loop.errors(LoopName.CONNECTION_WATCHDOG)).isEqualTo(errors);
    }

    @Test
    void manyUnreadStreams_allEndAtTheWriteTimeout() throws Exception {
        int clients = 1_100;
        List<Socket> sockets = new ArrayList<>();
        try (TestListener listener = listener(false, this::streamForEver)) {
            for (int i = 0; i < clients; i++) {
                Socket socket = listener.connect();
                sockets.add(socket);
                TestListener.post(socket);
            }
            for (int i = 0; i < clients; i++) {
                assertThat(ended.poll(60, TimeUnit.SECONDS)).as("stream %d", i).isEqualTo("gone");
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** What the handler does after its client is gone, such as waiting for something, is nobody's to interrupt. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void handlerAfterTheDeadline_canWait(boolean secure) throws Exception {
        Semaphore never = new Semaphore(0);
        TestListener.Answering answering = (request, answer) -> {
            streamForEver(request, answer);
            try {
                ended.add(never.tryAcquire(100, TimeUnit.MILLISECONDS) ? "acquired" : "waited");
            } catch (InterruptedException e) {
                ended.add("interrupted");
            }
            assertThatThrownBy(() -> answer.write(new byte[1], 1)).isInstanceOf(GatewayException.class);
            ended.add("refused");
        };
        try (TestListener listener = listener(secure, answering);
                Socket stalled = listener.connect()) {
            TestListener.post(stalled);

            assertThat(ended.poll(20, TimeUnit.SECONDS)).isEqualTo("gone");
            assertThat(ended.poll(20, TimeUnit.SECONDS)).isEqualTo("waited");
            assertThat(ended.poll(20, TimeUnit.SECONDS)).isEqualTo("refused");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void largeWholeAnswer_readSlowly_arrivesWhole(boolean secure) throws Exception {
        byte[] body = new byte[12 * 1024 * 1024];
        body[body.length - 1] = '!';
        try (TestListener listener = listener(secure, (request, answer) -> {
                    request.readBody(memory.share("test"));
                    answer.whole(200, body, body.length);
                    ended.add("sent");
                });
                Socket slow = listener.connect()) {
            long begun = System.nanoTime();
            TestListener.post(slow);
            InputStream in = slow.getInputStream();
            StringBuilder head = new StringBuilder();
            while (!head.toString().endsWith("\r\n\r\n")) {
                head.append((char) in.read());
            }
            byte[] got = new byte[body.length];
            int at = 0;
            while (at < got.length) {
                int count = in.read(got, at, Math.min(64 * 1024, got.length - at));
                assertThat(count).as("after %d bytes", at).isPositive();
                at += count;
                if (at / (256 * 1024) != (at - count) / (256 * 1024)) {
                    LockSupport.parkNanos(60_000_000L);
                }
            }

            assertThat(head.toString().toLowerCase(java.util.Locale.ROOT))
                    .contains("content-length: " + body.length)
                    .doesNotContain("chunked");
            assertThat(got[got.length - 1]).isEqualTo((byte) '!');
            assertThat(ended.poll(20, TimeUnit.SECONDS)).isEqualTo("sent");
            assertThat(System.nanoTime() - begun)
                    .as("it took longer than one write may")
                    .isGreaterThan(ONE.toNanos());
            TestListener.post(slow);
            assertThat(in.read()).as("the connection is kept").isEqualTo('H');
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void largeWholeAnswer_notRead_isCut(boolean secure) throws Exception {
        byte[] body = new byte[32 * 1024 * 1024];
        try (TestListener listener = listener(secure, (request, answer) -> {
                    request.readBody(memory.share("test"));
                    try {
                        answer.whole(200, body, body.length);
                        ended.add("sent");
                    } catch (GatewayException e) {
                        ended.add(e.error() instanceof CallerFault.ClientGone ? "gone" : e.toString());
                    }
                });
                Socket stalled = listener.connect()) {
            TestListener.post(stalled);

            assertThat(ended.poll(20, TimeUnit.SECONDS)).isEqualTo("gone");
        }
    }
}
