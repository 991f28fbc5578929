package io.llmgateway.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.llmgateway.settings.KeyMaterial.GeneratedKey;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    @Nested
    class UnitsReading {
        @ParameterizedTest
        @CsvSource({"500ms,500", "30s,30000", "10m,600000", "1h,3600000", "2d,172800000", "0,0"})
        void duration_everyUnit(String text, long millis) {
            assertThat(Units.duration(text)).isEqualTo(Duration.ofMillis(millis));
            assertThat(Units.duration(Units.format(Duration.ofMillis(millis)))).hasMillis(millis);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "5", "s", "-1s", "1.5s", "1 s", "10S", "1w", "9999999999999999s", "٣s"})
        void duration_anythingElse_isRefused(String text) {
            assertThatIllegalArgumentException().isThrownBy(() -> Units.duration(text));
        }

        @ParameterizedTest
        @CsvSource({
            "4096,4096",
            "1B,1",
            "1KiB,1024",
            "32MiB,33554432",
            "1GiB,1073741824",
            "1KB,1000",
            "2MB,2000000",
            "1GB,1000000000"
        })
        void size_everyUnit(String text, long bytes) {
            assertThat(Units.size(text).bytes()).isEqualTo(bytes);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "MiB", "-1", "1mib", "1TB", "999999999999999GiB"})
        void size_anythingElse_isRefused(String text) {
            assertThatIllegalArgumentException().isThrownBy(() -> Units.size(text));
        }

        @ParameterizedTest
        @CsvSource({"0,0", "500,500", "200k,200000", "1m,1000000", "-3,-3"})
        void count_everyUnit(String text, long count) {
            assertThat(Units.count(text)).isEqualTo(count);
        }

        @Test
        void instant_dateAndTime() {
            assertThat(Units.instant("2027-01-01")).isEqualTo(Instant.parse("2027-01-01T00:00:00Z"));
            assertThat(Units.instant("2027-01-01T02:00:00+02:00")).isEqualTo(Instant.parse("2027-01-01T00:00:00Z"));
        }
    }

    @Nested
    class BaseUrlReading {
        @ParameterizedTest
        @CsvSource({
            "https://api.openai.com/v1,https://api.openai.com/v1",
            "HTTPS://API.openai.com:443/v1/,https://api.openai.com/v1",
            "http://10.0.0.5:8000,http://10.0.0.5:8000",
            "http://[::1]/x//,http://[::1]/x",
            "http://vllm_server:8000/v1,http://vllm_server:8000/v1",
            "http://stack_llm,http://stack_llm",
            "https://_api.Team_A.internal:8443/x/,https://_api.team_a.internal:8443/x",
            "http://llm-1.2b:9000,http://llm-1.2b:9000",
            "http://gpu-:8000,http://gpu-:8000"
        })
        void parse_goodUrl(String text, String shown) {
            assertThat(BaseUrl.parse(text)).hasToString(shown);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "api.openai.com",
                    "file:///etc/passwd",
                    "http://",
                    "http:///v1",
                    "http://u@h/",
                    "http://h/?a=1",
                    "http://h/#a",
                    "http://h:0/",
                    "http://h:70000/",
                    "http://a b/",
                    "http://under_score\u0000/",
                    "http://under_score:80:90/",
                    "http://under_score:8x/",
                    "http://under_score:99999999999/",
                    "http://under_score:0/",
                    "http://u:p@under_score/",
                    "http://under_score,other/",
                    "http://under%5Fscore/",
                    "http://_..x/",
                    "http://169.254.169.254",
                    "http://169.254.0.1/x",
                    "http://0xa9fea9fe/",
                    "http://0251.0376.0251.0376/",
                    "http://2852039166/",
                    "http://169.254.169.254./",
                    "http://[fd00:ec2:0:0::254]/",
                    "http://[::ffff:a9fe:a9fe]/",
                    "http://[64:ff9b::a9fe:a9fe]/",
                    "http://[2002:a9fe:a9fe::1]/",
                    "http://[fe80::5efe:a9fe:a9fe]/",
                    "http://[2001:0:a9fe:a9fe::1]/",
                    "http://100.100.100.200/",
                    "http://metadata.google.internal/",
                    "http://Metadata.Google.Internal./"
                })
        void parse_badUrl_isRefused(String text) {
            assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.parse(text));
        }

        @Test
        void metadataAddresses_ordinaryAddresses_areNotAmongThem() {
            for (String address : List.of("127.0.0.1", "10.0.0.1", "169.253.0.1", "::1", "fd00:ec2::253")) {
                assertThat(MetadataAddresses.contains(InetAddress.ofLiteral(address)))
                        .isFalse();
            }
        }
    }

    @Nested
    class Keys {
        @Test
        void digest_textAndBack() {
            KeyDigest digest = KeyDigest.of("abc");

            assertThat(digest.text())
                    .isEqualTo("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
            assertThat(KeyDigest.parse(digest.text())).isEqualTo(digest).hasSameHashCodeAs(digest);
            assertThat(digest).hasToString("sha256:ba7816bf...");
            assertThat(KeyDigest.of("abd")).isNotEqualTo(digest);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "sha256:", "sha256:12", "md5:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb4"})
        void digest_malformed_isRefused(String text) {
            assertThatIllegalArgumentException().isThrownBy(() -> KeyDigest.parse(text));
        }

        @Test
        void generated_hasPrefixLengthAndDigest() {
            GeneratedKey key = KeyMaterial.generate(new Random(1));

            assertThat(key.secret().reveal()).startsWith("llmgw-").hasSize(49);
            assertThat(key.digest()).isEqualTo(KeyDigest.of(key.secret().reveal()));
            assertThat(key.toString()).doesNotContain(key.secret().reveal());
        }
    }
}
