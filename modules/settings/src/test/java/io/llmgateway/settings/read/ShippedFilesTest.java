package io.llmgateway.settings.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.settings.KeyDigest;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.settings.SelectionSettings;
import io.llmgateway.settings.tree.Node;
import io.llmgateway.settings.tree.YamlTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files in {@code config/} load, so that nobody copies a broken one. */
class ShippedFilesTest {
    private static final Path CONFIG = Path.of(System.getProperty("root.dir"), "config");
    static final Map<String, String> ENVIRONMENT = Map.of(
            "GATEWAY_ADMIN_KEY", "an-admin-key-for-this-test",
            "CLIENT_KEY", "a-client-key-for-this-test",
            "LAPTOP_KEY", "another-client-key-for-this-test",
            "OPENAI_API_KEY", "a",
            "OPENAI_API_KEY_B", "b",
            "OPENAI_API_KEY_C", "c",
            "ANTHROPIC_API_KEY", "d",
            "GEMINI_API_KEY", "e");

    static Stream<Path> files() throws IOException {
        try (Stream<Path> examples = Files.list(CONFIG.resolve("examples"))) {
            return Stream.concat(Stream.of(CONFIG.resolve("gateway.yaml")), examples.sorted().toList().stream());
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void load_shippedFile_hasNoProblemAndNoWarning(Path file) {
        LoadResult result = SettingsLoader.load(file, Sources.of(ENVIRONMENT));

        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        assertThat(((LoadResult.Loaded) result).warnings()).isEmpty();
    }

    @Test
    void reference_namesEverySetting() throws IOException {
        Path file = CONFIG.resolve("gateway.yaml");
        String text = Files.readString(file);
        Node.Mapping tree = YamlTree.read("gateway.yaml", text, new java.util.ArrayList<>());

        for (String path : SettingsLoader.overridablePaths()) {
            String name = path.substring(path.lastIndexOf('.') + 1) + ":";
            // what has no default stands in a comment
            boolean commented = text.lines().anyMatch(line -> line.strip().startsWith("#") && line.contains(name));
            assertThat(commented || find(tree, path) != null).as(path).isTrue();
        }
    }

    @Test
    void reference_holdsTheDefaults() throws IOException {
        LoadResult.Loaded reference =
                (LoadResult.Loaded) SettingsLoader.load(CONFIG.resolve("gateway.yaml"), Sources.of(ENVIRONMENT));
        LoadResult.Loaded minimal = (LoadResult.Loaded)
                SettingsLoader.load(CONFIG.resolve("examples/minimal.yaml"), Sources.of(ENVIRONMENT));

        assertThat(reference.settings().server()).isEqualTo(minimal.settings().server());
        ProviderSettings written = reference.settings().providers().getFirst();
        ProviderSettings defaults = minimal.settings().providers().getFirst();
        assertThat(written.pool()).isEqualTo(defaults.pool());
        assertThat(written.tls()).isEqualTo(defaults.tls());
        assertThat(written.selection()).isEqualTo(defaults.selection()).isEqualTo(SelectionSettings.DEFAULT);
        assertThat(written.instances().getFirst().timeouts())
                .isEqualTo(defaults.instances().getFirst().timeouts());
        assertThat(reference.settings().routing().rules())
                .containsAll(minimal.settings().routing().rules());
    }

    /** What somebody who copies a sample must not have: a key that everybody can guess. */
    @Test
    void samples_admitNoKeyThatIsKnown() throws IOException {
        Path root = CONFIG.resolveSibling("docs");
        Set<String> known = new HashSet<>();
        for (String word : List.of(
                "",
                "abc",
                "key",
                "test",
                "secret",
                "password",
                "changeme",
                "example",
                "search-team",
                "sk-1234",
                "hello",
                "admin",
                "demo",
                "llm-gateway",
                "gateway",
                "foo",
                "123456",
                "my-key",
                "your-key")) {
            known.add(KeyDigest.of(word).text());
            known.add(KeyDigest.of(word + "\n").text());
        }
        List<String> shown = new ArrayList<>();
        try (Stream<Path> documents = Files.list(root)) {
            for (Path file : Stream.concat(
                            Stream.concat(documents, files()), Stream.of(CONFIG.resolveSibling("README.md")))
                    .filter(Files::isRegularFile)
                    .toList()) {
                Matcher hash = Pattern.compile("sha256:[0-9a-f]{64}").matcher(Files.readString(file));
                while (hash.find()) {
                    shown.add(hash.group());
                }
            }
        }

        assertThat(shown).isNotEmpty().doesNotContainAnyElementsOf(known);
    }

    private static Node find(Node.Mapping tree, String path) {
        Node node = tree;
        for (String step : path.split("\\.")) {
            node = node instanceof Node.Mapping mapping ? mapping.entries().get(step) : null;
        }
        return node;
    }
}
