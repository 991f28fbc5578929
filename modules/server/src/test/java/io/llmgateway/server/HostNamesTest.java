package io.llmgateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostNamesTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // without a key: addresses and localhost only
                "127.0.0.1:9090, -, false, true",
                "127.0.0.1, -, false, true",
                "[::1]:9090, -, false, true",
                "localhost:9090, -, false, true",
                "LOCALHOST, -, false, true",
                "10.1.2.3:9090, -, false, true",
                "localhost.:9090, -, false, true",
                "admin.localhost., -, false, true",
                "localhost.evil.example., -, false, false",
                "notlocalhost., -, false, false",
                "-, -, false, true",
                "evil.example:9090, -, false, false",
                "evil.example, -, false, false",
                "127.0.0.1.evil.example, -, false, false",
                "localhost.evil.example:9090, -, false, false",
                "'', -, false, false",
                // with a key any name will do
                "gateway.internal:9090, -, true, true",
                // pages of other origins never
                "127.0.0.1:9090, http://evil.example, false, false",
                "gateway.internal:9090, http://evil.example, true, false",
                "127.0.0.1:9090, null, false, false",
                "127.0.0.1:9090, http://127.0.0.1:9090, false, true",
                "gateway.internal:9090, https://gateway.internal:9090, true, true",
                "127.0.0.1:9090, http://127.0.0.1:80, false, false",
                "gateway.internal, https://gateway.internal:443, true, true",
                "gateway.internal:443, https://gateway.internal, true, true",
                "gateway.internal:80, http://gateway.internal, true, true",
                "gateway.internal:443, http://gateway.internal, true, false",
                "-, http://127.0.0.1:9090, false, false",
                "127.0.0.1:9090, 'not an origin', false, false"
            })
    void requests_ofPagesAndForeignNames_areNotLookedAt(
            @Nullable String host, @Nullable String origin, boolean keyed, boolean admitted) {
        assertThat(HostNames.admits(host, origin, keyed)).isEqualTo(admitted);
    }
}
