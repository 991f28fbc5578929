package io.llmgateway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProberTest {
    @ParameterizedTest
    @CsvSource({
        "200, ",
        "204, ",
        "302, BAD_REQUEST",
        "404, BAD_REQUEST",
        "405, BAD_REQUEST",
        "501, BAD_REQUEST",
        "401, UPSTREAM_AUTHENTICATION",
        "403, UPSTREAM_AUTHENTICATION",
        "429, UPSTREAM_RATE_LIMIT",
        "500, UPSTREAM_SERVER",
        "503, UPSTREAM_SERVER"
    })
    void status_saysHowTheInstanceIs(int status, @org.jspecify.annotations.Nullable ErrorKind failure) {
        assertThat(Prober.failure(status).orElse(null)).isEqualTo(failure);
    }

    @Test
    void questionThatCannotBeAsked_isAFailure() {
        InstanceName instance = new InstanceName("i");

        assertThat(Prober.outcome(instance, () -> {
                    throw new IllegalStateException("no path");
                }))
                .contains(ErrorKind.INTERNAL);
        assertThat(Prober.outcome(instance, () -> {
                    throw new NoClassDefFoundError("no class");
                }))
                .contains(ErrorKind.INTERNAL);
        assertThat(Prober.outcome(instance, Optional::empty)).isEmpty();
    }
}
