package io.llmgateway.converters;

import static io.llmgateway.converters.Converting.ANTHROPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.model.GatewayException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients and providers of Anthropic's protocol in every pair of versions. */
class VersionsTest {
    private static final String WITH =
            "{\"model\":\"m\",\"max_tokens\":9,\"temperature\":0.5,\"top_p\":1,\"messages\":[{\"role\":\"user\","
                    + "\"content\":\"a\"}]}";
    private static final String WITHOUT =
            "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}";

    private static Translation begin(String client, String upstream, String body) {
        return Converting.between(ANTHROPIC, ANTHROPIC)
                .model("m")
                .clientVersion(client)
                .version(upstream)
                .begin(body);
    }

    @ParameterizedTest
    @CsvSource({
        "'',2023-06-01",
        "2023-06-01,2023-06-01",
        "2026-10-21,2023-06-01",
        "2026-10-21,2026-10-21",
        "2031-01-01,2026-10-21"
    })
    void sameOrOlderProvider_relaysByteForByte(String client, String upstream) {
        assertThat(Converting.text(begin(client, upstream, WITH))).isEqualTo(WITH);
        assertThat(begin(client, upstream, WITH).warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"''", "2023-06-01"})
    void newerProvider_getsNoSamplingParameters(String client) {
        Translation translation = begin(client, "2026-10-21", WITH);

        assertThat(Converting.text(translation)).isEqualTo(WITHOUT);
        assertThat(translation.warnings()).containsExactly("dropped:temperature");
    }

    @Test
    void newerProvider_getsNoCitationsFromUsers() {
        String body = "{\"model\":\"m\",\"max_tokens\":9,\"output_format\":{\"type\":\"json_schema\",\"schema\":{}},"
                + "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\",\"citations\":["
                + "{}]}]}]}";

        assertThat(Converting.text(begin("", "2026-10-21", body)))
                .isEqualTo("{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":[{"
                        + "\"type\":\"text\","
                        + "\"text\":\"a\"}]}],\"output_config\":{\"format\":{\"type\":\"json_schema\","
                        + "\"schema\":{}}}}");
    }

    @Test
    void newerProvider_documentsInAssistantMessages_areRefused() {
        String body = "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"assistant\",\"content\":[{\"type\":"
                + "\"document\",\"source\":{}}]}]}";

        assertThatThrownBy(() -> begin("", "2026-10-21", body))
                .isInstanceOf(GatewayException.class)
                .hasMessageContaining("messages[0].content[0]");
    }
}
