package io.llmgateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.logs.Logs;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatchTest {
    @TempDir
    Path folder;

    private static LoadResult.Loaded settings() {
        String text = """
                server: {port: 0}
                admin: {enabled: false}
                reload: {interval: 100ms}
                keys: [{name: a, key: a-key-for-this-test-1}]
                providers: {p: {type: openai, instances: [{name: i, base-url: "http://127.0.0.1:1"}]}}
                """;
        LoadResult result = SettingsLoader.load("test", text, Path.of(""), Sources.of(Map.of()));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return (LoadResult.Loaded) result;
    }

    private static void await(AtomicInteger count, int wanted) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (count.get() < wanted) {
            assertThat(System.nanoTime()).as("reading number %d", wanted).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void readingThatOverflowsTheStack_isFollowedByTheNextOne() throws Exception {
        Path file = Files.writeString(folder.resolve("gateway.yaml"), "first");
        long errors = Loop.errors(LoopName.CONFIG_WATCH);
        AtomicInteger read = new AtomicInteger();
        ConfigSource source = files -> {
            files.add(file);
            if (read.incrementAndGet() == 1) {
                throw new StackOverflowError();
            }
            return settings();
        };

        try (Gateway gateway = Gateway.start(settings().settings(), source, Set.of(file), Logs.none())) {
            assertThat(gateway.port()).isPositive();
            Files.writeString(file, "second");
            await(read, 1);
            Files.writeString(file, "the third one");
            await(read, 2);
        }
        assertThat(Loop.errors(LoopName.CONFIG_WATCH)).isGreaterThan(errors);
    }
}
