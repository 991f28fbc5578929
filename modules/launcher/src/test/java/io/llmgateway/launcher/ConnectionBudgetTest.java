package io.llmgateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.launcher.ConnectionBudget.Bound;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionBudgetTest {
    private static final long GIB = 1024L * 1024 * 1024;

    @ParameterizedTest
    @CsvSource(textBlock = """
            # setting, descriptors,    upstream, heap in MiB, bytes, allowed by what
            20000,     1048576,        2048,     4096,        24576,  20000 SETTING
            20000,     1048576,        2048,     128,         24576,  2048 HEAP
            20000,     1048576,        2048,     128,         49152,  1024 HEAP
            20000,     4096,           1024,     4096,        24576,  2816 DESCRIPTORS
            # pools that could take everything leave a half
            20000,     4096,           10240,    4096,        24576,  1920 DESCRIPTORS
            20000,     1024,           1024,     4096,        24576,  432 DESCRIPTORS
            100,       1024,           1024,     4096,        24576,  100 SETTING
            # both are short: the shorter one decides
            20000,     4096,           0,        64,          24576,  682 HEAP
            20000,     256,            0,        64,          24576,  112 DESCRIPTORS
            # never none, however little there is
            20000,     64,             10,       4096,        24576,  1 DESCRIPTORS
            20000,     0,              0,        4096,        24576,  1 DESCRIPTORS
            20000,     1048576,        0,        0,           24576,  1 HEAP
            1,         145,            0,        4096,        24576,  1 SETTING
            # no known limit, and numbers that must not overflow
            1000000,   9223372036854775807, 0,   1048576,     24576,  1000000 SETTING
            1000000,   9223372036854775807, 9223372036854775807, 1048576, 24576, 1000000 SETTING
            """)
    void allowed_isTheLeastOfWhatThereIs(
            int setting, long descriptors, long upstream, long heapMib, int bytes, String allowed) {
        ConnectionBudget budget = new ConnectionBudget(setting, descriptors, upstream, heapMib * 1024 * 1024, bytes);

        assertThat(budget.connections() + " " + budget.bound()).isEqualTo(allowed);
        assertThat(budget.problem().isEmpty()).isEqualTo(budget.bound() == Bound.SETTING);
    }

    @ParameterizedTest
    @CsvSource({
        "20000, 4096, 1024, 1024",
        "20000, 4096, 10240, 1920",
        "100, 1024, 1024, 764",
        "20000, 64, 10, 1",
        "20000, 9223372036854775807, 5, 2147483647"
    })
    void toProviders_isWhatClientsLeave(int setting, long descriptors, long upstream, int allowed) {
        assertThat(new ConnectionBudget(setting, descriptors, upstream, 4 * GIB, 24 * 1024).toProviders())
                .isEqualTo(allowed);
    }

    /** Following the advice must help. */
    @ParameterizedTest
    @CsvSource({"20000, 2048", "20000, 100000", "10, 0", "1000000, 3"})
    void neededDescriptors_areEnough(int setting, long upstream) {
        ConnectionBudget asked = new ConnectionBudget(setting, 10, upstream, Long.MAX_VALUE, 1);
        ConnectionBudget mended = new ConnectionBudget(setting, asked.neededDescriptors(), upstream, Long.MAX_VALUE, 1);

        assertThat(mended.bound()).isEqualTo(Bound.SETTING);
    }

    @ParameterizedTest
    @CsvSource({
        "20000, 128, false",
        "20000, 206, false",
        "20000, 208, true",
        "16, 176, true",
        "16, 174, false",
        "1, 145, true"
    })
    void start_isRefused_whenHardlyAnybodyCouldConnect(int setting, long descriptors, boolean starts) {
        ConnectionBudget budget = new ConnectionBudget(setting, descriptors, 1024, 4 * GIB, 24 * 1024);
        if (starts) {
            assertThatCode(budget::check).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(budget::check)
                    .hasMessageContaining("ulimit -n")
                    .hasMessageContaining("too few open files");
        }
    }

    @Test
    void problem_saysWhatToDo() {
        assertThat(new ConnectionBudget(20_000, 1024, 1024, 4 * GIB, 1).problem())
                .hasValue("server.max-connections is 20000, but the limit of 1024 open files allows 432 client"
                        + " connections beside up to 1024 to providers: raise it to 21408 or more (ulimit -n;"
                        + " LimitNOFILE for systemd; --ulimit nofile for a container), or lower"
                        + " server.max-connections");
        assertThat(new ConnectionBudget(20_000, 1_000_000, 0, GIB / 8, 24 * 1024).problem())
                .hasValue("server.max-connections is 20000, but the heap of 128 MiB allows 2048 client connections:"
                        + " give the process more memory, or lower server.max-connections");
    }

    @Test
    void summary_isOneLine() {
        assertThat(new ConnectionBudget(20_000, 1_048_576, 2048, 4 * GIB, 1).summary())
                .isEqualTo("20000 client connections at once (server.max-connections 20000), up to 2048 to providers,"
                        + " 1048576 open files (ulimit -n)");
        assertThat(new ConnectionBudget(5, Long.MAX_VALUE, 0, 4 * GIB, 1).summary())
                .endsWith("no known limit of open files (ulimit -n)");
    }

    @Test
    void nonsense_isRefused() {
        assertThatThrownBy(() -> new ConnectionBudget(0, 1, 1, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ConnectionBudget(1, 1, -1, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
