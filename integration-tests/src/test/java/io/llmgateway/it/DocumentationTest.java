package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.launcher.Main;
import io.llmgateway.ledger.SqliteLedger;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Runs what the documents show: YAML loads, commands of the gateway run, curl lines get an answer from a running
 * gateway, links lead somewhere, headers are those the code sends. Programs that are not ours are named in one list.
 */
class DocumentationTest {
    private static final Path ROOT = Path.of(System.getProperty("root.dir"));
    private static final Pattern FENCE = Pattern.compile("(?m)^```([a-z]*)[^\\n]*\\n(.*?)^```", Pattern.DOTALL);
    private static final Pattern REFERENCE = Pattern.compile("\\{env: ([A-Z0-9_]+)}");
    private static final Pattern WORD = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|'([^']*)'|(\\S+)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]*)(?:#([^)]*))?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern HEADER = Pattern.compile("\"(x-gateway-[a-z-]+|(x|anthropic)-ratelimit-[a-z-]*)");
    /** What belongs to other programs, or would build this project again. */
    private static final Set<String> OTHERS = Set.of(
            "sudo",
            "sudoedit",
            "skopeo",
            "docker",
            "helm",
            "kubectl",
            "sqlite3",
            "psql",
            "tar",
            "export",
            "./dev demo",
            "./dev test",
            "./dev run",
            "./dev package");
    /** Commands that run until they are stopped: their options are read, they are not started. */
    private static final Set<String> LASTING = Set.of("run", "demo", "simulate");

    @TempDir
    static Path folder;

    private static RunningGateway gateway;
    private static HttpClient http;

    /** A fenced block of a document. */
    private record Block(Path file, String language, String text) {}

    @BeforeAll
    static void start() throws Exception {
        gateway = RunningGateway.start();
        http = HttpClient.newHttpClient();
        TestCertificate own = TestCertificate.create(folder);
        for (String name : List.of("server.pem", "admin.pem", "clients-ca.pem", "client.pem")) {
            Files.copy(own.certificate(), folder.resolve(name));
        }
        for (String name : List.of("server-key.pem", "admin-key.pem", "client-key.pem")) {
            Files.copy(own.key(), folder.resolve(name));
        }
        Files.writeString(folder.resolve("gateway.yaml"), """
                keys: [{name: search-team, key: a-key-for-the-documents-0123}]
                providers: {openai: {type: openai, instances: [{name: a, base-url: "http://127.0.0.1:1/v1"}]}}
                routing: {models: {fast: {targets: [{provider: openai, model: gpt-5-mini}]}}}
                """);
        Files.writeString(folder.resolve("config.yaml"), """
                model_list:
                  - model_name: fast
                    litellm_params: {model: openai/x, api_base: "http://127.0.0.1:1/v1", api_key: none}
                general_settings: {master_key: os.environ/PATH}
                """);
        Files.writeString(folder.resolve("keys.csv"), "token,key_alias,team_id\n" + "0a".repeat(32) + ",mine,team-1\n");
        Files.writeString(folder.resolve("teams.csv"), "team_id,team_alias,models\nteam-1,search,{}\n");
        Files.writeString(folder.resolve("budgets.csv"), "budget_id,max_budget\nb,1\n");
        SqliteLedger.open(folder.resolve("usage.db"), Duration.ofDays(1), Clock.systemUTC())
                .close();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        http.close();
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of(ROOT.resolve("README.md")),
                            pages.filter(page -> page.toString().endsWith(".md")).sorted().toList().stream())
                    .toList();
        }
    }

    private static List<Block> blocks(String... languages) throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (Path file : documents()) {
            Matcher matcher = FENCE.matcher(Files.readString(file));
            while (matcher.find()) {
                if (List.of(languages).contains(matcher.group(1))) {
                    blocks.add(new Block(file, matcher.group(1), matcher.group(2)));
                }
            }
        }
        return blocks;
    }

    @Test
    void yaml_loads() throws IOException {
        List<Block> blocks = blocks("yaml");
        assertThat(blocks).hasSizeGreaterThan(3);
        for (Block block : blocks) {
            String text = block.text();
            if (!Pattern.compile("(?m)^keys:").matcher(text).find()) {
                text += "\nkeys: [{name: documents, key: {env: DOCUMENTS_KEY}}]\n";
            }
            if (!Pattern.compile("(?m)^providers:").matcher(text).find()) {
                text += "\nproviders: {openai: {type: openai, instances: [{name: a, base-url: \"http://a/v1\"}]}}\n";
            }
            assertThat(loaded(block.file().toString(), text)).as(text).isInstanceOf(LoadResult.Loaded.class);
        }
    }

    /** Files of other programs: what is a configuration in them ({@code config} of the chart's values) loads too. */
    @Test
    void ymlOfOtherPrograms_parses_andTheConfigurationInItLoads() throws IOException {
        int configurations = 0;
        for (Block block : blocks("yml")) {
            Map<?, ?> content = new Yaml(new SafeConstructor(new LoaderOptions())).load(block.text());
            assertThat(content).as(block.text()).isNotEmpty();
            if (content.get("config") instanceof Map<?, ?> configuration) {
                configurations++;
                String text = new Yaml().dump(configuration);
                assertThat(loaded(block.file().toString(), text)).as(text).isInstanceOf(LoadResult.Loaded.class);
            }
        }
        assertThat(configurations).isPositive();
    }

    private static LoadResult loaded(String name, String text) {
        Map<String, String> environment = new HashMap<>();
        Matcher references = REFERENCE.matcher(text);
        while (references.find()) {
            environment.put(references.group(1), "a-value-for-" + references.group(1));
        }
        return SettingsLoader.load(name, text, folder, Sources.of(environment));
    }

    private static List<String> lines(Block block) {
        return block.text()
                .replace("\\\n", " ")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(line);
        while (matcher.find()) {
            String word = Stream.of(matcher.group(1), matcher.group(2), matcher.group(3))
                    .filter(java.util.Objects::nonNull)
                    .findFirst()
                    .orElseThrow();
            if (word.startsWith("#")) {
                break;
            }
            words.add(word);
        }
        return words;
    }

    @Test
    void commands_run() throws Exception {
        int run = 0;
        for (Block block : blocks("sh")) {
            for (String line : lines(block)) {
                List<String> words = words(line);
                if (words.isEmpty()
                        || OTHERS.contains(words.getFirst())
                        || (words.size() > 1 && OTHERS.contains(words.get(0) + " " + words.get(1)))) {
                    continue;
                }
                run++;
                if (line.startsWith("./dev bench ")) {
                    // hours, some of them; that there is such a measurement is what can be checked here
                    assertThat(Files.readString(ROOT.resolve("benchmarks/run.sh")))
                            .as(line)
                            .containsPattern("(?m)^    ([a-z]+ \\| )?" + words.get(2) + "( \\| [a-z]+)?\\)$");
                    continue;
                }
                if (words.getFirst().equals("curl")) {
                    assertThat(curl(words.subList(1, words.size()))).as(line).isBetween(200, 299);
                } else {
                    int skip = words.getFirst().equals("./dev") ? 2 : 1;
                    assertThat(line)
                            .as("%s shows a command this test does not know", block.file())
                            .matches("(llm-gateway|\\./dev cli) .*");
                    command(line, words.subList(skip, words.size()));
                }
            }
        }
        assertThat(run).isGreaterThan(10);
    }

    private static void command(String line, List<String> words) throws IOException {
        if (LASTING.contains(words.getFirst())) {
            assertThat(Main.run(words.getFirst(), "--help")).isZero();
            return;
        }
        String[] arguments = words.stream()
                .map(word -> word.equals("http://127.0.0.1:9090") ? "http://127.0.0.1:" + gateway.adminPort() : word)
                .map(word -> word.equals("http://127.0.0.1:8080") ? "http://127.0.0.1:" + gateway.port() : word)
                .map(word -> word.matches("[a-z-]+\\.(yaml|db|csv)")
                        ? folder.resolve(word).toString()
                        : word)
                .toArray(String[]::new);
        if (words.getFirst().equals("validate")) {
            // with the variables that the file asks for
            Path file = Path.of(arguments[arguments.length - 1]);
            assertThat(loaded(file.toString(), Files.readString(file))).as(line).isInstanceOf(LoadResult.Loaded.class);
            return;
        }
        int code = Main.run(arguments);
        // a gateway that was started without a file, or without an admin key, cannot be told to reload; it was asked
        assertThat(code).as(line).isIn(words.getFirst().equals("reload") ? List.of(0, 1) : List.of(0));
    }

    /** Sends what a curl line would; gives the status. */
    private static int curl(List<String> words) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder();
        String body = null;
        for (int i = 0; i < words.size(); i++) {
            switch (words.get(i)) {
                case "-H" -> {
                    String[] header =
                            words.get(++i).replace("$KEY", RunningGateway.KEY).split(": ", 2);
                    request.header(header[0], header[1]);
                }
                case "-d" -> body = words.get(++i);
                case "-N", "-s" -> {}
                default ->
                    request.uri(URI.create(words.get(i)
                            .replace(":8080", ":" + gateway.port())
                            .replace(":9090", ":" + gateway.adminPort())));
            }
        }
        if (body != null) {
            request.POST(HttpRequest.BodyPublishers.ofString(body));
        }
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return response.statusCode();
    }

    @Test
    void curlLineOfTheReadme_works() throws Exception {
        String readme = Files.readString(ROOT.resolve("README.md"));
        Matcher line = Pattern.compile("`curl ([^`]+)`").matcher(readme);
        assertThat(line.find()).isTrue();
        assertThat(curl(words(line.group(1)))).isEqualTo(200);
    }

    /** Every page of the site. */
    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String folder : List.of("", "docs", "docs/adr")) {
            try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
            }
        }
        return pages;
    }

    @Test
    void links_leadSomewhere() throws IOException {
        for (Path file : pages()) {
            Matcher link = LINK.matcher(FENCE.matcher(Files.readString(file)).replaceAll(""));
            while (link.find()) {
                if (link.group(1).startsWith("http")) {
                    continue;
                }
                Path target = link.group(1).isEmpty() ? file : file.resolveSibling(link.group(1));
                assertThat(target).as("%s in %s", link.group(), file).exists();
                if (link.group(2) != null) {
                    assertThat(anchors(target))
                            .as("%s in %s", link.group(), file)
                            .contains(link.group(2));
                }
            }
        }
    }

    /** The anchors of a page's headings, as hosts of Markdown and the site of {@code ./dev docs} make them. */
    private static List<String> anchors(Path page) throws IOException {
        return HEADING.matcher(FENCE.matcher(Files.readString(page)).replaceAll(""))
                .results()
                .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .toList();
    }

    @Test
    void pages_areInTheIndex() throws IOException {
        String index = Files.readString(ROOT.resolve("docs/README.md"));
        for (Path file : documents()) {
            if (!file.endsWith("README.md")) {
                assertThat(index).contains("](" + file.getFileName() + ")");
            }
        }
        String decisions = Files.readString(ROOT.resolve("docs/adr/README.md"));
        try (Stream<Path> files = Files.list(ROOT.resolve("docs/adr"))) {
            assertThat(files.filter(file -> !file.endsWith("README.md")))
                    .allSatisfy(file -> assertThat(decisions).contains("](" + file.getFileName() + ")"));
        }
    }

    @Test
    void headers_areDescribed() throws IOException {
        Set<String> sent = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(ROOT.resolve("modules"))) {
            for (Path source : sources.filter(each -> each.toString().contains("src/main/java")
                            && each.toString().endsWith(".java")
                            && !each.toString().contains("/simulator/"))
                    .toList()) {
                Matcher header = HEADER.matcher(Files.readString(source));
                while (header.find()) {
                    sent.add(header.group(1));
                }
            }
        }
        String guide = Files.readString(ROOT.resolve("docs/user-guide.md"));
        assertThat(sent).contains("x-gateway-instance");
        assertThat(sent).allSatisfy(header -> assertThat(guide).contains("`" + header));
        assertThat(guide).contains("`x-request-id`", "`request-id`", "`retry-after`");
    }
}
