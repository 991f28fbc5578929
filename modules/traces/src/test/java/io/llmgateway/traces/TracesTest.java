package io.llmgateway.traces;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.RequestEvent;
import io.llmgateway.model.RequestEvent.Asked;
import io.llmgateway.model.RequestEvent.Attempted;
import io.llmgateway.model.RequestEvent.Caller;
import io.llmgateway.model.RequestEvent.Ending;
import io.llmgateway.model.RequestEvent.Served;
import io.llmgateway.model.RequestEvent.Times;
import io.llmgateway.model.RequestEvent.Tokens;
import io.llmgateway.model.RequestId;
import io.llmgateway.model.Secret;
import io.llmgateway.model.TraceContext;
import io.llmgateway.model.Usage;
import io.llmgateway.settings.BaseUrl;
import io.llmgateway.settings.GenAiConventions;
import io.llmgateway.settings.InstanceSettings.StaticHeader;
import io.llmgateway.settings.TracingSettings;
import io.llmgateway.testing.OtlpReceiver;
import io.llmgateway.testing.OtlpReceiver.ReceivedSpan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Spans reach a real collector, and nobody waits for one that is slow, broken or dead. */
class TracesTest {
    private static final Instant AT = Instant.parse("2026-11-25T03:22:38.5Z");
    private static final TraceContext CLIENT = TraceContext.parse(
                    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "a=1")
            .orElseThrow();
    private static final TraceContext UNSAMPLED = TraceContext.parse(
                    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", null)
            .orElseThrow();

    private static TracingSettings to(String url, double percent, boolean follow) {
        return new TracingSettings(
                Optional.of(BaseUrl.parse(url + "/v1/traces")),
                List.of(new StaticHeader("Authorization", Secret.of("Bearer collector-key"))),
                percent,
                follow,
                "gateway-of-the-test",
                Duration.ofMillis(500));
    }

    private static Traces open(TracingSettings settings, GenAiConventions conventions) {
        Random random = new Random(1);
        return Traces.open(settings, conventions, () -> random);
    }

    private static RequestEvent event(@Nullable TraceContext trace, long parent, @Nullable ErrorKind failure) {
        Served first = new Served(new ProviderName("openai"), new InstanceName("openai-a"), "gpt-5-mini");
        Served second = new Served(new ProviderName("claude"), new InstanceName("claude-a"), "claude-x");
        return new RequestEvent(
                new RequestId("req_1"),
                AT,
                new Caller(new KeyName("search-team"), "search", null, null),
                new Asked("chat_completions", Protocol.OPENAI_CHAT, "fast", true),
                second,
                new Ending(failure, failure == null ? null : "it failed", 200),
                new Times(400_000_000L, 300_000_000L, 1_000_000L),
                new Tokens(new Usage(10, 2, 3, 40, 5), false, 1_500_000L),
                List.of(
                        new Attempted(
                                first,
                                Protocol.OPENAI_CHAT,
                                "api.openai.com",
                                443,
                                ErrorKind.UPSTREAM_SERVER,
                                1_000_000L,
                                99_000_000L,
                                11),
                        new Attempted(
                                second,
                                Protocol.ANTHROPIC_MESSAGES,
                                "127.0.0.1",
                                8000,
                                failure,
                                100_000_000L,
                                299_000_000L,
                                12)),
                List.of(),
                trace,
                parent,
                null);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(5_000_000);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void finished_requestWithTwoAttempts_isThreeSpansOfOneTrace() {
        try (OtlpReceiver collector = OtlpReceiver.start()) {
            TraceContext own;
            try (Traces traces = open(to(collector.uri().toString(), 100, true), GenAiConventions.V1)) {
                own = traces.span(CLIENT);
                traces.finished(event(own, CLIENT.span(), null));
            }

            assertThat(collector.authorizations()).containsOnly("Bearer collector-key");
            List<ReceivedSpan> spans = collector.spans();
            assertThat(spans).hasSize(3).allSatisfy(span -> {
                assertThat(span.trace()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
                assertThat(span.resource()).containsEntry("service.name", "gateway-of-the-test");
                assertThat(span.attributes()).containsEntry("gen_ai.operation.name", "chat");
            });
            long end = AT.getEpochSecond() * 1_000_000_000 + AT.getNano();
            ReceivedSpan request = spans.getFirst();
            assertThat(request.name()).isEqualTo("chat fast");
            assertThat(request.kind()).isEqualTo(2);
            assertThat(request.id()).isEqualTo(TraceContext.spanId(own.span()));
            assertThat(request.parent()).isEqualTo("00f067aa0ba902b7");
            assertThat(request.end()).isEqualTo(end);
            assertThat(request.begin()).isEqualTo(end - 400_000_000L);
            assertThat(request.failed()).isFalse();
            assertThat(request.attributes())
                    .containsEntry("gen_ai.request.model", "fast")
                    .containsEntry("gen_ai.response.model", "claude-x")
                    .containsEntry("llmgateway.key", "search-team")
                    .containsEntry("llmgateway.group", "search")
                    .containsEntry("llmgateway.request.id", "req_1")
                    .containsEntry("llmgateway.attempts", 2L)
                    .containsEntry("llmgateway.cost", 0.0015)
                    .containsEntry("http.response.status_code", 200L)
                    .doesNotContainKeys("error.type", "gen_ai.usage.input_tokens");
            ReceivedSpan failed = spans.get(1);
            assertThat(failed.name()).isEqualTo("chat gpt-5-mini");
            assertThat(failed.kind()).isEqualTo(3);
            assertThat(failed.id()).isEqualTo("000000000000000b");
            assertThat(failed.parent()).isEqualTo(request.id());
            assertThat(failed.begin()).isEqualTo(request.begin() + 1_000_000L);
            assertThat(failed.end()).isEqualTo(request.begin() + 100_000_000L);
            assertThat(failed.failed()).isTrue();
            assertThat(failed.attributes())
                    .containsEntry("error.type", "upstream_server")
                    .containsEntry("gen_ai.provider.name", "openai")
                    .containsEntry("server.address", "api.openai.com")
                    .containsEntry("server.port", 443L)
                    .doesNotContainKey("gen_ai.usage.input_tokens");
            assertThat(spans.getLast().attributes())
                    .containsEntry("gen_ai.provider.name", "anthropic")
                    .containsEntry("llmgateway.instance", "claude-a")
                    .containsEntry("gen_ai.usage.input_tokens", 15L)
                    .containsEntry("gen_ai.usage.output_tokens", 40L)
                    .containsEntry("gen_ai.usage.cache_read.input_tokens", 2L)
                    .containsEntry("gen_ai.usage.cache_creation.input_tokens", 3L)
                    .containsEntry("gen_ai.usage.reasoning.output_tokens", 5L)
                    .containsEntry("gen_ai.response.time_to_first_chunk", 0.2)
                    .containsEntry("gen_ai.request.stream", true);
        }
    }

    @Test
    void conventionsOfTheNextGeneration_haveTheirOwnNames() {
        try (OtlpReceiver collector = OtlpReceiver.start()) {
            try (Traces traces = open(to(collector.uri().toString(), 100, true), GenAiConventions.V2)) {
                traces.finished(event(traces.span(null), 0, ErrorKind.UPSTREAM_SERVER));
            }

            assertThat(collector.spans().getFirst().parent()).isEmpty();
            assertThat(collector.spans().getFirst().failed()).isTrue();
            assertThat(collector.spans().getLast().attributes())
                    .containsEntry("gen_ai.usage.cache_write.input_tokens", 3L)
                    .doesNotContainKey("gen_ai.usage.cache_creation.input_tokens");
        }
    }

    @Test
    void span_followsItsParentOrItsShare() {
        try (Traces none = open(TracingSettings.DEFAULT, GenAiConventions.V1);
                Traces few = open(to("http://127.0.0.1:1", 10, true), GenAiConventions.V1);
                Traces own = open(to("http://127.0.0.1:1", 100, false), GenAiConventions.V1)) {
            assertThat(none.span(CLIENT)).isNull();
            int sampled = 0;
            for (int i = 0; i < 10_000; i++) {
                TraceContext span = few.span(null);
                sampled += span.sampled() ? 1 : 0;
            }
            assertThat(sampled).isBetween(850, 1_150);
            assertThat(few.span(CLIENT).sampled()).isTrue();
            assertThat(few.span(CLIENT).state()).isEqualTo("a=1");
            assertThat(few.span(CLIENT).traceId()).isEqualTo(CLIENT.traceId());
            assertThat(few.span(CLIENT).span()).isNotEqualTo(CLIENT.span());
            assertThat(few.span(UNSAMPLED).sampled()).isFalse();
            assertThat(own.span(UNSAMPLED).sampled()).isTrue();
        }
    }

    @Test
    void finished_unsampledRequest_isNotExported() {
        try (OtlpReceiver collector = OtlpReceiver.start()) {
            try (Traces traces = open(to(collector.uri().toString(), 100, true), GenAiConventions.V1)) {
                traces.finished(event(traces.span(UNSAMPLED), UNSAMPLED.span(), null));
                traces.finished(event(null, 0, null));
            }

            assertThat(collector.spans()).isEmpty();
        }
    }

    @Test
    void collectorThatRefuses_isCountedAsLost() {
        try (OtlpReceiver collector = OtlpReceiver.start();
                Traces traces = open(to(collector.uri().toString(), 100, true), GenAiConventions.V1)) {
            collector.answerWith(400);
            traces.finished(event(traces.span(null), 0, null));
            await(() -> traces.lost() == 3);
            collector.answerWith(200);
            traces.finished(event(traces.span(null), 0, null));
            await(() -> traces.exported() == 3);
        }
    }

    @Test
    void apply_anotherCollector_isUsedFromThenOn() {
        try (OtlpReceiver first = OtlpReceiver.start();
                OtlpReceiver second = OtlpReceiver.start();
                Traces traces = open(TracingSettings.DEFAULT, GenAiConventions.V1)) {
            assertThat(traces.active()).isFalse();
            traces.apply(to(first.uri().toString(), 100, true));
            traces.finished(event(traces.span(null), 0, null));
            await(() -> traces.exported() == 3);
            traces.apply(to(second.uri().toString(), 100, true));
            traces.finished(event(traces.span(null), 0, null));
            await(() -> traces.exported() == 6);

            assertThat(first.spans()).hasSize(3);
            assertThat(second.spans()).hasSize(3);
        }
    }

    @Test
    void collectorThatNeverAnswers_isWaitedForByNobody() throws IOException {
        try (ServerSocket deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Traces traces = open(to("http://127.0.0.1:" + deaf.getLocalPort(), 100, true), GenAiConventions.V1);
            long longest = 0;
            for (int i = 0; i < 30_000; i++) {
                RequestEvent event = event(traces.span(null), 0, null);
                long before = System.nanoTime();
                traces.finished(event);
                longest = Math.max(longest, System.nanoTime() - before);
            }

            assertThat(traces.lost()).isPositive();
            assertThat(Duration.ofNanos(longest)).isLessThan(Duration.ofMillis(500));
            long begun = System.nanoTime();
            traces.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        }
    }
}
