package io.llmgateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.ledger.UsageQuery.By;
import io.llmgateway.model.Usage;
import io.llmgateway.testing.FakeClock;
import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteLedgerTest {
    private static final Duration RETENTION = Duration.ofDays(10);
    private static final UsageQuery ALL = new UsageQuery(By.KEY, Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"));

    @TempDir
    Path folder;

    private final FakeClock clock = new FakeClock();

    private Path file() {
        return folder.resolve("usage.db");
    }

    private SqliteLedger open() {
        return SqliteLedger.open(file(), RETENTION, clock);
    }

    static UsageRecord usage(String id, Instant at, long cost, String end) {
        return new UsageRecord(
                at,
                id,
                "k",
                "team",
                "fast",
                "gpt-x",
                "a",
                "chat_completions",
                true,
                new Usage(1, 2, 3, 10, 4),
                false,
                cost,
                end,
                5,
                2);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void records_areSummedUp_once() throws IOException {
        try (SqliteLedger ledger = open()) {
            ledger.record(usage("1", clock.instant(), 7, "ok"));
            ledger.record(usage("2", clock.instant(), UsageRecord.NO_PRICE, "client_gone"));
            ledger.record(usage("2", clock.instant(), 9, "ok"));
            await(() -> ledger.counts().written() == 3);

            UsageSum sum = ledger.report(ALL).getFirst();

            assertThat(sum)
                    .isEqualTo(new UsageSum("k", Instant.EPOCH, "", "", 2, 1, 0, 1, new Usage(2, 4, 6, 20, 8), 7));
            for (By by : By.values()) {
                assertThat(ledger.report(new UsageQuery(by, ALL.from(), ALL.to())))
                        .hasSize(1);
            }
            assertThat(ledger.sumsBetween(clock.instant(), clock.instant().plusMillis(1))
                            .getFirst()
                            .at())
                    .isEqualTo(clock.instant());
            assertThat(ledger.sumsBetween(
                            clock.instant().plusMillis(1), clock.instant().plusMillis(2)))
                    .isEmpty();
        }
    }

    @Test
    void deletedFile_isNoticed_andWhatComesIsStoredInANewOne() throws IOException {
        try (SqliteLedger ledger = open()) {
            ledger.record(usage("1", clock.instant(), 7, "ok"));
            await(() -> ledger.counts().written() == 1);
            Files.delete(file());

            ledger.record(usage("2", clock.instant(), 7, "ok"));
            await(() -> ledger.counts().written() == 2);

            assertThat(file()).isRegularFile();
            assertThat(ledger.report(ALL).getFirst().requests()).isEqualTo(1);
        }
    }

    @Test
    void replacedFile_isNoticed() throws IOException {
        try (SqliteLedger ledger = open()) {
            ledger.record(usage("1", clock.instant(), 7, "ok"));
            await(() -> ledger.counts().written() == 1);
            Files.move(file(), folder.resolve("moved.db"));
            SqliteLedger.open(file(), RETENTION, clock).close();

            ledger.record(usage("2", clock.instant(), 7, "ok"));
            await(() -> ledger.counts().written() == 2);

            assertThat(ledger.report(ALL).getFirst().requests()).isEqualTo(1);
        }
    }

    @Test
    void unreadableHistory_isAnError_andAMissingOneIsEmpty() throws IOException {
        try (SqliteLedger ledger = SqliteLedger.open(folder.resolve("none/usage.db"), RETENTION, clock)) {
            Files.createDirectories(file());
            try (SqliteLedger unreadable = open()) {
                assertThatThrownBy(() -> unreadable.sumsBetween(Instant.EPOCH, clock.instant()))
                        .isInstanceOf(IOException.class);
            }
            assertThat(ledger.sumsBetween(Instant.EPOCH, clock.instant())).isEmpty();
        }
    }

    @Test
    void close_storesWhatWaits_andAReopenFindsIt() {
        SqliteLedger first = open();
        for (int i = 0; i < 5_000; i++) {
            first.record(usage("r" + i, clock.instant(), 1, "ok"));
        }
        first.close();
        first.close();
        assertThat(first.record(usage("late", clock.instant(), 1, "ok"))).isFalse();

        try (SqliteLedger second = open()) {
            assertThat(second.report(ALL).getFirst().requests()).isEqualTo(5_000);
        }
    }

    /** A moment that no number of milliseconds can say makes the driver's side fail with an unchecked exception. */
    @Test
    void recordThatCannotBeStored_isGivenUp_andThoseAfterItAreStored() {
        long errors = Loop.errors(LoopName.LEDGER);
        try (SqliteLedger ledger = open()) {
            ledger.record(usage("bad", Instant.MAX, 1, "ok"));
            await(() -> ledger.counts().lost() == 1);

            ledger.record(usage("good", clock.instant(), 1, "ok"));
            await(() -> ledger.counts().written() == 1);
        }
        assertThat(Loop.errors(LoopName.LEDGER)).isGreaterThan(errors);
    }

    @Test
    void uncheckedFailureBesideTheFile_doesNotEndTheWriter() {
        AtomicInteger asked = new AtomicInteger();
        Clock failing = new Clock() {
            @Override
            public ZoneId getZone() {
                return clock.getZone();
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                if (asked.incrementAndGet() == 1) {
                    throw new IllegalStateException("no time");
                }
                return clock.instant();
            }
        };
        try (SqliteLedger ledger = SqliteLedger.open(file(), RETENTION, failing)) {
            ledger.record(usage("1", clock.instant(), 1, "ok"));
            await(() -> asked.get() == 1);
            ledger.record(usage("2", clock.instant(), 1, "ok"));

            await(() -> ledger.counts().written() == 2);
            assertThat(ledger.counts().lost()).isZero();
        }
    }

    @Test
    void oldRecords_areRemoved() {
        try (SqliteLedger ledger = open()) {
            ledger.record(usage("old", clock.instant().minus(Duration.ofDays(11)), 1, "ok"));
            ledger.record(usage("new", clock.instant(), 1, "ok"));
            await(() -> ledger.counts().written() == 2);
            clock.advance(Duration.ofHours(1));
            ledger.record(usage("next", clock.instant(), 1, "ok"));
            await(() -> ledger.counts().written() == 3
                    && ledger.report(ALL).getFirst().requests() == 2);
        }
    }

    @Test
    void brokenFile_isSetAside_andTheRestIsStored() throws IOException {
        Files.writeString(file(), "this is no database ".repeat(1_000));

        try (SqliteLedger ledger = open()) {
            ledger.record(usage("1", clock.instant(), 1, "ok"));
            await(() -> ledger.counts().written() == 1);
        }

        try (Stream<Path> files = Files.list(folder)) {
            List<Path> aside =
                    files.filter(path -> path.toString().contains(".broken-")).toList();
            assertThat(aside).isNotEmpty();
            assertThat(aside).anySatisfy(path -> assertThat(path).content().contains("this is no database"));
        }
    }

    @Test
    void flippedBitsAndTruncatedFiles_neverStopTheWriter() throws IOException {
        try (SqliteLedger ledger = open()) {
            for (int i = 0; i < 2_000; i++) {
                ledger.record(usage("r" + i, clock.instant(), 1, "ok"));
            }
        }
        byte[] good = Files.readAllBytes(file());
        Random random = new Random(3);
        for (int round = 0; round < 10; round++) {
            byte[] bad = round % 2 == 0 ? good.clone() : java.util.Arrays.copyOf(good, random.nextInt(good.length));
            for (int i = 0; i < 40 && bad.length > 0; i++) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file(), bad);
            clock.advance(Duration.ofSeconds(1));
            try (SqliteLedger ledger = open()) {
                ledger.record(usage("after-" + round, clock.instant(), 1, "ok"));
                await(() -> ledger.counts().written() == 1);
            }
        }
    }

    @Test
    void unusablePlace_losesWhatDoesNotFit_andSaysSo() throws IOException {
        Path notAFolder = Files.writeString(folder.resolve("file"), "x");
        SqliteLedger ledger = SqliteLedger.open(notAFolder.resolve("usage.db"), RETENTION, clock);
        for (int i = 0; i < 70_000; i++) {
            ledger.record(usage("r" + i, clock.instant(), 1, "ok"));
        }
        assertThat(ledger.counts().lost()).isPositive();
        ledger.close();

        assertThat(ledger.counts().lost()).isEqualTo(70_000);
        assertThat(ledger.counts().written()).isZero();
    }

    @Test
    void lockedFile_isWaitedFor() throws Exception {
        try (SqliteLedger ledger = open()) {
            ledger.record(usage("1", clock.instant(), 1, "ok"));
            await(() -> ledger.counts().written() == 1);
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file());
                    Statement statement = other.createStatement()) {
                statement.executeUpdate("BEGIN EXCLUSIVE");
                long begin = System.nanoTime();
                for (int i = 0; i < 1_000; i++) {
                    ledger.record(usage("w" + i, clock.instant(), 1, "ok"));
                }
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
                statement.executeUpdate("COMMIT");
            }
            await(() -> ledger.counts().written() == 1_001);
            assertThat(ledger.counts().lost()).isZero();
        }
    }

    @Test
    void fileOfANewerGateway_isLeftAlone() throws Exception {
        open().close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("PRAGMA user_version = 99");
        }

        assertThatThrownBy(() -> Database.open(file())).hasMessageContaining("newer gateway");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(path -> path.toString().contains("broken"))).isEmpty();
        }
    }

    /** Killed at random moments under load: what was recorded a second before is there, nothing twice. */
    @Test
    void killedWriter_losesAtMostASecond_andNothingIsDoubled() throws Exception {
        Random random = new Random(11);
        int rounds = Integer.getInteger("ledger.kills", 5);
        Set<String> expected = new HashSet<>();
        for (int round = 0; round < rounds; round++) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "--enable-native-access=ALL-UNNAMED",
                            LedgerLoad.class.getName(),
                            file().toString(),
                            Integer.toString(round))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            long until = -1;
            long wanted = Duration.ofMillis(1_500 + random.nextInt(500)).toNanos();
            StringBuilder out = new StringBuilder();
            byte[] part = new byte[8 * 1024];
            while (until < 0 || System.nanoTime() < until) {
                int count = process.getInputStream().read(part);
                assertThat(count).isPositive();
                until = until < 0 ? System.nanoTime() + wanted : until;
                out.append(new String(part, 0, count, StandardCharsets.UTF_8));
            }
            process.destroyForcibly().waitFor();
            List<String> lines = out.substring(0, out.lastIndexOf("\n")).lines().toList();
            long last = Long.parseLong(lines.getLast().split(" ")[1]);
            for (String line : lines) {
                String[] words = line.split(" ");
                if (Long.parseLong(words[1]) < last - 1_000) {
                    expected.add(words[0]);
                }
            }
        }

        assertThat(expected).hasSizeGreaterThan(100);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT request_id FROM usage")) {
            Set<String> found = new HashSet<>();
            while (rows.next()) {
                assertThat(found.add(rows.getString(1))).isTrue();
            }
            assertThat(found).containsAll(expected);
        }
    }
}
