package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorsTest {
    @TempDir
    Path folder;

    /** A process of its own, since only there all file descriptors can be used up. */
    @Test
    void dialWithoutDescriptors_isTheGatewaysOwnTrouble_andOverWithIt() throws Exception {
        Path report = folder.resolve("report");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -n 200; exec \"$0\" \"$@\"",
                        java,
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ExhaustedProcess.class.getName(),
                        report.toString())
                .redirectErrorStream(true)
                .start();
        String problems = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(problems).isZero();
        assertThat(Files.readString(report))
                .contains("before: 200 good")
                .contains("address: overloaded, ulimit named")
                .contains("name: overloaded, ulimit named")
                .contains("shortages: 2")
                .contains("reused: 200 good")
                .contains("afterwards: 200 good");
    }

    @Test
    void otherFailures_areNot() {
        assertThat(Descriptors.exhausted(new ConnectException("Connection refused")))
                .isFalse();
        assertThat(Descriptors.exhausted(new SocketException("Network is unreachable")))
                .isFalse();
        assertThat(Descriptors.exhausted(new UnknownHostException("nowhere.invalid")))
                .isFalse();
        assertThat(Descriptors.exhausted(new IOException("anything", new SocketException("Too many open files"))))
                .isTrue();
    }
}
