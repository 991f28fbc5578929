package io.llmgateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.testing.GoldenFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigCommandTest {
    private static final Path ROOT = Path.of(System.getProperty("root.dir"));
    private static final String TEXT = ConfigSchema.text(SettingsLoader.reference());
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(TEXT);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    @Test
    void schema_isTheOneInConfig() {
        assertThat(run("config", "schema")).isZero();
        assertThat(out).hasToString(TEXT);
        GoldenFiles.check(ROOT.resolve("config/schema.json"), TEXT);
    }

    @Test
    void reference_isTheOneInDocs() {
        GoldenFiles.check(ROOT.resolve("docs/configuration.md"), ConfigReference.text(SettingsLoader.reference()));
    }

    static Stream<Path> shipped() throws IOException {
        try (Stream<Path> examples = Files.list(ROOT.resolve("config/examples"))) {
            return Stream.concat(Stream.of(ROOT.resolve("config/gateway.yaml")), examples.sorted().toList().stream());
        }
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void schema_acceptsWhatIsShipped(Path file) throws IOException {
        assertThat(SCHEMA.validate(Files.readString(file), InputFormat.YAML)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alias-target-without-model",
                "api-version-unknown",
                "balancing-policy-unknown",
                "breaker-out-of-range",
                "breaker-unknown-key",
                "duration-without-unit",
                "limits",
                "list-expected",
                "mapping-expected",
                "number-not-a-number",
                "port-out-of-range",
                "probe-mode-unknown",
                "provider-without-type",
                "route-options",
                "secret-env-and-file",
                "secret-in-the-wrong-place",
                "secret-is-a-list",
                "secret-unknown-reference",
                "size-unknown-unit",
                "sticky-out-of-range",
                "unknown-key-far",
                "unknown-key-near",
                "unknown-key-underscore",
                "weight-out-of-range"
            })
    void schema_refusesWhatTheLoaderRefuses(String name) throws IOException {
        Path file = ROOT.resolve("modules/settings/src/test/resources/invalid/" + name + ".yaml");
        assertThat(SCHEMA.validate(Files.readString(file), InputFormat.YAML)).isNotEmpty();
    }

    @Test
    void print_goodFile_showsWhatHolds() throws IOException {
        Path file = Files.createTempFile("gateway", ".yaml");
        Files.writeString(file, """
                keys: [{name: one, key: canary-inline-key-0123456789}]
                providers: {o: {type: openai, instances: [{name: a, base-url: "http://10.0.0.1/v1"}]}}
                """);

        assertThat(run("config", "print", "-c", file.toString(), "--set", "server.port=8099"))
                .isZero();
        assertThat(out.toString())
                .containsPattern("port: 8099 +# command line")
                .contains("key: \"***\"", "base-url: \"http://10.0.0.1/v1\"")
                .doesNotContain("canary");
        assertThat(err.toString()).contains("warning").doesNotContain("canary");
    }

    @Test
    void print_brokenFile_saysWhyAndGives3() throws IOException {
        Path file = Files.writeString(Files.createTempFile("gateway", ".yaml"), "server: {prot: 1}\n");

        assertThat(run("config", "print", "-c", file.toString())).isEqualTo(Main.INVALID);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("server.prot");
    }
}
