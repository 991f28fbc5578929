package io.llmgateway.settings.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.settings.KeyDigest;
import io.llmgateway.settings.PriceList;
import io.llmgateway.settings.Problem;
import io.llmgateway.settings.tree.Node;
import io.llmgateway.settings.tree.YamlTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageReaderTest {
    @Test
    void budget_andAModelWithoutAPrice_warnsByItsName() {
        String text = """
                limits: {budget: {amount: 1, per: month}}
                usage: {database: usage.db}
                keys: [{name: me, hash: "HASH"}]
                providers:
                  p:
                    type: openai
                    models: [gpt-5-mini, house-model-7]
                    instances: [{name: a, base-url: "https://example.com"}]
                """.replace("HASH", KeyDigest.of("x").text());

        for (String each : new String[] {text, text.replace("limits: {budget: {amount: 1, per: month}}\n", "")}) {
            LoadResult result = SettingsLoader.load("test", each, Path.of(""), Sources.of(Map.of()));

            assertThat(((LoadResult.Loaded) result)
                            .warnings().stream()
                                    .map(Problem::message)
                                    .filter(message ->
                                            message.contains("house-model-7") && !message.contains("gpt-5-mini")))
                    .hasSize(each.equals(text) ? 1 : 0);
        }
    }

    @TempDir
    private Path folder;

    private PriceList read(LoadContext context, String price) throws IOException {
        Files.writeString(
                folder.resolve("own.yaml"), "prices: {own: {input: \"" + price + "\", output: \"" + price + "\"}}");
        Node.Mapping tree =
                Objects.requireNonNull(YamlTree.read("test", "usage: {prices: own.yaml}", context.problems()));
        Section root = Section.root(context, MergedConfig.of(tree), tree);
        return UsageReader.read(root.section("usage")).prices();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "3, 3000",
        "0.075, 75",
        "15.00, 15000",
        "2.5, 2500",
        "1., 1000",
        ".5, 500",
        "1e-2, 10",
        "+4, 4000",
        "0.50000, 500",
        "1000000, 1000000000",
        "1000000.0, 1000000000",
        "0000000001, 1000"
    })
    void price_inAnyForm_isExact(String written, long nanos) throws IOException {
        LoadContext context = new LoadContext(Map.of(), folder);

        PriceList list = read(context, written);

        assertThat(context.problems()).isEmpty();
        assertThat(list.prices().getFirst().input()).isEqualTo(nanos);
        assertThat(list.prices().getFirst().output()).isEqualTo(nanos);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, must be 0 to 1000000",
        "1000001, must be 0 to 1000000",
        "1000000.001, must be 0 to 1000000",
        "0.0001, at most 3 decimals",
        "1.2.3, must be dollars",
        "., must be dollars",
        "x, must be dollars"
    })
    void price_thatIsNone_isAProblem(String written, String complaint) throws IOException {
        LoadContext context = new LoadContext(Map.of(), folder);

        read(context, written);

        assertThat(context.problems())
                .isNotEmpty()
                .allMatch(problem -> problem.toString().contains(complaint));
    }
}
