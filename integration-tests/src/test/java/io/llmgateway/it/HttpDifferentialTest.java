package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same bytes to the gateway, to nginx and to HAProxy: where two of them take a connection's bytes to their end,
 * they have read the same requests, and behind either proxy the gateway reads what that proxy meant. The number of
 * samples is -Dhttp.samples=, their seed -Dseed=.
 */
@EnabledIf("proxiesAreThere")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class HttpDifferentialTest {
    private static final System.Logger LOG = System.getLogger(HttpDifferentialTest.class.getName());
    private static final int SAMPLES = Integer.getInteger("http.samples", 5_000);
    private static final long SEED = Long.getLong("seed", 20);
    private static final int CLIENTS = 64;
    private static final int QUIET_MILLIS = 5_000;
    private static final int MOST_SHOWN = 5;
    private static final String HEALTHY = "{\"status\":\"up\"}";

    @TempDir
    private static Path folder;

    static boolean proxiesAreThere() {
        return FrontProxies.areThere();
    }

    /** The ways a sample goes; each has a letter in the numbers of its requests. */
    private enum Way {
        GATEWAY('A'),
        NGINX('B'),
        HAPROXY('C'),
        NGINX_GATEWAY('D'),
        HAPROXY_GATEWAY('E');

        private final char letter;

        Way(char letter) {
            this.letter = letter;
        }

        String id(int sample) {
            return "m" + letter + String.format("%07d", sample);
        }
    }

    /** Where each way begins, and where its requests are kept. */
    private record Rig(Map<Way, Integer> ports, RecordingBackend plain, RecordingBackend behindGateway) {
        List<String> read(Way way, int sample) {
            return (way == Way.NGINX || way == Way.HAPROXY ? plain : behindGateway).read(way.id(sample));
        }
    }

    @Test
    void sameBytes_areTheSameRequests_toEverybody() throws Exception {
        try (RecordingBackend plain = RecordingBackend.start();
                RecordingBackend behind = RecordingBackend.start();
                RunningGateway gateway = gateway(behind);
                FrontProxies proxies = FrontProxies.start(folder, plain.port(), gateway.port());
                ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            Rig rig = new Rig(
                    Map.of(
                            Way.GATEWAY, gateway.port(),
                            Way.NGINX, proxies.nginx(0),
                            Way.HAPROXY, proxies.haproxy(0),
                            Way.NGINX_GATEWAY, proxies.nginx(1),
                            Way.HAPROXY_GATEWAY, proxies.haproxy(1)),
                    plain,
                    behind);
            LOG.log(System.Logger.Level.WARNING, "differential test of " + SAMPLES + " samples: -Dseed=" + SEED);
            List<Future<String>> verdicts = new ArrayList<>();
            for (int i = 0; i < SAMPLES; i++) {
                int sample = i;
                verdicts.add(threads.submit(() -> verdict(rig, sample)));
            }
            List<String> faults = new ArrayList<>();
            int all = 0;
            for (Future<String> verdict : verdicts) {
                String fault = verdict.get();
                faults.addAll(fault.isEmpty() || fault.equals("read by all") ? List.of() : List.of(fault));
                all += fault.equals("read by all") ? 1 : 0;
            }

            assertThat(faults.size())
                    .as("faults, the first are %s", faults.subList(0, Math.min(MOST_SHOWN, faults.size())))
                    .isZero();
            assertThat(all).as("samples that all read to their end").isGreaterThan(SAMPLES / 20);
        }
    }

    private static RunningGateway gateway(RecordingBackend behind) {
        return RunningGateway.configured("""
                server: {port: 0, header-timeout: 1s, body-timeout: 1s, idle-timeout: 1s}
                admin: {port: 0}
                keys: [{name: test, key: {env: CLIENT_KEY}}]
                providers: {p: {type: openai, instances: [{name: o, base-url: "http://127.0.0.1:%d/v1"}]}}
                routing: {default-provider: p}
                """.formatted(behind.port()), Simulator.start(SimulatorOptions.defaults()));
    }

    /** What is wrong with how a sample was read; empty for nothing, and a word of its own when all read all of it. */
    private static String verdict(Rig rig, int sample) throws IOException {
        Map<Way, String> said = new EnumMap<>(Way.class);
        String marker = Way.GATEWAY.id(sample);
        String text = HttpMutations.sample(new Random(SEED * 1_000_003 + sample), marker);
        for (Way way : Way.values()) {
            said.put(way, talk(rig.ports().getOrDefault(way, 0), text.replace(marker, way.id(sample))));
        }
        List<String> direct = rig.read(Way.GATEWAY, sample);
        boolean direct200 = said.getOrDefault(Way.GATEWAY, "").endsWith(HEALTHY);
        for (Way proxy : new Way[] {Way.NGINX, Way.HAPROXY}) {
            Way chain = proxy == Way.NGINX ? Way.NGINX_GATEWAY : Way.HAPROXY_GATEWAY;
            List<String> meant = own(rig.read(proxy, sample), proxy, sample);
            boolean whole = rig.read(proxy, sample).stream().anyMatch(each -> each.startsWith("GET /health "));
            String shown = show(sample, text, proxy, said, meant, direct);
            if (!meant.containsAll(own(rig.read(chain, sample), chain, sample))) {
                return "behind " + shown + " the gateway read " + rig.read(chain, sample);
            }
            if (whole && !meant.containsAll(own(direct, Way.GATEWAY, sample))) {
                return "unlike " + shown;
            }
            if (whole
                    && direct200
                    && answers(said.getOrDefault(proxy, "")) != answers(said.getOrDefault(Way.GATEWAY, ""))) {
                return "another number of answers than " + shown;
            }
            direct200 &= whole;
        }
        return direct200 ? "read by all" : "";
    }

    /** The bodies with the number of the way taken out, so that they can be compared. */
    private static List<String> own(List<String> bodies, Way way, int sample) {
        return bodies.stream().map(each -> each.replace(way.id(sample), "#")).toList();
    }

    private static String show(
            int sample, String text, Way proxy, Map<Way, String> said, List<String> meant, List<String> direct) {
        return proxy + " sample " + sample + " <<" + text.replace("\r", "\\r").replace("\n", "\\n") + ">> it meant "
                + meant
                + ", the gateway read " + direct + " and said "
                + said.getOrDefault(Way.GATEWAY, "")
                        .lines()
                        .filter(line -> line.startsWith("HTTP/"))
                        .toList() + ", it said "
                + said.getOrDefault(proxy, "")
                        .lines()
                        .filter(line -> line.startsWith("HTTP/"))
                        .toList();
    }

    private static int answers(String said) {
        int count = 0;
        for (int at = said.indexOf("HTTP/1.1 "); at >= 0; at = said.indexOf("HTTP/1.1 ", at + 1)) {
            count += said.startsWith("HTTP/1.1 100", at) ? 0 : 1;
        }
        return count;
    }

    private static String talk(int port, String text) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(QUIET_MILLIS);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            byte[] part = new byte[8_192];
            int count = socket.getInputStream().read(part);
            while (count >= 0) {
                all.write(part, 0, count);
                count = socket.getInputStream().read(part);
            }
        } catch (SocketException | SocketTimeoutException e) {
            // cut, or left open: what was read tells
            return all.toString(StandardCharsets.ISO_8859_1);
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }
}
