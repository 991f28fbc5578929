package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.admin.ReloadReport;
import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.Eventually;
import io.llmgateway.testing.RawClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A configuration that changes while the gateway runs: good ones are taken whole, bad ones change nothing. */
class ReloadTest {
    private static final String ADMIN = "admin-key-0123456789abcdefgh";
    private static final Pattern GENERATION = Pattern.compile("\"generation\":(\\d+)");

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private Simulator simulator;
    private Path file;
    private RunningGateway gateway;

    @BeforeEach
    void start() throws IOException {
        simulator = Simulator.start(SimulatorOptions.defaults());
        file = folder.resolve("gateway.yaml");
        Files.writeString(folder.resolve("provider-key"), RunningGateway.PROVIDER_KEY);
        Files.writeString(file, yaml("first", ""));
        gateway = RunningGateway.reloadable(file, simulator);
    }

    @AfterEach
    void stop() {
        gateway.close();
        http.close();
    }

    /** A configuration whose alias {@code m} leads to the model {@code sim/MODEL}. */
    private String yaml(String model, String more) {
        return """
                server: {port: 0}
                admin: {port: 0, key: "%4$s"}
                reload: {interval: 100ms}
                keys:
                  - {name: test, key: {env: CLIENT_KEY}, limits: {requests-per-minute: 1000}}
                providers:
                  openai:
                    type: openai
                    circuit-breaker: {consecutive-failures: 2, open-duration: 1m}
                    instances:
                      - {name: a, base-url: "%1$s/v1", api-key: {file: provider-key}}
                      - {name: b, base-url: "%1$s/v1", api-key: {file: provider-key}}
                routing:
                  rules: {"sim/*": openai}
                  models:
                    m: {targets: [{provider: openai, model: "sim/%2$s"}]}
                %3$s
                """.formatted(simulator.baseUri(), model, more, ADMIN);
    }

    private HttpResponse<String> ask(String model) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/chat/completions"))
                        .header("Authorization", "Bearer " + RunningGateway.KEY)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"" + model
                                + "\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> admin(String method, String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.adminPort() + path))
                        .header("Authorization", "Bearer " + ADMIN)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private int generation() throws IOException, InterruptedException {
        Matcher matcher = GENERATION.matcher(admin("GET", "/config/status").body());
        assertThat(matcher.find()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    private void awaitGeneration(int wanted) throws Exception {
        Eventually.within(20, () -> generation() >= wanted);
        assertThat(generation()).isEqualTo(wanted);
    }

    @Test
    void goodFile_isTakenWhole_andTheDifferencesAreTold() throws Exception {
        assertThat(ask("m").body()).contains("\"sim/first\"");
        String more = "groups: [{name: team, limits: {concurrent: 5}}]";
        Files.writeString(file, yaml("second", more).replace("requests-per-minute: 1000", "requests-per-minute: 900"));

        HttpResponse<String> answer = admin("POST", "/reload");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .contains("\"applied\":true")
                .contains("keys.test.limits.requests-per-minute changed from 1000 to 900")
                .contains("routing.models.m.targets.openai/sim/first removed")
                .contains("routing.models.m.targets.openai/sim/second added")
                .contains("groups.team added")
                .doesNotContain(ADMIN);
        assertThat(ask("m").body()).contains("\"sim/second\"");
    }

    @Test
    void everyWayToReplaceAFile_isOneReload() throws Exception {
        Files.writeString(file, yaml("rewritten", ""));
        awaitGeneration(2);

        Path other = Files.writeString(folder.resolve("new"), yaml("renamed", ""));
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        awaitGeneration(3);
        assertThat(ask("m").body()).contains("\"sim/renamed\"");

        // as volumes of Kubernetes do it: the folder behind a link is another one
        Path one = Files.createDirectories(folder.resolve("one"));
        Files.writeString(one.resolve("gateway.yaml"), yaml("linked", ""));
        Files.writeString(one.resolve("provider-key"), RunningGateway.PROVIDER_KEY);
        Files.delete(file);
        Files.createSymbolicLink(
                file, Files.createSymbolicLink(folder.resolve("data"), one).resolve("gateway.yaml"));
        awaitGeneration(4);
        Path two = Files.createDirectories(folder.resolve("two"));
        Files.writeString(two.resolve("gateway.yaml"), yaml("swapped", ""));
        Path link = Files.createSymbolicLink(folder.resolve("data.new"), two);
        Files.move(link, folder.resolve("data"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        awaitGeneration(5);
        assertThat(ask("m").body()).contains("\"sim/swapped\"");

        // touched, but the same: nothing to do; what comes after it is taken once
        Files.writeString(two.resolve("gateway.yaml"), yaml("swapped", ""));
        Files.writeString(folder.resolve("provider-key"), "another-provider-key");
        awaitGeneration(6);
        assertThat(ask("m").statusCode()).isEqualTo(200);
        assertThat(simulator.requests().getLast().header("authorization")).contains("Bearer another-provider-key");
    }

    @Test
    void halfWrittenFile_isNotTaken() throws Exception {
        String next = yaml("written-slowly", "");
        for (int end = 0; end <= next.length(); end += next.length() / 20) {
            Files.writeString(file, next.substring(0, end));
            long until = System.nanoTime() + Duration.ofMillis(30).toNanos();
            Eventually.within(20, () -> System.nanoTime() > until);
        }
        Files.writeString(file, next);

        awaitGeneration(2);

        assertThat(admin("GET", "/config/status").body()).contains("\"applied\":true");
        assertThat(ask("m").body()).contains("\"sim/written-slowly\"");
    }

    @Test
    void brokenFiles_changeNothing_andSayWhere() throws Exception {
        Path invalid = Path.of(System.getProperty("root.dir"), "modules/settings/src/test/resources/invalid");
        List<Path> broken;
        try (Stream<Path> files = Files.list(invalid)) {
            broken = files.filter(each -> each.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
        assertThat(broken).hasSizeGreaterThan(30);
        int lines = 0;
        for (Path each : broken) {
            ReloadReport report = replacedBy(each);
            assertThat(report.taken()).as(each.toString()).isFalse();
            assertThat(report.problems()).as(each.toString()).isNotEmpty();
            lines += report.problems().getFirst().line() > 0 ? 1 : 0;
            assertThat(ask("m").body()).contains("\"sim/first\"");
        }
        assertThat(lines).isGreaterThan(30);
        assertThat(generation()).isEqualTo(1);
        assertThat(admin("POST", "/reload").statusCode()).isEqualTo(422);
        String page = admin("GET", "/metrics").body();
        assertThat(page).containsPattern("gateway_config_last_reload_successful[^\n]* 0");
        assertThat(page).containsPattern("gateway_config_reloads_total\\{result=\"failure\"[^\n]* [1-9]");

        Files.writeString(file, yaml("good-again", ""));
        awaitGeneration(2);

        assertThat(ask("m").body()).contains("\"sim/good-again\"");
        assertThat(admin("GET", "/metrics").body()).containsPattern("gateway_config_last_reload_successful[^\n]* 1");
    }

    private ReloadReport replacedBy(Path other) throws IOException {
        Files.copy(other, file, StandardCopyOption.REPLACE_EXISTING);
        return gateway.gateway().reload("test").orElseThrow();
    }

    @Test
    void whatDidNotChange_carriesOver() throws Exception {
        for (int i = 0; i < 10; i++) {
            ask("m");
        }
        simulator.script("status-502", 4);
        ask("m");
        ask("m");
        Eventually.within(20, () -> admin("GET", "/instances").body().contains("\"state\":\"open\""));
        admin("POST", "/instances/drain?name=b");
        String before = admin("GET", "/limits").body();
        Files.writeString(file, yaml("second", "conversion: strict"));

        assertThat(gateway.gateway().reload("test").orElseThrow().taken()).isTrue();

        String after = admin("GET", "/instances").body();
        assertThat(after).contains("\"state\":\"open\"", "\"state\":\"drained\"");
        assertThat(after).containsPattern("\"succeeded\":[1-9]");
        assertThat(remaining(admin("GET", "/limits").body()))
                .isBetween(remaining(before), remaining(before) + 20)
                .isLessThan(1000);
    }

    private static int remaining(String limits) {
        Matcher matcher = Pattern.compile("\"remaining\":(\\d+)").matcher(limits);
        assertThat(matcher.find()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    @Test
    void removedInstance_finishesItsStream() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                RawClient client = RawClient.connect(gateway.port())) {
            Future<String> stream = threads.submit(() -> client.post(
                            "/v1/chat/completions",
                            RunningGateway.KEY,
                            "{\"model\":\"sim/tokens-20-every-50ms\",\"stream\":true,"
                                    + "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")
                    .read()
                    .body());
            simulator.awaitStreams(streams -> streams.open() == 1, Duration.ofSeconds(5));
            String other = yaml("second", "").replace("{name: a,", "{name: c,").replace("{name: b,", "{name: d,");
            Files.writeString(file, other);

            assertThat(gateway.gateway().reload("test").orElseThrow().differences())
                    .contains("providers.openai.instances.a removed", "providers.openai.instances.c added");

            assertThat(stream.get()).endsWith("data: [DONE]\n\n");
            assertThat(ask("m").headers().firstValue("x-gateway-instance").orElse(""))
                    .isIn("c", "d");
            assertThat(admin("GET", "/metrics").body()).doesNotContain("gateway_instance_available{instance=\"a\"");
        }
    }

    @Test
    void settingsThatNeedAStart_areNamed() throws Exception {
        Files.writeString(file, yaml("first", "").replace("server: {port: 0}", "server: {port: 0, max-headers: 50}"));

        ReloadReport report = gateway.gateway().reload("test").orElseThrow();

        assertThat(report.waiting()).containsExactly("server.max-headers changed from 100 to 50");
    }

    @Test
    void drainedInstance_getsNothingNew_untilItIsResumed() throws Exception {
        assertThat(admin("POST", "/instances/drain?name=a").body()).contains("\"state\":\"drained\"");
        for (int i = 0; i < 6; i++) {
            assertThat(ask("m").headers().firstValue("x-gateway-instance")).contains("b");
        }
        admin("POST", "/instances/drain?name=b");
        assertThat(ask("m").statusCode()).isEqualTo(503);
        assertThat(ask("m").body()).contains("no_upstream_available");
        assertThat(admin("POST", "/instances/drain?name=x").statusCode()).isEqualTo(400);

        admin("POST", "/instances/resume?name=a");

        assertThat(ask("m").headers().firstValue("x-gateway-instance")).contains("a");
    }

    @Test
    void drain_saysNotReady_butServes() throws Exception {
        assertThat(admin("POST", "/drain").body()).contains("\"ready\":false");
        HttpRequest ready =
                HttpRequest.newBuilder(URI.create(gateway.url() + "/ready")).build();
        assertThat(http.send(ready, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(503);
        HttpResponse<String> answer = ask("m");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("connection")).contains("close");

        assertThat(admin("POST", "/resume").body()).contains("\"ready\":true");

        assertThat(http.send(ready, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
    }
}
