package io.llmgateway.launcher;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends a running gateway the requests of a working day, so that the AOT cache of the runtime image learns what a
 * gateway really does: those of a warm-up, over a connection for each round. A process of its own, so that nothing of
 * the client is learnt. Used by the image's build only.
 */
final class Training {
    private static final int ROUNDS = 150;

    private Training() {}

    /** Arguments: address for applications, address of the metrics page, client key, rounds if not the usual. */
    public static void main(String[] arguments) throws IOException {
        URI data = URI.create(arguments[0]);
        URI metrics = URI.create(arguments[1]);
        List<byte[]> requests = new ArrayList<>(WarmUpRequests.all(arguments[2]));
        requests.add(WarmUpRequests.all("a-wrong-key-0123456789").getFirst());
        int rounds = arguments.length > 3 ? Integer.parseInt(arguments[3]) : ROUNDS;
        for (int i = 0; i < rounds; i++) {
            try (WarmUpClient client = new WarmUpClient(data.getPort())) {
                for (byte[] request : requests) {
                    send(client, request);
                }
            }
        }
        try (WarmUpClient client = new WarmUpClient(metrics.getPort())) {
            String page = "GET " + metrics.getPath() + " HTTP/1.1\r\nHost: training\r\n\r\n";
            send(client, page.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static void send(WarmUpClient client, byte[] request) throws IOException {
        int status = client.exchange(request);
        if (status >= 500) {
            throw new IOException("a request of the training failed: " + status);
        }
    }
}
