package io.llmgateway.upstream;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.UpstreamFault;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An exchange whose body comes encoded and is handed out decoded; what was said of the encoded one is not passed on.
 * Confined to one thread.
 */
final class DecodedExchange implements Exchange {
    private final Exchange encoded;
    private final Origin origin;
    private final Decoder decoder;

    private DecodedExchange(Exchange encoded, Origin origin, Decoder decoder) {
        this.encoded = encoded;
        this.origin = origin;
        this.decoder = decoder;
    }

    /** The exchange itself when its answer has no codings. */
    static Exchange of(Exchange exchange, List<String> codings, Origin origin, DecodingMemory memory) {
        return codings.isEmpty()
                ? exchange
                : new DecodedExchange(exchange, origin, ContentCodings.decoder(codings, exchange::read, memory));
    }

    @Override
    public int status() {
        return encoded.status();
    }

    @Override
    public @Nullable String header(String lowerCaseName) {
        return switch (lowerCaseName) {
            case "content-encoding", "content-length", "content-md5", "content-digest", "repr-digest", "etag" -> null;
            default -> encoded.header(lowerCaseName);
        };
    }

    @Override
    public long declaredLength() {
        return -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        try {
            return decoder.read(target, offset, length);
        } catch (IOException e) {
            ErrorKind kind =
                    e instanceof Decoder.CutCodingException ? ErrorKind.UPSTREAM_RESET : ErrorKind.UPSTREAM_MALFORMED;
            throw new GatewayException(
                    new UpstreamFault.ExchangeFailed(
                            kind, origin.instance(), "bad response from " + origin.place() + ": " + e.getMessage()),
                    e);
        }
    }

    @Override
    public void arm(ErrorKind kind, long nanoTime) {
        encoded.arm(kind, nanoTime);
    }

    @Override
    public void disarm() {
        encoded.disarm();
    }

    @Override
    public boolean drained(long nanos) {
        return encoded.drained(nanos);
    }

    @Override
    public void close() {
        try {
            decoder.close();
        } finally {
            encoded.close();
        }
    }
}
