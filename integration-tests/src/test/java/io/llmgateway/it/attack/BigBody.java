package io.llmgateway.it.attack;

import io.llmgateway.testing.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A request of many MiB, made while it is sent and answered while it is still coming. */
record BigBody(String path, String model, boolean stream, int mib) {
    private static final byte[] PART =
            "word and word and word, and one \\\\ ".repeat(2_048).getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST_SECONDS = 90;

    /** Sends it and gives the answer's status; fails when there is none. */
    int send(Victim victim, String key) throws IOException {
        String before = "{\"model\":\"" + model + "\",\"max_tokens\":16,\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"";
        String after = "\"}]}";
        long parts = (mib * 1024L * 1024) / PART.length;
        long length = before.length() + after.length() + parts * PART.length;
        try (RawClient client = victim.connect()) {
            FutureTask<RawClient.Response> answer = new FutureTask<>(() -> {
                client.patience(LONGEST_SECONDS);
                return client.read();
            });
            Thread.ofVirtual().start(answer);
            try {
                client.send("POST " + path + " HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " + key
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n" + before);
                for (long i = 0; i < parts && !answer.isDone(); i++) {
                    client.send(PART);
                }
                client.send(after);
            } catch (IOException e) {
                // an early answer closes the connection while the body is still coming
                return status(answer);
            }
            return status(answer);
        }
    }

    private int status(FutureTask<RawClient.Response> answer) throws IOException {
        try {
            RawClient.Response got = answer.get(LONGEST_SECONDS, TimeUnit.SECONDS);
            if (got.status() == 503 || got.status() == 529) {
                if (!got.headers().containsKey("retry-after")) {
                    throw new AssertionError("refused without Retry-After: " + got);
                }
                return 503;
            }
            return got.status();
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IOException(this + " is not answered", e);
        }
    }
}
