package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.auth.Authenticator;
import io.llmgateway.balancing.Balancer;
import io.llmgateway.balancing.Lease;
import io.llmgateway.limits.Limiter;
import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.metrics.Labels;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.Usage;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A million keys, models, users and addresses that clients make up: what is remembered of them is bounded. */
class BoundedMemoryTest {
    private static final int MANY = 1_000_000;
    private static final long MIB = 1024 * 1024;
    private static final Random RANDOM = new Random(5);

    private final GatewaySettings settings = settings();

    private static GatewaySettings settings() {
        String text = """
                metrics: {detailed: true, max-series: 500}
                keys: [{name: k, key: a-key-for-this-test, limits: {requests-per-minute: 100m, tokens-per-day: 1000m}}]
                providers:
                  p: {type: openai, sticky: {max-sessions: 10k}, instances: [{name: bounded, base-url: "http://h"}]}
                """;
        return ((LoadResult.Loaded) SettingsLoader.load("test", text, Path.of(""), Sources.of(Map.of()))).settings();
    }

    /** Live heap, after a collection that was asked for. */
    private static long live() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void wrongKeys_ofAMillionAddresses_takeNoMemory() throws UnknownHostException {
        Authenticator authenticator = new Authenticator(settings, Clock.systemUTC(), System::nanoTime);
        long before = live();

        int refused = 0;
        for (int i = 0; i < MANY; i++) {
            byte[] address = {10, (byte) (i >>> 16), (byte) (i >>> 8), (byte) i};
            try {
                authenticator.authenticate("wrong-key-" + i, null, InetAddress.getByAddress(address));
            } catch (GatewayException e) {
                refused++;
            }
        }

        assertThat(refused).isEqualTo(MANY);
        assertThat(live() - before).isLessThan(8 * MIB);
        assertThat(authenticator.authenticate("a-key-for-this-test", null, InetAddress.getLoopbackAddress()))
                .isNotNull();
    }

    @Test
    void models_ofAMillionNames_takeFewSeriesAndLittleMemory() {
        GatewayMetrics metrics = GatewayMetrics.create("bounded");
        metrics.label(new Labels(Optional::of, settings.metrics()::family, true, 500));
        Usage usage = new Usage(1, 0, 0, 1, 0);
        metrics.limited("requests-per-minute");
        int warm = 10_000;
        for (int i = 0; i < warm; i++) {
            metrics.used(new KeyName("k"), "made-up-" + i, null, usage, 1);
        }
        int series = series(metrics);
        long before = live();

        for (int i = 0; i < MANY; i++) {
            metrics.used(new KeyName("k"), "another-" + i, i % 2 == 0 ? null : ErrorKind.NOT_FOUND, usage, 1);
            metrics.limited("requests-per-minute");
        }

        assertThat(live() - before).isLessThan(8 * MIB);
        assertThat(series(metrics)).isEqualTo(series).isLessThan(10_000);
        assertThat(metrics.prometheus()).contains("gateway_key_model_requests_total{key=\"other\",model=\"other\"");
    }

    private static int series(GatewayMetrics metrics) {
        return (int) metrics.prometheus()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .count();
    }

    @Test
    void users_ofAMillionNames_areForgotten_andLimitsStayOne() {
        Balancer balancer = new Balancer(settings, System::nanoTime, () -> RANDOM);
        Limiter limiter = new Limiter(settings, System::nanoTime, Clock.systemUTC());
        for (int i = 0; i < 50_000; i++) {
            choose(balancer, "warm-" + i);
        }
        long before = live();

        for (int i = 0; i < MANY; i++) {
            choose(balancer, "user-" + i);
            limiter.applied(new KeyName("k"), "model-" + i, "model-" + i);
        }

        assertThat(live() - before).isLessThan(8 * MIB);
        assertThat(limiter.statuses()).hasSize(2);
    }

    private static void choose(Balancer balancer, String session) {
        try (Lease lease = balancer.choose(new ProviderName("p"), Set.of(), session)) {
            lease.succeeded();
        }
    }
}
