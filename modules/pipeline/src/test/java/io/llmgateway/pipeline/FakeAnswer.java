package io.llmgateway.pipeline;

import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A client that notes what it gets, and may take its time or leave. Confined to one test. */
final class FakeAnswer implements ClientAnswer {
    /** What was sent, in order. */
    final List<String> sent = new ArrayList<>();

    final Map<String, String> headers = new TreeMap<>();
    private Runnable beforeWrite = () -> {};
    private boolean committed;

    /** Something that happens before each write. */
    FakeAnswer beforeWrite(Runnable step) {
        beforeWrite = step;
        return this;
    }

    /** Leaves before its next write. */
    FakeAnswer gone() {
        return beforeWrite(() -> {
            throw new GatewayException(new CallerFault.ClientGone());
        });
    }

    String all() {
        return String.join("|", sent);
    }

    @Override
    public void header(String lowerCaseName, String value) {
        headers.put(lowerCaseName, value);
    }

    @Override
    public void whole(int status, byte[] body, int length) {
        beforeWrite.run();
        committed = true;
        sent.add(status + " " + new String(body, 0, length, StandardCharsets.UTF_8));
    }

    @Override
    public void begin(int status, String contentType) {
        committed = true;
        sent.add("begin " + status + " " + contentType);
    }

    @Override
    public void write(byte[] bytes, int length) {
        beforeWrite.run();
        sent.add(new String(bytes, 0, length, StandardCharsets.UTF_8));
    }

    @Override
    public void end() {
        sent.add("end");
    }

    @Override
    public void abort() {
        sent.add("abort");
    }

    @Override
    public boolean committed() {
        return committed;
    }
}
