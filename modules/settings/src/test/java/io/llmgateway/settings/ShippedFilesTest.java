package io.llmgateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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

    private static Node find(Node.Mapping tree, String path) {
        Node node = tree;
        for (String step : path.split("\\.")) {
            node = node instanceof Node.Mapping mapping ? mapping.entries().get(step) : null;
        }
        return node;
    }
}
