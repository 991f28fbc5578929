package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.RawClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Every metric, label and value that the dashboard and the alerts name is really there. */
class DashboardTest {
    private static final Path ROOT = Path.of(System.getProperty("root.dir"));
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    /** Labels of ours that Prometheus has too, and renames. */
    private static final String RENAMED = "exported_";

    @TempDir
    static Path folder;

    /** The values of each label by metric. */
    private static final Map<String, Map<String, Set<String>>> LIVE = new HashMap<>();

    @BeforeAll
    static void serveAndScrape() throws Exception {
        Simulator simulator = Simulator.start(SimulatorOptions.defaults());
        Path file = folder.resolve("gateway.yaml");
        Files.writeString(file, """
                server: {port: 0}
                admin: {port: 0}
                logging: {file: gateway.log}
                usage: {database: usage.db}
                keys:
                  - {name: test, key: {env: CLIENT_KEY}}
                  - {name: narrow, key: {env: OTHER_KEY}, limits: {requests-per-minute: 1}}
                providers:
                  openai:
                    type: openai
                    instances:
                      - {name: dead, base-url: "http://127.0.0.1:1/v1", priority: 1}
                      - {name: openai-a, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}, priority: 2}
                """.formatted(simulator.baseUri()));
        try (RunningGateway gateway = RunningGateway.reloadable(file, simulator);
                HttpClient http = HttpClient.newHttpClient()) {
            for (boolean stream : List.of(true, false)) {
                ask(gateway, RunningGateway.KEY, "gpt-5-mini", stream);
                ask(gateway, RunningGateway.OTHER_KEY, "gpt-5-mini", stream);
                ask(gateway, RunningGateway.KEY, "sim/status-500", stream);
            }
            assertThat(gateway.gateway().reload("test").orElseThrow().taken()).isTrue();
            scrape(http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.adminPort() + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body());
        }
    }

    private static void ask(RunningGateway gateway, String key, String model, boolean stream) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.post(
                            "/v1/chat/completions",
                            key,
                            "{\"model\":\"" + model + "\",\"stream\":" + stream
                                    + ",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}")
                    .read();
        }
    }

    private static void scrape(String text) {
        for (String line : text.split("\n")) {
            if (line.startsWith("#") || line.isBlank()) {
                continue;
            }
            int end = line.indexOf('{') < 0 ? line.indexOf(' ') : line.indexOf('{');
            Map<String, Set<String>> labels = LIVE.computeIfAbsent(line.substring(0, end), _ -> new HashMap<>());
            Matcher matcher = LABEL.matcher(line.substring(end));
            while (matcher.find()) {
                labels.computeIfAbsent(matcher.group(1), _ -> new HashSet<>()).add(matcher.group(2));
            }
        }
    }

    private static void check(String where, String query) {
        PromQl.Named named = PromQl.read(query);
        Set<String> labels = new HashSet<>();
        assertThat(named.selectors()).as(where).isNotEmpty();
        for (PromQl.Selector selector : named.selectors()) {
            assertThat(LIVE).as("%s: %s", where, query).containsKey(selector.metric());
            Map<String, Set<String>> found = LIVE.get(selector.metric());
            labels.addAll(found.keySet());
            for (PromQl.Matcher matcher : selector.matchers()) {
                String label = own(matcher.label());
                assertThat(found).as("%s: %s", where, query).containsKey(label);
                for (String alternative : matcher.value().split("\\|")) {
                    assertThat(values(label, found))
                            .as("%s: %s, value %s", where, query, alternative)
                            .anyMatch(value -> matcher.operator().contains("~")
                                    ? value.matches(alternative)
                                    : value.equals(alternative));
                }
            }
        }
        for (String label : named.grouped()) {
            assertThat(labels).as("%s: %s", where, query).contains(own(label));
        }
    }

    /** What a label may be: what was seen, and for outcomes also what did not happen here. */
    private static Set<String> values(String label, Map<String, Set<String>> found) {
        Set<String> values = new HashSet<>(found.getOrDefault(label, Set.of()));
        if (label.equals("outcome")) {
            for (ErrorKind kind : ErrorKind.values()) {
                values.add(kind.wire());
            }
        }
        return values;
    }

    private static String own(String label) {
        return label.startsWith(RENAMED) ? label.substring(RENAMED.length()) : label;
    }

    @Test
    void dashboard_namesOnlyWhatIsThere() throws IOException {
        JsonNode dashboard = new ObjectMapper()
                .readTree(ROOT.resolve("deploy/grafana/llm-gateway.json").toFile());
        Set<Integer> ids = new HashSet<>();
        int queries = 0;
        for (JsonNode panel : dashboard.path("panels")) {
            assertThat(ids.add(panel.path("id").asInt())).isTrue();
            for (JsonNode target : panel.path("targets")) {
                check(panel.path("title").asText(), target.path("expr").asText());
                queries++;
            }
        }
        assertThat(queries).isGreaterThan(30);
    }

    @Test
    void alerts_nameOnlyWhatIsThere_andSayWhatToDo() throws IOException {
        String book = Files.readString(ROOT.resolve("docs/operations.md"));
        List<String> headings = book.lines()
                .filter(line -> line.startsWith("### "))
                .map(line -> line.substring(4).toLowerCase(Locale.ROOT))
                .toList();
        List<String> names = new ArrayList<>();
        for (Map<?, ?> rule : rules()) {
            String name = String.valueOf(rule.get("alert"));
            names.add(name.toLowerCase(Locale.ROOT));
            check(name, String.valueOf(rule.get("expr")));
            Map<?, ?> annotations = (Map<?, ?>) rule.get("annotations");
            assertThat(String.valueOf(annotations.get("summary"))).isNotBlank();
            assertThat(annotations.get("runbook_url")).isEqualTo("docs/operations.md#" + name.toLowerCase(Locale.ROOT));
        }
        assertThat(names).doesNotHaveDuplicates().hasSizeGreaterThan(10);
        assertThat(headings).containsAll(names);
        assertThat(headings.stream().filter(heading -> heading.startsWith("llmgateway")))
                .as("run-books without an alert")
                .isSubsetOf(names);
    }

    private static List<Map<?, ?>> rules() throws IOException {
        Map<?, ?> file = new Yaml(new SafeConstructor(new LoaderOptions()))
                .load(Files.readString(ROOT.resolve("deploy/prometheus/alerts.yaml")));
        List<Map<?, ?>> rules = new ArrayList<>();
        for (Object group : (List<?>) file.get("groups")) {
            for (Object rule : (List<?>) ((Map<?, ?>) group).get("rules")) {
                rules.add((Map<?, ?>) rule);
            }
        }
        return rules;
    }

    @Test
    void queriesThatNameWhatIsNotThere_areFound() {
        for (String wrong : List.of(
                "sum(rate(gateway_no_such_total[5m]))",
                "sum by (nothing) (gateway_requests_in_flight)",
                "gateway_ledger_records_total{state=\"vanished\"}",
                "gateway_requests_total{outcom=\"ok\"}",
                "rate(gateway_requests_total{outcome=~\"ok|upstrem_.*\"}[5m])")) {
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> check("wrong", wrong))
                    .isInstanceOf(AssertionError.class);
        }
    }
}
