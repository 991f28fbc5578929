package io.llmgateway.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonRecordsTest {
    private static final JsonRecords JSON = new JsonRecords(MethodHandles.lookup());

    private record Empty() {}

    private record Inner(String name, Optional<Empty> priceNanoUsd) {}

    private record Outer(
            int n, long retryInMs, boolean ready, @Nullable String why, List<?> list, Inner inner) {}

    private record Unknown(Object what) {}

    @Test
    void record_isAnObjectOfItsComponentsInOrder() {
        Outer outer = new Outer(1, -2, true, null, List.of("a\"b", 3), new Inner("x", Optional.empty()));

        assertThat(JSON.text(outer))
                .isEqualTo("{\"n\":1,\"retry_in_ms\":-2,\"ready\":true,\"why\":null,\"list\":[\"a\\\"b\",3],"
                        + "\"inner\":{\"name\":\"x\"}}");
    }

    @Test
    void optional_thatIsThere_isItsValue() {
        assertThat(JSON.text(new Inner("x", Optional.of(new Empty()))))
                .isEqualTo("{\"name\":\"x\",\"price_nano_usd\":{}}");
    }

    @Test
    void lines_setEveryValueOnItsOwn() {
        assertThat(JSON.lines(new Outer(1, 2, false, "", List.of(), new Inner("x", Optional.empty()))))
                .isEqualTo("""
                        {
                          "n": 1,
                          "retry_in_ms": 2,
                          "ready": false,
                          "why": "",
                          "list": [],
                          "inner": {
                            "name": "x"
                          }
                        }
                        """);
    }

    @Test
    void valueWithoutAForm_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> JSON.text(new Unknown(new Object())));
    }

    @Test
    void recordThatTheLookupDoesNotSee_isRefused() {
        JsonRecords blind = new JsonRecords(MethodHandles.publicLookup());

        assertThatIllegalArgumentException().isThrownBy(() -> blind.text(new Inner("x", Optional.empty())));
    }
}
