package io.llmgateway.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The context of a trace is read strictly and written as it was read. */
class TraceContextTest {
    private static final String GOOD = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void parse_validHeader_isWrittenBackUnchanged() {
        TraceContext context = TraceContext.parse(GOOD, "a=1,b=2").orElseThrow();

        assertThat(context.traceparent()).isEqualTo(GOOD);
        assertThat(context.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(TraceContext.spanId(context.span())).isEqualTo("00f067aa0ba902b7");
        assertThat(context.sampled()).isTrue();
        assertThat(context.state()).isEqualTo("a=1,b=2");
        assertThat(context.withSpan(1).traceparent())
                .isEqualTo("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000001-01");
    }

    @Test
    void parse_laterVersion_isReadByWhatItHasInCommon() {
        TraceContext context = TraceContext.parse("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02-more", null)
                .orElseThrow();

        assertThat(context.sampled()).isFalse();
        assertThat(context.state()).isEmpty();
        assertThat(context.traceparent()).startsWith("00-").endsWith("-02");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
                " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0\r"
            })
    void parse_invalidHeader_isNoContext(String header) {
        assertThat(TraceContext.parse(header, "a=1")).isEmpty();
    }

    @Test
    void parse_stateThatCannotBePassedOn_isLeftOut() {
        assertThat(TraceContext.parse(GOOD, "a=1\r\nx: y").orElseThrow().state())
                .isEmpty();
        assertThat(TraceContext.parse(GOOD, "a=" + "1".repeat(600))
                        .orElseThrow()
                        .state())
                .isEmpty();
        assertThat(TraceContext.parse(null, "a=1")).isEmpty();
    }
}
