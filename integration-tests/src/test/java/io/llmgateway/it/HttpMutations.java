package io.llmgateway.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Requests on one connection that were right until a few bytes of them were changed, as an attacker would. */
final class HttpMutations {
    private static final String KEY = RunningGateway.KEY;
    private static final List<String> TOKENS = List.of(
            "\r\n",
            "\n",
            "\r",
            "\u0000",
            " ",
            "\t",
            "\u000b",
            ":",
            ";",
            ",",
            "+",
            "-",
            "0x",
            "\u00a0",
            "\u0085",
            "\"",
            "Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: identity\r\n",
            "Transfer-Encoding:\r\n chunked\r\n",
            "Transfer-Encoding : chunked\r\n",
            "Transfer-Encoding: xchunked\r\n",
            "transfer-encoding: chunked\n",
            "Content-Length: 0\r\n",
            "Content-Length: 5\r\n",
            "Content-Length: 1000\r\n",
            "Content-Length: +5\r\n",
            "Content-Length: 5, 5\r\n",
            "Content-Length : 0\r\n",
            "Expect: 100-continue\r\n",
            "Connection: close\r\n",
            "Connection: Content-Length\r\n",
            "Connection: Transfer-Encoding\r\n",
            "Upgrade: websocket\r\n",
            "Host: other\r\n",
            "X: a\r\n b\r\n",
            "TE: trailers\r\n",
            "Content-Encoding: gzip\r\n",
            "0\r\n\r\n",
            "0\r\n",
            "5\r\nhello\r\n",
            ";a=b",
            ";a=\"\r\n\"",
            "ffffffff",
            "HTTP/1.0",
            "GET / HTTP/1.1\r\n",
            "chunked",
            "identity",
            "gzip, ");

    /** Where the number of a sample has come to its end in a body. */
    private static final int NUMBER_ENDS = 24;

    private HttpMutations() {}

    /** A sample: one connection's bytes, the last request of which asks for the health and for the connection's end. */
    static String sample(Random random, String id) {
        StringBuilder text = new StringBuilder();
        int count = 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            text.append(request(random, id, i));
        }
        int changes = random.nextInt(10) == 0 ? 0 : 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            change(random, text);
        }
        return text + "GET /health HTTP/1.1\r\nHost: t\r\nX-Id: " + id + "\r\nConnection: close\r\n\r\n";
    }

    private static String body(String id, int number, String content) {
        return "{\"model\":\"" + id + "\",\"user\":\"" + number + "\",\"messages\":[{\"role\":\"user\",\"content\":\""
                + content + "\"}]}";
    }

    private static String request(Random random, String id, int number) {
        String inner = body(id, number + 7, "inner");
        String hidden = random.nextInt(3) == 0 ? head() + "Content-Length: " + inner.length() + "\r\n\r\n" + inner : "";
        // JSON ends with its bracket; blanks may follow, and a request hidden behind them is no JSON
        String body = body(id, number, "x") + " ".repeat(random.nextInt(3));
        return switch (random.nextInt(5)) {
            case 0, 1 -> head() + "Content-Length: " + body.length() + "\r\n\r\n" + body + hidden;
            case 2 -> head() + "Transfer-Encoding: chunked\r\n\r\n" + chunks(random, body) + "0\r\n\r\n" + hidden;
            case 3 ->
                head() + "Transfer-Encoding: chunked\r\nTE: trailers\r\n\r\n" + chunks(random, body)
                        + "0\r\nX-Trailer: a\r\n\r\n" + hidden;
            default ->
                head() + "X: y\r\nContent-Length: " + (body.length() + hidden.length()) + "\r\n\r\n" + body + hidden;
        };
    }

    private static String head() {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + KEY
                + "\r\nContent-Type: application/json\r\n";
    }

    private static String chunks(Random random, String body) {
        StringBuilder all = new StringBuilder();
        int at = 0;
        while (at < body.length()) {
            // the number of the sample stays in one piece
            int size = Math.min(body.length() - at, (at == 0 ? NUMBER_ENDS : 1) + random.nextInt(60));
            all.append(Integer.toHexString(size))
                    .append(random.nextInt(4) == 0 ? ";a=b" : "")
                    .append("\r\n");
            all.append(body, at, at + size).append("\r\n");
            at += size;
        }
        return all.toString();
    }

    private static void change(Random random, StringBuilder text) {
        int at = random.nextBoolean() ? place(random, text) : random.nextInt(text.length());
        String token = TOKENS.get(random.nextInt(TOKENS.size()));
        switch (random.nextInt(7)) {
            case 0, 1, 2 -> text.insert(at, token);
            case 3 -> text.deleteCharAt(Math.min(at, text.length() - 1));
            case 4 -> text.setCharAt(Math.min(at, text.length() - 1), (char) random.nextInt(256));
            case 5 -> text.replace(at, Math.min(text.length(), at + token.length()), token);
            default -> {
                // a line twice
                int end = text.indexOf("\n", at);
                int begin = text.lastIndexOf("\n", Math.max(0, at - 1)) + 1;
                if (end > begin) {
                    text.insert(begin, text.substring(begin, end + 1));
                }
            }
        }
    }

    /** Somewhere at the framing: by a line's end or a colon. */
    private static int place(Random random, StringBuilder text) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\n' || text.charAt(i) == '\r' || text.charAt(i) == ':') {
                places.add(i);
            }
        }
        return places.isEmpty()
                ? random.nextInt(text.length())
                : Math.min(text.length() - 1, places.get(random.nextInt(places.size())) + random.nextInt(2));
    }
}
