package io.llmgateway.simulator;

import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * A provider that needs no network: one server that speaks OpenAI Chat Completions, Anthropic Messages and Gemini,
 * whole and streamed, and behaves as the model's name says, for example {@code sim/echo},
 * {@code sim/slow-first-token-2s}, {@code sim/status-429-retry-after-3}, {@code sim/cut-after-5-events} or
 * {@code sim/tokens-500-every-5ms}. It records what it is asked. Several may run in one process. Thread-safe.
 *
 * <pre>{@code
 * try (Simulator simulator = Simulator.start(SimulatorOptions.defaults())) {
 *     URI openai = simulator.baseUri().resolve("/v1");
 * }
 * }</pre>
 */
public final class Simulator implements AutoCloseable {
    private final WebServer server;
    private final String host;
    private final Journal journal;

    private Simulator(WebServer server, String host, Journal journal) {
        this.server = server;
        this.host = host;
        this.journal = journal;
    }

    /** Opens the server. */
    public static Simulator start(SimulatorOptions options) {
        Journal journal = new Journal();
        Http1Config config = Http1Config.builder().build();
        WebServer server = WebServer.builder()
                .host(options.host())
                .port(options.port())
                .backlog(1024)
                .maxPayloadSize(64L * 1024 * 1024)
                .shutdownGracePeriod(Duration.ofMillis(100))
                .shutdownHook(false)
                .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
                .protocolsDiscoverServices(false)
                .addConnectionSelector(new PeerSelector(
                        Http1ConnectionSelector.builder().config(config).build()))
                .routing(HttpRouting.builder().any(new SimulatorHandler(journal)))
                .build()
                .start();
        if (!server.isRunning() || server.port() <= 0) {
            server.stop();
            throw new IllegalStateException("the simulator cannot listen on " + options.host() + ":" + options.port()
                    + ": the address is in use or not allowed; choose another port");
        }
        return new Simulator(server, options.host(), journal);
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    /** Its address, without a path. */
    public URI baseUri() {
        return URI.create("http://" + host + ":" + port());
    }

    /** The requests so far, oldest first; the oldest are forgotten after ten thousand. */
    public List<RecordedRequest> requests() {
        return journal.requests();
    }

    /** Waits until there are this many requests; gives them. Throws {@link IllegalStateException} when time is up. */
    public List<RecordedRequest> awaitRequests(int count, Duration deadline) {
        journal.await(() -> journal.requests().size() >= count, deadline);
        return journal.requests();
    }

    /** Forgets the requests and what was scripted. */
    public void clear() {
        journal.clear();
    }

    /** The next requests follow this script whatever their model, after those that were scripted before. */
    public void script(String script, int count) {
        journal.script(script, count);
    }

    /** The responses in flight, finished and broken off so far. */
    public Streams streams() {
        return journal.streams();
    }

    /** Waits until the responses are as wanted. Throws {@link IllegalStateException} when time is up. */
    public Streams awaitStreams(Predicate<Streams> wanted, Duration deadline) {
        journal.await(() -> wanted.test(journal.streams()), deadline);
        return journal.streams();
    }

    /** The tokens it reported in complete responses. */
    public Produced tokensProduced() {
        return journal.produced();
    }

    @Override
    public void close() {
        journal.stop();
        server.stop();
    }

    /**
     * Answers by their state.
     *
     * @param open under way
     * @param finished sent to their end
     * @param aborted broken off: by the script, or because the peer left
     */
    public record Streams(int open, int finished, int aborted) {}

    /**
     * Tokens by kind.
     *
     * @param input input tokens, cached ones included
     * @param output output tokens
     */
    public record Produced(long input, long output) {}
}
