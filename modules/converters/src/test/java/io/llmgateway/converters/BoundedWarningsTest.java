package io.llmgateway.converters;

import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.GEMINI;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.converters.hub.Warnings;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Warnings travel in one header: a conversation of many agents must not make it larger than clients accept. */
class BoundedWarningsTest {
    private static String agents(int messages) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < messages; i++) {
            all.append(i == 0 ? "" : ",").append("{\"role\":\"user\",\"name\":\"n\",\"content\":\"x\"}");
        }
        return "{\"model\":\"m\",\"messages\":[" + all + "]}";
    }

    @Test
    void thousandMessagesWithNames_areOneWarningWithTheirNumber() {
        assertThat(Converting.between(OPENAI, GEMINI).begin(agents(1_000)).warnings())
                .containsExactly("dropped:messages[*].name (1000)");
    }

    @Test
    void oneMessageWithAName_isNamedExactly() {
        assertThat(Converting.between(OPENAI, ANTHROPIC).begin(agents(1)).warnings())
                .containsExactly("dropped:messages[0].name");
    }

    @Test
    void fieldWarnedAboutTwice_isOneWarning() {
        Warnings warnings = new Warnings(false);
        warnings.dropped("stop", "a");
        warnings.dropped("stop", "b");
        warnings.adjusted("messages[3].content[1]", "c");
        warnings.adjusted("messages[3].content[1]", "c");

        assertThat(warnings.all()).containsExactly("dropped:stop", "adjusted:messages[3].content[1]");
    }

    @Test
    void fieldsWithoutEnd_fitIntoOneHeader_thatSaysHowManyAreLeftOut() {
        Warnings warnings = new Warnings(false);
        for (int i = 0; i < 100_000; i++) {
            warnings.dropped("field-" + i, "made up");
        }
        List<String> all = warnings.all();

        assertThat(String.join(", ", all)).hasSizeLessThanOrEqualTo(Warnings.MAX_CHARS);
        assertThat(all.getLast()).isEqualTo("and " + (100_000 - all.size() + 1) + " more");
    }

    @Test
    void fieldLongerThanTheHeader_isCountedOnly() {
        Warnings warnings = new Warnings(false);
        warnings.dropped("x".repeat(5_000), "made up");

        assertThat(warnings.all()).containsExactly("and 1 more");
    }

    @Test
    void pathWithoutAClosingBracket_isTakenAsItIs() {
        Warnings warnings = new Warnings(false);
        warnings.dropped("a[b", "odd");
        warnings.dropped("a[1].b[2", "odd");

        assertThat(warnings.all()).containsExactly("dropped:a[b", "dropped:a[1].b[2");
    }

    @Test
    void nameTheClientMadeUp_cannotWriteAHeaderOfItsOwn() {
        String name = "a\\r\\nset-cookie: x, y\\u0000ä\\\"" + "n".repeat(500);
        String request = "{\"model\":\"m\",\"" + name + "\":1,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";

        List<String> warnings =
                Converting.between(OPENAI, ANTHROPIC).begin(request).warnings();

        assertThat(warnings).hasSize(1);
        assertThat(warnings.getFirst())
                .startsWith("dropped:a??set-cookie:?x??y???n")
                .hasSizeLessThan(120)
                .matches("[!-~]+");
    }
}
