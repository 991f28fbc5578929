package io.llmgateway.logs;

import java.io.IOException;

/** Where lines end up. Confined to the writer's thread; may block as long as it likes, nobody waits for it. */
interface Sink extends AutoCloseable {
    /** Writes whole lines; either all of them or, as far as the system lets us, none. */
    void write(byte[] bytes, int length) throws IOException;

    @Override
    void close();
}
