package io.llmgateway.upstream.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.ModelName;
import io.llmgateway.upstream.Provider;
import io.llmgateway.upstream.Provider.Operation;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProviderPathTest {
    private static final List<Provider> ALL =
            List.of(new OpenAiProvider(), new AnthropicProvider(), new GeminiProvider());
    private final GeminiProvider gemini = new GeminiProvider();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gemini-2.5-flash/../gemini-2.5-pro",
                "gemini-x/../../tunedModels/somebody-elses",
                "models/..",
                "models/../files",
                "a/./b",
                "a//b",
                "a/",
                "a/...",
                "tunedModels/",
                "gemini-2.5-flash:countTokens",
                "gemini-2.5-flash:streamGenerateContent/x",
                "a:b",
                "/models/gemini-x",
                "gemini-x?alt=sse",
                "gemini-x#y",
                "gemini-x%2F..%2Fy",
                "gemini-x\\..\\y",
                "gemini-x;v=1",
                "gemini-x/\uff0e\uff0e/y",
                "gemini-x/\u2024\u2024/y",
                "gemini-x\uff0f\uff0e\uff0e\uff0fy",
                "gemini-x/\u2025/y",
                "gemini-x\uff1acountTokens"
            })
    void nameThatLeadsElsewhere_isTheCallersFault(String name) {
        for (Operation operation : List.of(Operation.GENERATE, Operation.STREAM, Operation.COUNT_TOKENS)) {
            assertThatThrownBy(() -> gemini.path(operation, new ModelName(name), "v1beta"))
                    .isInstanceOfSatisfying(GatewayException.class, e -> {
                        assertThat(e.error()).isInstanceOf(CallerFault.InvalidField.class);
                        assertThat(e.error().message()).contains("cannot be used with this provider");
                    });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gemini-2.5-flash, models/gemini-2.5-flash",
        "models/gemini-2.5-flash, models/gemini-2.5-flash",
        "tunedModels/mine-1, tunedModels/mine-1",
        "a@b+c, models/a%40b%2Bc",
        "a..b/c.d, models/a..b/c.d",
        "@x, models/%40x",
        "mein Modell, models/mein%20Modell",
        "Größe, models/Gr%C3%B6%C3%9Fe",
        "a\"b<c>, models/a%22b%3Cc%3E",
        "模型-1, models/%E6%A8%A1%E5%9E%8B-1",
        "gemini-x[1m], models/gemini-x%5B1m%5D"
    })
    void usableName_standsInThePath(String name, String resource) {
        assertThat(gemini.path(Operation.GENERATE, new ModelName(name), "v1beta"))
                .isEqualTo("/v1beta/" + resource + ":generateContent");
    }

    /** Whatever a name is, the path it gets is in its shortest form already, for every provider. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt-x",
                "org/model",
                "a..b",
                "@cf/meta/llama-3",
                "x/../y",
                "a:b",
                "a/./b",
                "a+b@c",
                "/models/Qwen3-32B",
                "zwei Wörter",
                "a[1m]"
            })
    void path_isNormal_orThereIsNone(String name) {
        for (Provider provider : ALL) {
            for (Operation operation : Operation.values()) {
                String path;
                try {
                    path = provider.path(operation, new ModelName(name), "v1");
                } catch (GatewayException e) {
                    assertThat(e.error()).isInstanceOf(CallerFault.class);
                    continue;
                }
                URI uri = URI.create("http://h" + path);
                assertThat(uri.normalize()).isEqualTo(uri);
                assertThat(uri.getRawFragment()).isNull();
            }
        }
    }
}
