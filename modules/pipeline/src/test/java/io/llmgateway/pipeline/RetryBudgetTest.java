package io.llmgateway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.ProviderName;
import io.llmgateway.settings.RetrySettings;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private static final ProviderName ONE = new ProviderName("one");
    private static final ProviderName OTHER = new ProviderName("other");
    private static final RetrySettings FIFTH = new RetrySettings(3, 20, 5);
    private static final long SECOND = 1_000_000_000L;

    private final RetryBudget budget = new RetryBudget();

    private int taken(ProviderName provider, RetrySettings settings, long now) {
        int taken = 0;
        while (taken < 10_000 && budget.take(provider, settings, now)) {
            taken++;
        }
        return taken;
    }

    @Test
    void withoutRequests_aFewAreAllowed_soThatARecoveryIsNoticed() {
        assertThat(taken(ONE, FIFTH, 0)).isEqualTo(5);
        assertThat(taken(ONE, FIFTH, 11 * SECOND)).isEqualTo(5);
    }

    @Test
    void share_isOfTheRequestsOfTheLastTenSeconds() {
        for (int i = 0; i < 1_000; i++) {
            budget.earn(ONE, i * 5_000_000L);
        }
        assertThat(taken(ONE, FIFTH, 5 * SECOND)).isEqualTo(200);
        assertThat(taken(ONE, FIFTH, 6 * SECOND)).isZero();
        assertThat(taken(ONE, FIFTH, 30 * SECOND)).isEqualTo(5);
    }

    @Test
    void aProviderInTrouble_isNotHitByAMultipleOfItsLoad_forLong() {
        int retries = 0;
        for (int i = 0; i < 100_000; i++) {
            long now = i * 1_000_000L;
            budget.earn(ONE, now);
            retries += budget.take(ONE, FIFTH, now) ? 1 : 0;
        }
        assertThat(retries).isBetween(15_000, 21_000);
    }

    @Test
    void providers_haveAccountsOfTheirOwn() {
        assertThat(taken(ONE, FIFTH, 0)).isEqualTo(5);
        assertThat(taken(OTHER, FIFTH, 0)).isEqualTo(5);
    }

    @Test
    void none_isNone() {
        for (int i = 0; i < 100; i++) {
            budget.earn(ONE, 0);
        }
        assertThat(taken(ONE, new RetrySettings(3, 0, 0), 0)).isZero();
    }

    @Test
    void timeThatBeginsAnywhere_isFine() {
        long begin = Long.MAX_VALUE - SECOND;
        assertThat(taken(ONE, FIFTH, begin)).isEqualTo(5);
        assertThat(taken(ONE, FIFTH, begin + 12 * SECOND)).isEqualTo(5);
    }
}
