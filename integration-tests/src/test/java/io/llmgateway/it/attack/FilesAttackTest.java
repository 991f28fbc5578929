package io.llmgateway.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that are no files, or far too much of one: a reload refuses them, watch and process live on. */
@Tag("attack")
class FilesAttackTest {
    @TempDir
    private static Path folder;

    private static ScriptedUpstream upstream;
    private static Victim victim;

    /** What is put in the place of a file. */
    enum Kind {
        DEV_ZERO,
        FIFO,
        DIRECTORY,
        NOTHING,
        HUGE,
        DEEP,
        DEEP_FLOW,
        UNKNOWN_KEYS,
        ALIASES,
        BINARY;

        void put(Path file) throws IOException, InterruptedException {
            Files.deleteIfExists(file);
            switch (this) {
                case DEV_ZERO -> Files.createSymbolicLink(file, Path.of("/dev/zero"));
                case FIFO ->
                    assertThat(new ProcessBuilder("mkfifo", file.toString())
                                    .start()
                                    .waitFor())
                            .isZero();
                case DIRECTORY -> Files.createDirectory(file);
                case NOTHING -> assertThat(Files.exists(file)).isFalse();
                case HUGE -> Files.writeString(file, ("# " + "x".repeat(1_000) + "\n").repeat(64_000));
                case DEEP -> {
                    StringBuilder text = new StringBuilder();
                    for (int i = 0; i < 2_000; i++) {
                        text.append(" ".repeat(i)).append("a:\n");
                    }
                    Files.writeString(file, text);
                }
                case DEEP_FLOW -> Files.writeString(file, "a: " + "[".repeat(100_000));
                case UNKNOWN_KEYS -> {
                    StringBuilder text = new StringBuilder();
                    for (int i = 0; i < 200_000; i++) {
                        text.append("unknown").append(i).append(": 1\n");
                    }
                    Files.writeString(file, text);
                }
                case ALIASES -> {
                    StringBuilder text = new StringBuilder("a0: &a0 [x, x]\n");
                    for (int i = 1; i < 40; i++) {
                        String last = "*a" + (i - 1);
                        text.append("a" + i + ": &a" + i + " [" + last + ", " + last + "]\n");
                    }
                    Files.writeString(file, text);
                }
                case BINARY -> Files.write(file, new byte[] {0, 1, 2, (byte) 0xff, (byte) 0xfe, 0});
            }
        }
    }

    @BeforeAll
    static void start() throws IOException {
        upstream = ScriptedUpstream.start(ProviderAnswers::serve);
        Files.writeString(folder.resolve("prices.yaml"), "version: \"1\"\nprices: {m: {input: 1, output: 2}}\n");
        Files.writeString(folder.resolve("secret"), "provider-key-0123456789");
        assertThat(folder.resolve("secret").toFile().setReadable(false, false)).isTrue();
        assertThat(folder.resolve("secret").toFile().setReadable(true, true)).isTrue();
        victim = Victim.start(folder, "256m", yaml(""));
    }

    private static String yaml(String more) {
        return """
                server: {port: 0}
                admin: {port: 0}
                reload: {interval: 100ms}
                usage: {prices: prices.yaml}
                logging: {requests: off}
                providers:
                  openai: {type: openai, instances: [{name: o, base-url: "%s/v1", api-key: {file: secret}}]}
                routing: {default-provider: openai}
                """.formatted(upstream.url()) + more;
    }

    @AfterAll
    static void stop() throws IOException {
        victim.close();
        upstream.close();
    }

    @ParameterizedTest
    @EnumSource
    void badConfiguration_isRefused_andTheNextGoodOneIsTaken(Kind kind) throws Exception {
        replaced("gateway.yaml", kind);
    }

    @ParameterizedTest
    @EnumSource
    void badPrices_areRefused_andTheNextGoodOnesAreTaken(Kind kind) throws Exception {
        replaced("prices.yaml", kind);
    }

    @ParameterizedTest
    @EnumSource(names = {"DEV_ZERO", "FIFO", "DIRECTORY", "NOTHING", "HUGE"})
    void badSecret_isRefused_andTheNextGoodOneIsTaken(Kind kind) throws Exception {
        replaced("secret", kind);
    }

    private static void replaced(String name, Kind kind) throws Exception {
        Path file = folder.resolve(name);
        byte[] good = Files.readAllBytes(file);
        double before = victim.metric("gateway_config_generation");
        try {
            kind.put(file);
            comes(kind + " as " + name + ": the watch looks at it", () -> {
                victim.lives(kind);
                return victim.metric("gateway_config_last_reload_successful") == 0;
            });
            victim.servesBeside(kind + " as " + name);
        } finally {
            Files.deleteIfExists(file);
            Files.write(file, good);
            file.toFile().setReadable(false, false);
            file.toFile().setReadable(true, true);
        }
        victim.metNoDefect();
        // the watch lives: a good change is taken without being asked
        Path config = folder.resolve("gateway.yaml");
        String text = Files.readString(config);
        Files.writeString(
                config,
                text.contains("conversion: strict")
                        ? text.replace("conversion: strict\n", "")
                        : text + "conversion: strict\n");
        comes(
                kind + " as " + name + ": the watch takes the next good file",
                () -> victim.metric("gateway_config_generation") > before
                        && victim.metric("gateway_config_last_reload_successful") == 1);
    }

    private static void comes(String what, Callable<Boolean> done) {
        Victim.await(Duration.ofSeconds(20), what, () -> {
            try {
                return done.call();
            } catch (Exception e) {
                throw new AssertionError(what, e);
            }
        });
    }
}
