package io.llmgateway.pipeline;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that a test has written down. Confined to one test. */
final class FakeRequest implements InboundRequest {
    private final Endpoint endpoint;
    private final String body;
    private final Map<String, String> headers = new HashMap<>();
    private Runnable whenRead = () -> {};

    /** Who may end the request; null when nobody may. */
    @Nullable
    Interruption watching;

    FakeRequest(Endpoint endpoint, String body) {
        this.endpoint = endpoint;
        this.body = body;
        headers.put("authorization", "Bearer a-key-for-this-test");
    }

    FakeRequest with(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** Something that happens while the body is read. */
    FakeRequest whenRead(Runnable step) {
        whenRead = step;
        return this;
    }

    @Override
    public String rawQuery() {
        return "";
    }

    @Override
    public Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public String rawPath() {
        return endpoint.path();
    }

    @Override
    public @Nullable String header(String lowerCaseName) {
        return headers.get(lowerCaseName);
    }

    @Override
    public InetAddress address() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public Body readBody(MemoryBudget.Share memory) {
        whenRead.run();
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        memory.charge(bytes.length);
        return new Body(bytes, bytes.length);
    }

    @Override
    public void watch(@Nullable Interruption interruption) {
        watching = interruption;
    }
}
