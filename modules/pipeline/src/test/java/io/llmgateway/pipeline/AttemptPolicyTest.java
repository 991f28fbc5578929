package io.llmgateway.pipeline;

import static io.llmgateway.pipeline.AttemptPolicy.Next.GIVE_UP;
import static io.llmgateway.pipeline.AttemptPolicy.Next.TARGET;
import static io.llmgateway.pipeline.AttemptPolicy.Position.INSTANCES_LEFT;
import static io.llmgateway.pipeline.AttemptPolicy.Position.LAST;
import static io.llmgateway.pipeline.AttemptPolicy.Position.TARGETS_LEFT;
import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.pipeline.AttemptPolicy.Position;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AttemptPolicyTest {
    @ParameterizedTest
    @CsvSource({
        "UPSTREAM_SERVER,INSTANCES_LEFT,INSTANCE",
        "UPSTREAM_SERVER,TARGETS_LEFT,TARGET",
        "UPSTREAM_SERVER,LAST,GIVE_UP",
        "TIMEOUT_FIRST_TOKEN,TARGETS_LEFT,TARGET",
        "NO_INSTANCE,INSTANCES_LEFT,TARGET",
        "NO_INSTANCE,TARGETS_LEFT,TARGET",
        "NO_INSTANCE,LAST,GIVE_UP",
        "OVERLOADED,TARGETS_LEFT,TARGET",
        "TIMEOUT_TOTAL,INSTANCES_LEFT,GIVE_UP",
        "CLIENT_GONE,INSTANCES_LEFT,GIVE_UP",
        "BAD_REQUEST,INSTANCES_LEFT,GIVE_UP",
        "INTERNAL,TARGETS_LEFT,GIVE_UP"
    })
    void next_dependsOnTheKind_andOnWhatIsLeft(ErrorKind kind, Position position, AttemptPolicy.Next next) {
        assertThat(AttemptPolicy.next(kind, position, Set.of())).isEqualTo(next);
    }

    @ParameterizedTest
    @EnumSource(ErrorKind.class)
    void withNothingLeft_nothingIsTried(ErrorKind kind) {
        assertThat(AttemptPolicy.next(kind, LAST, Set.of(kind))).isEqualTo(GIVE_UP);
    }

    @ParameterizedTest
    @EnumSource(ErrorKind.class)
    void withAnotherTarget_anEmptyRetryBudgetNeverEndsARequestThatItCouldServe(ErrorKind kind) {
        boolean elsewhere = AttemptPolicy.next(kind, INSTANCES_LEFT, Set.of()) != GIVE_UP;
        assertThat(AttemptPolicy.next(kind, TARGETS_LEFT, Set.of())).isEqualTo(elsewhere ? TARGET : GIVE_UP);
    }

    @Test
    void errorsOfTheRequest_fallBackWhereTheRouteWantsIt() {
        Set<ErrorKind> wanted = Set.of(ErrorKind.CONTEXT_LENGTH);
        assertThat(AttemptPolicy.next(ErrorKind.CONTEXT_LENGTH, INSTANCES_LEFT, wanted))
                .isEqualTo(TARGET);
        assertThat(AttemptPolicy.next(ErrorKind.CONTENT_POLICY, INSTANCES_LEFT, wanted))
                .isEqualTo(GIVE_UP);
        assertThat(AttemptPolicy.next(ErrorKind.UPSTREAM_SERVER, INSTANCES_LEFT, wanted))
                .isEqualTo(AttemptPolicy.Next.INSTANCE);
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorKind.class,
            names = {"TIMEOUT_IDLE", "TIMEOUT_TOTAL"})
    void timeoutAfterContent_blamesNobody_beforeItTheInstance(ErrorKind kind) {
        assertThat(AttemptPolicy.blamesInstance(kind)).isTrue();
        assertThat(AttemptPolicy.blamesInstanceAfterCommit(kind)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorKind.class,
            names = {"UPSTREAM_RESET", "UPSTREAM_INTERRUPTED", "UPSTREAM_MALFORMED", "UPSTREAM_SERVER"})
    void answerThatIsCutByTheInstance_blamesIt_beforeAndAfterContent(ErrorKind kind) {
        assertThat(AttemptPolicy.blamesInstance(kind)).isTrue();
        assertThat(AttemptPolicy.blamesInstanceAfterCommit(kind)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorKind.class,
            names = {"CLIENT_GONE", "DRAINING", "BAD_REQUEST", "OVERLOADED", "RATE_LIMIT", "INTERNAL"})
    void whatTheClientOrTheGatewayDid_neverBlamesAnInstance(ErrorKind kind) {
        assertThat(AttemptPolicy.blamesInstance(kind)).isFalse();
        assertThat(AttemptPolicy.blamesInstanceAfterCommit(kind)).isFalse();
    }
}
