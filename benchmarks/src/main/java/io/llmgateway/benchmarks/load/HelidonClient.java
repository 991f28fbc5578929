package io.llmgateway.benchmarks.load;

import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.Tls;
import io.helidon.http.HeaderNames;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.Proxy;
import io.helidon.webclient.http1.Http1Client;
import io.helidon.webclient.http1.Http1ClientConfig;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Helidon's WebClient for HTTP/1.1 as its documentation sets it up for speed. Thread-safe. */
final class HelidonClient implements ClientUnderTest {
    private final Http1Client client;

    HelidonClient(boolean secure, int port) {
        Http1ClientConfig.Builder builder = Http1Client.builder()
                .baseUri((secure ? "https" : "http") + "://127.0.0.1:" + port)
                .proxy(Proxy.noProxy())
                .connectionCacheSize(2000)
                .readTimeout(Duration.ofMinutes(10))
                .sendExpectContinue(false)
                .socketOptions(SocketOptions.builder().tcpNoDelay(true).build());
        if (secure) {
            builder.tls(Tls.builder()
                    .trustAll(true)
                    .endpointIdentificationAlgorithm("NONE")
                    .build());
        }
        this.client = Http1Client.create(builder.buildPrototype());
    }

    @Override
    public long post(String path, byte[] body, byte[] buffer) throws IOException {
        try (HttpClientResponse response = client.post(path)
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .header(HeaderNames.AUTHORIZATION, "Bearer some-key")
                .submit(body)) {
            if (response.status().code() != 200) {
                throw new IOException("status " + response.status());
            }
            long length = 0;
            try (InputStream in = response.inputStream()) {
                int count;
                while ((count = in.read(buffer)) >= 0) {
                    length += count;
                }
            }
            return length;
        }
    }

    @Override
    public void close() {
        client.closeResource();
    }
}
