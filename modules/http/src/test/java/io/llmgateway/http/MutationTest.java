package io.llmgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Good messages with a few bytes changed, dropped or doubled. Whatever comes out, the reading ends in one of its own
 * ways, which is the same in every way the bytes may come.
 */
class MutationTest {
    private static final long SEED = Long.getLong("seed", 20);
    private static final int ROUNDS = Integer.getInteger("http.mutations", 20_000);
    private static final Limits LIMITS = new Limits(1024, 4096, 20);
    private static final String PIECES = "\r\n\0\t :;,=\"\\/%*?#[]@+-0123456789abcdefABCDEF\u007f\u0080\u00ff";

    private static final List<String> REQUESTS = List.of(
            "GET /v1/models?a=b HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /v1/chat/completions HTTP/1.1\r\nHost: a:80\r\nContent-Length: 4\r\nAccept: a\r\n\r\nbody",
            "POST http://a/b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a=\"b\"\r\nabc\r\n0\r\nA: b\r\n\r\n",
            "POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nab",
            "OPTIONS * HTTP/1.1\r\nHost: [::1]\r\nExpect: 100-continue\r\n\r\n");

    private static final List<String> RESPONSES = List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
            "HTTP/1.1 204 No Content\r\nKeep-Alive: timeout=5\r\n\r\n",
            "HTTP/1.0 500 Oops\r\nConnection: close\r\n\r\nbody");

    private final Random random = new Random(SEED);

    private static String request(Input in) throws IOException {
        RequestHead head = new RequestHead(LIMITS);
        StringBuilder found = new StringBuilder();
        while (read(head, in)) {
            found.append(head.method())
                    .append(' ')
                    .append(head.path())
                    .append(' ')
                    .append(head.query());
            found.append(head.keepAlive()).append(head.expectsContinue()).append(head.expectsOther());
            fields(head, found);
            found.append(Feeds.body(BodyReader.of(in, head), 64)).append('|');
        }
        return found.toString();
    }

    /** Whatever came of it, what it has read can be asked for. */
    private static boolean read(RequestHead head, Input in) throws IOException {
        try {
            return head.read(in);
        } finally {
            String all = head.method() + head.target() + head.path() + head.query() + head.keepAlive();
            fields(head, new StringBuilder(all));
        }
    }

    private static String response(Input in) throws IOException {
        ResponseHead head = new ResponseHead(LIMITS);
        StringBuilder found = new StringBuilder();
        while (head.read(in)) {
            found.append(head.status()).append(head.keepAlive());
            fields(head, found);
            BodyReader body = BodyReader.of(in, head, false);
            found.append(Feeds.body(body, 64)).append('|');
        }
        return found.toString();
    }

    private static void fields(Head head, StringBuilder found) {
        for (int i = 0; i < head.size(); i++) {
            found.append(head.name(i)).append('=').append(head.value(i)).append(';');
            assertThat(head.name(i)).isNotEmpty();
            assertThat(head.value(i)).doesNotContain("\r", "\n", "\0");
        }
    }

    @Test
    void mutatedMessages_endInOneOfTheirOwnWays() {
        int refused = 0;
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            boolean request = random.nextBoolean();
            String message = mutated(request ? REQUESTS : RESPONSES);
            String outcome = once(message, request ? MutationTest::request : MutationTest::response);
            if (outcome.matches("400|413|414|431|501|505|cut")) {
                refused++;
            } else {
                read++;
            }
        }
        assertThat(refused).as("seed %d", SEED).isGreaterThan(ROUNDS / 10);
        assertThat(read).as("seed %d", SEED).isGreaterThan(ROUNDS / 10);
    }

    private String once(String message, Feeds.Reading reading) {
        byte[] bytes = message.getBytes(StandardCharsets.ISO_8859_1);
        Feeds.Source whole = new Feeds.Source(bytes, bytes.length, bytes.length);
        String expected = Feeds.outcome(bytes, whole, 2048, reading);
        assertThat(Feeds.outcome(bytes, new Feeds.Source(bytes, 0, 1), 2048, reading))
                .as("byte by byte: %s, seed %d", message, SEED)
                .isEqualTo(expected);
        int split = random.nextInt(bytes.length + 1);
        assertThat(Feeds.outcome(bytes, new Feeds.Source(bytes, split, 3), 5, reading))
                .as("split at %d: %s, seed %d", split, message, SEED)
                .isEqualTo(expected);
        return expected;
    }

    private String mutated(List<String> messages) {
        StringBuilder text = new StringBuilder(messages.get(random.nextInt(messages.size())));
        if (random.nextInt(3) == 0) {
            text.append(messages.get(random.nextInt(messages.size())));
        }
        for (int i = random.nextInt(4); i >= 0 && text.length() > 0; i--) {
            int at = random.nextInt(text.length());
            int to = Math.min(text.length(), at + random.nextInt(8));
            switch (random.nextInt(6)) {
                case 0 -> text.setCharAt(at, piece());
                case 1 -> text.insert(at, piece());
                case 2 -> text.deleteCharAt(at);
                case 3 -> text.insert(at, text.substring(at, to));
                case 4 -> text.insert(random.nextInt(text.length()), text.substring(at, to));
                default -> text.setLength(random.nextInt(4) == 0 ? at : text.length());
            }
        }
        return text.toString();
    }

    private char piece() {
        return PIECES.charAt(random.nextInt(PIECES.length()));
    }
}
