package io.llmgateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoppingTest {
    private static int codeOf(GracefulShutdown.Shutdown shutdown) throws Exception {
        GracefulShutdown.Stop stop = new GracefulShutdown.Stop(shutdown);
        FutureTask<Integer> waiting = new FutureTask<>(stop::await);
        Thread waiter = Thread.ofPlatform().daemon().start(waiting);
        Thread signal = Thread.ofPlatform().daemon().start(stop);
        int code = waiting.get(20, TimeUnit.SECONDS);
        assertThat(signal.join(Duration.ofSeconds(20))).isTrue();
        assertThat(waiter.join(Duration.ofSeconds(20))).isTrue();
        return code;
    }

    @Test
    void stoppingInOrder_givesItsOwnCode() throws Exception {
        assertThat(codeOf(() -> Main.OK)).isEqualTo(Main.OK);
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, NoClassDefFoundError.class, StackOverflowError.class})
    void stoppingThatFails_endsTheProcessAllTheSame(Class<? extends Throwable> failure) throws Exception {
        Throwable thrown = failure.getConstructor().newInstance();

        assertThat(codeOf(() -> {
                    if (thrown instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) thrown;
                }))
                .isNotEqualTo(Main.OK);
    }
}
