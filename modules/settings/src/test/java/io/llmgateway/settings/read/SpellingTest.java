package io.llmgateway.settings.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
    @ParameterizedTest
    @CsvSource({"prot,port", "hots,host", "max_body,max-body", "MaxBody,max-body", "portt,port"})
    void nearest_slip_isFound(String written, String meant) {
        assertThat(Spelling.nearest(written, List.of("host", "port", "max-body")))
                .contains(meant);
    }

    @Test
    void nearest_somethingElse_isNot() {
        assertThat(Spelling.nearest("colour", List.of("host", "port"))).isEmpty();
    }
}
