package io.llmgateway.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.settings.ByteSize;
import io.llmgateway.settings.LoggingSettings.Rotation;
import io.llmgateway.testing.FakeClock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files are begun anew by size and time, followed when they are moved, and never hold half a line. */
class FileSinkTest {
    private static final Duration NEVER = Duration.ZERO;

    @TempDir
    Path folder;

    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-25T23:59:00Z"));

    private Path file() {
        return folder.resolve("logs/gateway.log");
    }

    private FileSink open(long size, Duration every, int keep, Duration keepFor, boolean compress) throws IOException {
        return new FileSink(file(), new Rotation(new ByteSize(size), every, keep, keepFor, compress), clock);
    }

    private static void write(FileSink sink, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sink.write(bytes, bytes.length);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(file().getParent())) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(5_000_000);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private boolean namesAre(List<String> expected) {
        try {
            return names().equals(expected);
        } catch (IOException _) {
            return false;
        }
    }

    @Test
    void write_existingFile_isContinued() throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), "old\n");
        Files.setLastModifiedTime(file(), FileTime.from(clock.instant()));
        try (FileSink sink = open(1_000, Duration.ofDays(1), 3, NEVER, false)) {
            write(sink, "new\n");
        }

        assertThat(file()).hasContent("old\nnew\n");
    }

    @Test
    void write_fullFile_beginsANewOneAndCompressesTheOld() throws IOException {
        try (FileSink sink = open(10, NEVER, 3, NEVER, true)) {
            write(sink, "12345678\n");
            write(sink, "next\n");
            await(() -> namesAre(List.of("gateway.log", "gateway.log.20261125T235900Z.gz")));
        }

        assertThat(file()).hasContent("next\n");
        try (InputStream in =
                new GZIPInputStream(Files.newInputStream(file().resolveSibling("gateway.log.20261125T235900Z.gz")))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("12345678\n");
        }
    }

    @Test
    void write_nextDay_beginsANewFile() throws IOException {
        try (FileSink sink = open(1_000, Duration.ofDays(1), 3, NEVER, false)) {
            write(sink, "one day\n");
            clock.advance(Duration.ofMinutes(2));
            write(sink, "next day\n");
        }

        assertThat(names()).containsExactly("gateway.log", "gateway.log.20261126T000100Z");
        assertThat(file()).hasContent("next day\n");
    }

    @Test
    void open_fileOfAnEarlierDay_isSetAsideWithTheFirstLine() throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), "old\n");
        Files.setLastModifiedTime(file(), FileTime.from(Instant.parse("2026-11-20T10:00:00Z")));
        try (FileSink sink = open(1_000, Duration.ofDays(1), 3, NEVER, false)) {
            write(sink, "new\n");
        }

        assertThat(file()).hasContent("new\n");
        assertThat(names()).hasSize(2);
    }

    @Test
    void nameThatBecameFreeWithinItsSecond_isNotGivenToAYoungerFile() throws IOException {
        String second = "gateway.log.20261125T235900Z";
        try (FileSink sink = open(10, NEVER, 1, Duration.ofDays(30), false)) {
            write(sink, "12345671\n");
            write(sink, "12345672\n");
            await(() -> namesAre(List.of("gateway.log", second)));
            write(sink, "12345673\n");
            await(() -> namesAre(List.of("gateway.log", second + "-1001")));
            write(sink, "12345674\n");
            await(() -> namesAre(List.of("gateway.log", second + "-1002")));
        }

        assertThat(file().resolveSibling(second + "-1002")).hasContent("12345673\n");
    }

    @Test
    void rotation_keepsSoManyFilesAndNoneTooLong() throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file().resolveSibling("gateway.log.20261001T000000Z.gz"), "too old");
        Files.writeString(file().resolveSibling("gateway.log.unrelated"), "not ours");
        Files.writeString(file().resolveSibling("gateway.log.20261125T000000Z.gz.part"), "of a crash");
        try (FileSink sink = open(10, NEVER, 3, Duration.ofDays(30), false)) {
            for (int i = 0; i < 6; i++) {
                write(sink, "1234567" + i + "\n");
            }
            await(() -> namesAre(List.of(
                    "gateway.log",
                    "gateway.log.20261125T235900Z-1002",
                    "gateway.log.20261125T235900Z-1003",
                    "gateway.log.20261125T235900Z-1004",
                    "gateway.log.unrelated")));
        }

        assertThat(file()).hasContent("12345675\n");
    }

    @Test
    void write_movedFile_isBegunAnewAtItsPath() throws IOException {
        try (FileSink sink = open(1_000, NEVER, 3, NEVER, false)) {
            write(sink, "one\n");
            Files.move(file(), file().resolveSibling("taken"));
            clock.advance(Duration.ofSeconds(2));
            write(sink, "two\n");
            Files.delete(file());
            clock.advance(Duration.ofSeconds(2));
            write(sink, "three\n");
        }

        assertThat(file().resolveSibling("taken")).hasContent("one\n");
        assertThat(file()).hasContent("three\n");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void open_newFile_isNotForEverybody() throws IOException {
        try (FileSink sink = open(1_000, NEVER, 3, NEVER, false)) {
            write(sink, "one\n");
        }

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .endsWith("---");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void write_fullDevice_failsAndIsNeverMoved() throws IOException {
        Rotation rotation = new Rotation(new ByteSize(1), Duration.ofMinutes(1), 0, NEVER, true);
        try (FileSink sink = new FileSink(Path.of("/dev/full"), rotation, clock)) {
            assertThatThrownBy(() -> write(sink, "x\n")).isInstanceOf(IOException.class);
            clock.advance(Duration.ofHours(1));
            assertThatThrownBy(() -> write(sink, "x\n")).isInstanceOf(IOException.class);
        }

        assertThat(Path.of("/dev/full")).exists();
    }
}
