package io.llmgateway.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.settings.ByteSize;
import io.llmgateway.settings.LogLevel;
import io.llmgateway.settings.LoggingSettings;
import io.llmgateway.settings.LoggingSettings.Format;
import io.llmgateway.settings.LoggingSettings.Output;
import io.llmgateway.settings.LoggingSettings.Requests;
import io.llmgateway.settings.LoggingSettings.Rotation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Lines reach their file, and nobody waits when they cannot. */
class LogsTest {
    private static final Logger ROOT = Logger.getLogger("");

    private static final String CONFIGURATION = "java.util.logging.config.file";

    private final String configuration = System.getProperty(CONFIGURATION);

    @TempDir
    Path folder;

    private Handler[] handlers = {};
    private final Level level = ROOT.getLevel();

    @BeforeEach
    void remember() {
        handlers = ROOT.getHandlers();
        // the tests run with a configuration of their own, which the log would respect
        System.clearProperty(CONFIGURATION);
    }

    @AfterEach
    void restore() {
        for (Handler handler : ROOT.getHandlers()) {
            ROOT.removeHandler(handler);
        }
        for (Handler handler : handlers) {
            ROOT.addHandler(handler);
        }
        ROOT.setLevel(level);
        if (configuration != null) {
            System.setProperty(CONFIGURATION, configuration);
        }
        Logger.getLogger("io.llmgateway").setLevel(null);
        Logger.getLogger("io.helidon").setLevel(null);
    }

    private static LoggingSettings to(Path file, Requests requests, LogLevel level, Map<String, LogLevel> levels) {
        return new LoggingSettings(
                Optional.of(file),
                Output.STDERR,
                Format.AUTO,
                requests,
                level,
                levels,
                ByteSize.ofKiB(1),
                Rotation.DEFAULT);
    }

    private Path file() {
        return folder.resolve("gateway.log");
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(5_000_000);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void finished_isWrittenInOrderBeforeTheEnd() throws IOException {
        try (Logs logs = Logs.open(to(file(), Requests.ALL, LogLevel.INFO, Map.of()), Clock.systemUTC())) {
            for (int i = 0; i < 5_000; i++) {
                logs.finished(Events.served("model-" + i, "s"));
            }
        }

        List<String> lines = Files.readAllLines(file());
        assertThat(lines).hasSize(5_000);
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).startsWith("{\"time\":").contains("\"model\":\"model-" + i + "\"");
        }
    }

    @Test
    void requests_canBeOnlyThoseThatFailed() throws IOException {
        try (Logs logs = Logs.open(to(file(), Requests.FAILED, LogLevel.INFO, Map.of()), Clock.systemUTC())) {
            logs.finished(Events.refused("no key"));
            logs.finished(Events.served("after-a-failure", "s"));
            logs.apply(to(file(), Requests.OFF, LogLevel.INFO, Map.of()));
            logs.finished(Events.refused("not logged"));
            assertThat(logs.bodyLimit()).isZero();
        }

        assertThat(Files.readString(file()))
                .contains("no key", "after-a-failure")
                .doesNotContain("not logged");
    }

    @Test
    void application_isWrittenWithMaskedSecretsAtItsLevel() throws IOException {
        System.Logger logger = System.getLogger("io.llmgateway.LogsTest");
        try (Logs logs = Logs.open(to(file(), Requests.ALL, LogLevel.INFO, Map.of()), Clock.systemUTC())) {
            logs.install();
            logger.log(System.Logger.Level.DEBUG, "too quiet");
            logger.log(System.Logger.Level.WARNING, "refused {0}", "Bearer sk-abcdefgh");
            logger.log(
                    System.Logger.Level.ERROR,
                    "broken",
                    new IllegalStateException("at https://h/x?key=canary1", new IOException("x-api-key: canary2")));
        }

        assertThat(Files.readString(file()))
                .contains(
                        "\"level\":\"warn\",\"type\":\"app\",\"logger\":\"io.llmgateway.LogsTest\"",
                        "refused Bearer ***",
                        "java.lang.IllegalStateException: at https://h/x?key=***",
                        "x-api-key: ***")
                .doesNotContain("too quiet", "abcdefgh", "canary");
    }

    @Test
    void apply_changesLevelsAtOnce() throws IOException {
        System.Logger ours = System.getLogger("io.llmgateway.changing");
        System.Logger part = System.getLogger("io.llmgateway.changing.part");
        System.Logger library = System.getLogger("org.library");
        try (Logs logs = Logs.open(to(file(), Requests.ALL, LogLevel.INFO, Map.of()), Clock.systemUTC())) {
            logs.install();
            ours.log(System.Logger.Level.DEBUG, "one");
            logs.apply(to(file(), Requests.ALL, LogLevel.DEBUG, Map.of("io.llmgateway.changing.part", LogLevel.ERROR)));
            ours.log(System.Logger.Level.DEBUG, "two");
            part.log(System.Logger.Level.WARNING, "three");
            library.log(System.Logger.Level.DEBUG, "four");
            logs.apply(to(file(), Requests.ALL, LogLevel.ERROR, Map.of()));
            ours.log(System.Logger.Level.WARNING, "five");
            part.log(System.Logger.Level.ERROR, "six");
            library.log(System.Logger.Level.WARNING, "seven");
        }

        assertThat(Files.readString(file()))
                .contains("two", "six")
                .doesNotContain("one", "three", "four", "five", "seven");
    }

    @Test
    void apply_anotherFile_loosesNothing() throws IOException {
        Path second = folder.resolve("second.log");
        try (Logs logs = Logs.open(to(file(), Requests.ALL, LogLevel.INFO, Map.of()), Clock.systemUTC())) {
            logs.finished(Events.served("one", "s"));
            await(() -> logs.written() == 1);
            logs.apply(to(second, Requests.ALL, LogLevel.INFO, Map.of()));
            logs.finished(Events.served("two", "s"));
        }

        assertThat(Files.readString(file())).contains("one").doesNotContain("two");
        assertThat(Files.readString(second)).contains("two").doesNotContain("one");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void fullDisk_isCountedAndWaitedForByNobody() throws IOException {
        Path full = Path.of("/dev/full");
        try (Logs logs = Logs.open(to(full, Requests.ALL, LogLevel.INFO, Map.of()), Clock.systemUTC())) {
            for (int i = 0; i < 1_000; i++) {
                logs.finished(Events.refused("x"));
            }
            await(() -> logs.dropped() == 1_000);
            logs.apply(to(file(), Requests.ALL, LogLevel.INFO, Map.of()));
            logs.finished(Events.refused("y"));
            await(() -> logs.written() == 1);
        }

        assertThat(Files.readAllLines(file())).hasSize(1);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void readerThatStopped_isWaitedForByNobodyAndMemoryStaysBounded() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        // opens the pipe and never reads from it
        Process reader = new ProcessBuilder("sh", "-c", "exec 3<>" + pipe + "; echo ready; read line").start();
        try {
            assertThat(reader.inputReader().readLine()).isEqualTo("ready");
            Logs logs = Logs.open(to(pipe, Requests.ALL, LogLevel.INFO, Map.of()), Clock.systemUTC());
            long longest = 0;
            String body = "b".repeat(10_000);
            for (int i = 0; i < 60_000; i++) {
                long before = System.nanoTime();
                logs.finished(i % 2 == 0 ? Events.refused("x") : Events.withBodies(body, body));
                longest = Math.max(longest, System.nanoTime() - before);
            }

            assertThat(logs.dropped()).isPositive();
            assertThat(logs.waiting()).isPositive().isLessThanOrEqualTo(16_384);
            assertThat(Duration.ofNanos(longest)).isLessThan(Duration.ofMillis(500));
            long begun = System.nanoTime();
            logs.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
        } finally {
            reader.destroyForcibly();
        }
    }
}
