package io.llmgateway.server;

import io.helidon.common.GenericType;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.mapper.Value;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderValues;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One field of an answer's head with a single value. Its name is one of the gateway's own, so that only the value is
 * checked when Helidon asks for it; Helidon's own fields are checked and copied as a whole, for every answer again.
 * Immutable.
 */
final class SentHeader implements Header {
    private static final byte[] SEPARATOR = {':', ' '};
    private static final byte[] END = {'\r', '\n'};

    private final HeaderName name;
    private final String value;

    SentHeader(HeaderName name, String value) {
        this.name = name;
        this.value = value;
    }

    @Override
    public void validate() {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean blank = c == ' ' || c == '\t';
            if ((c < ' ' && c != '\t') || c > '~' || (blank && i == 0)) {
                throw new IllegalArgumentException("the header '" + name.lowerCase()
                        + "' may hold printable ASCII only," + " character " + (i + 1) + " is not");
            }
        }
    }

    @Override
    public String name() {
        return name.defaultCase();
    }

    @Override
    public HeaderName headerName() {
        return name;
    }

    @Override
    public String get() {
        return value;
    }

    @Override
    public List<String> allValues() {
        return List.of(value);
    }

    @Override
    public int valueCount() {
        return 1;
    }

    @Override
    public boolean sensitive() {
        return false;
    }

    @Override
    public boolean changing() {
        return true;
    }

    @Override
    public void writeHttp1Header(BufferData buffer) {
        buffer.write(name.nameBytes());
        buffer.write(SEPARATOR);
        buffer.write(value.getBytes(StandardCharsets.US_ASCII));
        buffer.write(END);
    }

    /** For everything nobody asks of an answer's field. */
    private Header plain() {
        return HeaderValues.create(name, value);
    }

    @Override
    public <N> Value<N> as(Class<N> type) {
        return plain().as(type);
    }

    @Override
    public <N> Value<N> as(GenericType<N> type) {
        return plain().as(type);
    }

    @Override
    public <N> Value<N> as(Function<? super String, ? extends N> mapper) {
        return plain().as(mapper);
    }

    @Override
    public Optional<String> asOptional() {
        return Optional.of(value);
    }

    @Override
    public Value<Boolean> asBoolean() {
        return plain().asBoolean();
    }

    @Override
    public Value<String> asString() {
        return plain().asString();
    }

    @Override
    public Value<Integer> asInt() {
        return plain().asInt();
    }

    @Override
    public Value<Long> asLong() {
        return plain().asLong();
    }

    @Override
    public Value<Double> asDouble() {
        return plain().asDouble();
    }
}
