package io.llmgateway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.converters.ClientProtocol.ListedModel;
import io.llmgateway.model.GatewayException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelPageTest {
    private static final List<ListedModel> ALL = Stream.of("a", "b", "c/d", "e", "g h")
            .map(name -> new ListedModel(name, "p"))
            .toList();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                       | a,b,c/d,e,g h | false",
                "limit=2                  | a,b           | true",
                "limit=5                  | a,b,c/d,e,g h | false",
                "limit=1000&beta=true     | a,b,c/d,e,g h | false",
                "after_id=b&limit=2       | c/d,e         | true",
                "after_id=c%2Fd           | e,g h         | false",
                "after_id=f               | g h           | false",
                "after_id=g+h             | ''            | false",
                "after_id=z               | ''            | false",
                "before_id=e&limit=2      | b,c/d         | true",
                "before_id=c%2Fd&limit=2  | a,b           | false",
                "before_id=f&limit=1      | e             | true",
                "before_id=a              | ''            | false",
                "lifecycle[]=active&x     | a,b,c/d,e,g h | false"
            })
    void page_isWhatWasAskedFor(String query, String names, boolean more) {
        ModelPage page = ModelPage.of(ALL, query);

        assertThat(page.models().stream().map(ListedModel::id))
                .containsExactly(names.isEmpty() ? new String[0] : names.split(","));
        assertThat(page.more()).isEqualTo(more);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=1001",
                "limit=-1",
                "limit=",
                "limit",
                "limit=x",
                "limit=99999999999999999999",
                "after_id=a&before_id=b",
                "after_id=%zz"
            })
    void whatCannotBeMeant_isRefused(String query) {
        assertThatThrownBy(() -> ModelPage.of(ALL, query)).isInstanceOf(GatewayException.class);
    }
}
