package io.llmgateway.it.chaos;

import io.llmgateway.it.chaos.Reading.Answer;
import io.llmgateway.it.chaos.Reading.NoAnswer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Clients, good, slow and broken, each on a thread of its own until it is told to stop. Thread-safe. */
final class ChaosClients {
    /** The longest wait for the next byte of an answer: more than every timeout of the gateway's together. */
    private static final int PATIENCE_MILLIS = 30_000;

    private static final long MILLI = 1_000_000;
    private static final int SMALL_WINDOW = 8 << 10;
    private static final int HUGE_BODY = 5 << 20;

    private final int port;
    private final @Nullable SSLContext tls;
    private final List<String> keys;
    private final long seed;
    private final Tally tally;
    private final AtomicLong numbers;

    /**
     * Makes them.
     *
     * @param port where the gateway listens
     * @param tls what they trust; null for plain HTTP
     * @param keys the keys they show
     * @param numbers gives each request its number
     */
    ChaosClients(int port, @Nullable SSLContext tls, List<String> keys, long seed, Tally tally, AtomicLong numbers) {
        this.port = port;
        this.tls = tls;
        this.keys = keys;
        this.seed = seed;
        this.tally = tally;
        this.numbers = numbers;
    }

    /** What a client does. */
    enum Act {
        ASK(30),
        KEEP_ALIVE(14),
        PIPELINE(8),
        CHUNKED_BODY(4),
        SLOW_BODY(3),
        SLOW_READER(4),
        STALLED_READER(2),
        LEAVE_BEFORE_BODY(3),
        LEAVE_IN_BODY(3),
        LEAVE_WAITING(6),
        LEAVE_IN_STREAM(8),
        HALF_HEAD(2),
        HALF_BODY(2),
        BLANK_LINES(4),
        HUGE_BODY(3),
        TOO_LARGE(1),
        HOSTILE_BODY(6),
        BROKEN_HEAD(3),
        WRONG_KEY(3),
        UNKNOWN_MODEL(3),
        COUNT_TOKENS(8),
        MODELS(2);

        private static final List<Act> ALL = List.of(values());
        private final int weight;

        Act(int weight) {
            this.weight = weight;
        }

        static Act drawn(Random random) {
            int left = random.nextInt(ALL.stream().mapToInt(each -> each.weight).sum());
            for (Act each : ALL) {
                left -= each.weight;
                if (left < 0) {
                    return each;
                }
            }
            return ASK;
        }
    }

    /** Goes on until told to stop. */
    void run(int client, AtomicBoolean running) {
        Random random = new Random(seed * 1_000_003 + client);
        while (running.get()) {
            one(Act.drawn(random), random);
            LockSupport.parkNanos(random.nextInt(20) * MILLI);
        }
    }

    /** Asks like any other client, once. */
    void once(Random random) {
        one(Act.ASK, random);
    }

    private void one(Act act, Random random) {
        Asking asking = Asking.of(numbers.incrementAndGet(), random, keys);
        try (Peer peer = open(act == Act.STALLED_READER || act == Act.SLOW_READER)) {
            act(act, asking, peer, random);
        } catch (Violation e) {
            tally.violation((tls == null ? "plain " : "tls ") + act + " " + asking.number() + " " + describe(asking)
                    + ": " + e.getMessage());
        } catch (NoAnswer e) {
            tally.violation((tls == null ? "plain " : "tls ") + act + " " + asking.number() + " " + describe(asking)
                    + ": no answer at all");
        } catch (SocketTimeoutException e) {
            tally.violation((tls == null ? "plain " : "tls ") + act + " " + asking.number() + " " + describe(asking)
                    + ": nothing came for too long");
        } catch (IOException e) {
            tally.gone(act, e);
        }
        tally.did(act);
    }

    private static String describe(Asking asking) {
        return (asking.anthropic() ? "anthropic " : "openai ")
                + (asking.stream() ? "stream " : "whole ")
                + asking.model()
                + Texts.clip(asking.extra());
    }

    private Peer open(boolean smallWindow) throws IOException {
        Socket plain = new Socket();
        if (smallWindow) {
            plain.setReceiveBufferSize(SMALL_WINDOW);
        }
        plain.setTcpNoDelay(true);
        plain.setSoTimeout(PATIENCE_MILLIS);
        plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        SSLContext secure = tls;
        Socket socket = secure == null ? plain : secure.getSocketFactory().createSocket(plain, "127.0.0.1", port, true);
        return new Peer(socket, plain, new BufferedInputStream(socket.getInputStream()));
    }

    /** One connection. */
    private record Peer(Socket socket, Socket plain, InputStream in) implements AutoCloseable {
        /** Sends; a gateway that has answered and closed already is none of this side's errors. */
        void send(byte[] bytes, int from, int to) {
            try {
                socket.getOutputStream().write(bytes, from, to - from);
                socket.getOutputStream().flush();
            } catch (IOException e) {
                // what it has said is read next
                return;
            }
        }

        void send(byte[] bytes) {
            send(bytes, 0, bytes.length);
        }

        void send(String text) {
            send(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        }

        /** Goes without a word, in one way or the other. */
        void leave(Random random) throws IOException {
            if (random.nextBoolean()) {
                plain.setSoLinger(true, 0);
            }
            plain.close();
        }

        @Override
        public void close() throws IOException {
            plain.close();
        }
    }

    private void act(Act act, Asking asking, Peer peer, Random random) throws IOException {
        switch (act) {
            case ASK -> ask(asking, peer, random);
            case KEEP_ALIVE -> keepAlive(asking, peer, random, false);
            case BLANK_LINES -> keepAlive(asking, peer, random, true);
            case PIPELINE -> pipeline(asking, peer, random);
            case CHUNKED_BODY -> chunkedBody(asking, peer, random);
            case SLOW_BODY -> {
                byte[] all = asking.bytes(random);
                for (int at = 0; at < all.length; at += 64) {
                    peer.send(all, at, Math.min(all.length, at + 64));
                    pause(random.nextInt(40));
                }
                read(asking, peer, Reading.FAST);
            }
            case SLOW_READER -> {
                peer.send(asking.bytes(random));
                read(asking, peer, _ -> {
                    pause(random.nextInt(8));
                    return 2_000;
                });
            }
            case STALLED_READER -> {
                peer.send(asking.bytes(random));
                pause(random.nextInt(4_000));
                peer.leave(random);
            }
            case LEAVE_BEFORE_BODY -> {
                peer.send(asking.head("Content-Length: " + asking.body().length, random));
                pause(random.nextInt(30));
                peer.leave(random);
            }
            case LEAVE_IN_BODY, HALF_HEAD, HALF_BODY -> half(act, asking, peer, random);
            case LEAVE_WAITING -> {
                peer.send(asking.bytes(random));
                pause(random.nextInt(30));
                peer.leave(random);
            }
            case LEAVE_IN_STREAM -> leaveInStream(asking.streamed(), peer, random);
            case HUGE_BODY -> ask(asking.large(random.nextInt(HUGE_BODY)), peer, random);
            case TOO_LARGE -> {
                peer.send(asking.head("Content-Length: 900000000", random));
                refused(asking, peer, 413);
            }
            case HOSTILE_BODY -> ask(asking.hostile(random), peer, random);
            case BROKEN_HEAD -> brokenHead(peer, random);
            case WRONG_KEY -> {
                peer.send(asking.by("sk-wrong-" + random.nextInt()).bytes(random));
                refused(asking, peer, 401);
            }
            case UNKNOWN_MODEL -> {
                peer.send(asking.of("nobody-knows").bytes(random));
                refused(asking, peer, 404);
            }
            case COUNT_TOKENS -> ask(asking.counted(), peer, random);
            case MODELS -> {
                peer.send(
                        "GET /v1/models HTTP/1.1\r\nHost: chaos\r\nAuthorization: Bearer " + asking.key() + "\r\n\r\n");
                Answer answer = Reading.answer(peer.in(), Reading.FAST);
                Violation.unless(answer.status() == 200 && answer.body().startsWith("{"), "not a list: " + answer);
            }
        }
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(millis * MILLI);
    }

    private void ask(Asking asking, Peer peer, Random random) throws IOException {
        peer.send(asking.bytes(random));
        read(asking, peer, Reading.FAST);
    }

    private Answer read(Asking asking, Peer peer, Reading.Pace pace) throws IOException {
        tally.asked();
        Answer answer = Reading.answer(peer.in(), pace);
        try {
            Checking.End end = Checking.check(asking, answer);
            tally.answered(end, answer.status());
            // after an error inside a stream the connection may close, which its head could not say yet
            return end == Checking.End.STREAM_ERROR ? answer.ending() : answer;
        } catch (Violation e) {
            throw new Violation("to " + asking.number() + " " + describe(asking) + ": " + e.getMessage());
        }
    }

    private void refused(Asking asking, Peer peer, int status) throws IOException {
        tally.asked();
        Answer answer = Reading.answer(peer.in(), Reading.FAST);
        Checking.error(asking.anthropic(), answer);
        Violation.unless(
                answer.status() == status || answer.status() == 429 || answer.status() == 503,
                "not refused with " + status + ": " + answer);
        tally.answered(Checking.End.REFUSED, answer.status());
    }

    private void keepAlive(Asking first, Peer peer, Random random, boolean blankLines) throws IOException {
        Asking asking = first;
        for (int i = 0; i < 4; i++) {
            peer.send(asking.bytes(random));
            Answer answer;
            try {
                answer = read(asking, peer, Reading.FAST);
            } catch (NoAnswer e) {
                throw new Violation("request " + i + " of a connection got no answer");
            }
            if (answer.last()) {
                return;
            }
            if (blankLines) {
                pause(random.nextInt(60));
                peer.send("\r\n".repeat(random.nextInt(3)));
                pause(random.nextInt(60));
            }
            asking = Asking.of(numbers.incrementAndGet(), random, keys);
        }
    }

    private void pipeline(Asking first, Peer peer, Random random) throws IOException {
        List<Asking> asked = new ArrayList<>(List.of(first));
        peer.send(first.bytes(random));
        for (int i = random.nextInt(3); i >= 0; i--) {
            Asking next = Asking.of(numbers.incrementAndGet(), random, keys);
            asked.add(next);
            peer.send(next.bytes(random));
        }
        List<String> answered = new ArrayList<>();
        for (Asking each : asked) {
            Answer answer;
            try {
                answer = read(each, peer, Reading.FAST);
            } catch (NoAnswer e) {
                throw new Violation("no answer to " + each.number() + " " + describe(each) + " behind " + answered);
            }
            if (answer.last()) {
                return;
            }
            answered.add(describe(each) + ": " + answer.status() + " " + answer.headers());
        }
        pause(random.nextInt(20));
        Violation.unless(peer.in().available() == 0, "more answers than requests");
    }

    private void chunkedBody(Asking asking, Peer peer, Random random) throws IOException {
        byte[] body = asking.body();
        peer.send(asking.head("Transfer-Encoding: chunked", random));
        for (int at = 0; at < body.length; at += 97) {
            int to = Math.min(body.length, at + 97);
            peer.send(Integer.toHexString(to - at) + "\r\n");
            peer.send(body, at, to);
            peer.send("\r\n");
        }
        peer.send("0\r\n\r\n");
        read(asking, peer, Reading.FAST);
    }

    private void half(Act act, Asking asking, Peer peer, Random random) throws IOException {
        byte[] all = asking.bytes(random);
        int head = all.length - asking.body().length;
        int until = act == Act.HALF_HEAD ? random.nextInt(head) : head + random.nextInt(all.length - head);
        peer.send(all, 0, until);
        if (act == Act.LEAVE_IN_BODY) {
            pause(random.nextInt(20));
            peer.leave(random);
            return;
        }
        // who has not said a whole path yet cannot be answered in its protocol
        boolean known = until > new String(all, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("\r\n") + 1;
        try {
            Checking.error(known && asking.anthropic(), Reading.answer(peer.in(), Reading.FAST));
        } catch (NoAnswer e) {
            // too late: closed without a word
            return;
        }
    }

    private void leaveInStream(Asking asking, Peer peer, Random random) throws IOException {
        peer.send(asking.bytes(random));
        int most = random.nextInt(3_000);
        StringBuilder read = new StringBuilder();
        byte[] some = new byte[256];
        while (read.length() < most) {
            int more;
            try {
                more = peer.in().read(some);
            } catch (SocketTimeoutException e) {
                throw new Violation("neither an end nor more came for too long, after " + Texts.clip(read.toString()));
            }
            if (more < 0) {
                return;
            }
            read.append(new String(some, 0, more, java.nio.charset.StandardCharsets.ISO_8859_1));
        }
        peer.leave(random);
    }

    private void brokenHead(Peer peer, Random random) throws IOException {
        List<String> heads = List.of(
                "GET\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: -4\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n",
                "POST /v1/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "POST /v1/messages HTTP/1.1\r\nHost: x\r\nX-A: " + "a".repeat(40_000) + "\r\n\r\n",
                "\u0016\u0003\u0001\u0002binary",
                "POST /" + "p".repeat(9_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        peer.send(heads.get(random.nextInt(heads.size())));
        try {
            Answer answer = Reading.answer(peer.in(), Reading.FAST);
            boolean refused = answer.status() >= 400 && answer.status() < 500;
            Violation.unless(refused || answer.status() == 505, "a broken head is taken: " + answer);
        } catch (NoAnswer e) {
            // closed without a word
            return;
        }
    }
}
