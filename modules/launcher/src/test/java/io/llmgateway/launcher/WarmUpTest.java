package io.llmgateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.logs.Logs;
import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.settings.KeyMaterial;
import io.llmgateway.settings.KeyMaterial.GeneratedKey;
import io.llmgateway.settings.ServerSettings.ShutdownTimes;
import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @Test
    void requests_areAnsweredAsTheyShould() throws Exception {
        GeneratedKey key = KeyMaterial.generate(new SecureRandom());
        try (Simulator simulator = Simulator.start(SimulatorOptions.defaults());
                Logs logs = Logs.unseen(Clock.systemUTC());
                Gateway gateway = Gateway.beside(WarmUp.settings(simulator, key), logs);
                WarmUpClient client = new WarmUpClient(gateway.port())) {
            for (byte[] request : WarmUpRequests.all(key.secret().reveal())) {
                String text = new String(request, StandardCharsets.US_ASCII);
                int expected = text.contains("no-such-model") ? 404 : text.endsWith("\r\n\r\n{") ? 400 : 200;

                assertThat(client.exchange(request)).as(text).isEqualTo(expected);
            }
        }
    }

    @Test
    void enough_isEnough() {
        assertThat(new WarmUp(LONG, 60, System::nanoTime).run()).isBetween(60, 63);
    }

    @Test
    void itsTime_isItsTime() {
        AtomicLong clock = new AtomicLong();

        int sent = new WarmUp(Duration.ofSeconds(2), Integer.MAX_VALUE, () -> clock.addAndGet(100_000_000)).run();

        assertThat(sent).isBetween(1, 20);
    }

    @Test
    void itLeavesNoTraceInTheMetrics() {
        GatewayMetrics metrics = GatewayMetrics.create("1.2.3");

        new WarmUp(LONG, 60, System::nanoTime).run();

        assertThat(metrics.prometheus())
                .doesNotContain("simulated-openai")
                .doesNotContain("gpt-5-mini")
                .doesNotContain("key=\"demo\"");
    }

    @Test
    void gateway_servesWhileItWarmsUp_andSaysAfterwardsThatItIsReady() throws Exception {
        GeneratedKey key = KeyMaterial.generate(new SecureRandom());
        byte[] ready = "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        try (Simulator simulator = Simulator.start(SimulatorOptions.defaults());
                Gateway gateway =
                        Gateway.startOrClose(WarmUp.settings(simulator, key, "1s"), null, Set.of(), Logs.none());
                WarmUpClient client = new WarmUpClient(gateway.port())) {
            assertThat(client.exchange(ready)).isEqualTo(503);
            assertThat(client.body()).isEqualTo("{\"status\":\"warming up\"}");
            assertThat(client.exchange(WarmUpRequests.all(key.secret().reveal()).getFirst()))
                    .isEqualTo(200);

            long deadline = System.nanoTime() + LONG.toNanos();
            int status = 503;
            while (status == 503 && System.nanoTime() - deadline < 0) {
                status = client.exchange(ready);
            }
            assertThat(status).isEqualTo(200);
        }
    }

    @Test
    void gatewayThatLeaves_isNotMadeReadyByTheEndOfItsWarmUp() throws Exception {
        GeneratedKey key = KeyMaterial.generate(new SecureRandom());
        byte[] ready = "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        try (Simulator simulator = Simulator.start(SimulatorOptions.defaults());
                Gateway gateway = Gateway.beside(WarmUp.settings(simulator, key), Logs.none())) {
            gateway.drain(new ShutdownTimes(Duration.ZERO, Duration.ZERO));
            gateway.warmedUp();

            try (WarmUpClient client = new WarmUpClient(gateway.port())) {
                assertThat(client.exchange(ready)).isEqualTo(503);
                assertThat(client.body()).isEqualTo("{\"status\":\"stopping\"}");
            }
        }
    }
}
