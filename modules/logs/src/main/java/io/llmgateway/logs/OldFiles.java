package io.llmgateway.logs;

import io.llmgateway.settings.LoggingSettings.Rotation;
import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * The files that a log has left behind: {@code gateway.log.20261125T032238Z}, with {@code .gz} when compressed.
 * Compressing and removing happen in a thread of their own. Thread-safe.
 */
final class OldFiles {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final int STAMP_LENGTH = 16;
    private static final int MOST_IN_A_SECOND = 1_000;
    private static final String COMPRESSED = ".gz";
    private static final String UNFINISHED = ".part";

    private final Path file;
    private final Rotation rotation;
    private final Clock clock;
    private final AtomicInteger asked = new AtomicInteger();
    /** The last name given without its number, and the next number for it; used by the writer's thread only. */
    private String lastName = "";

    private int nextNumber;

    OldFiles(Path file, Rotation rotation, Clock clock) {
        this.file = file;
        this.rotation = rotation;
        this.clock = clock;
    }

    /** Moves the closed file among the old ones; false when that cannot be done. */
    boolean take(Instant now) {
        String name = file.getFileName() + "." + STAMP.format(now);
        if (!name.equals(lastName)) {
            lastName = name;
            nextNumber = 0;
        }
        while (nextNumber < MOST_IN_A_SECOND) {
            // names must sort by age: one that has become free again is not for a younger file
            int i = nextNumber++;
            Path target = file.resolveSibling(i == 0 ? name : name + "-" + (MOST_IN_A_SECOND + i));
            if (Files.exists(target) || Files.exists(compressed(target))) {
                continue;
            }
            try {
                Files.move(file, target);
                tidy();
                return true;
            } catch (FileAlreadyExistsException _) {
                // another process was faster, the next name is tried
            } catch (IOException _) {
                return false;
            }
        }
        return false;
    }

    /** Compresses what is not, and removes what is too old or too many; in the background, one at a time. */
    void tidy() {
        if (asked.getAndIncrement() == 0) {
            Loop.until(LoopName.LOG_FILES, this::work);
        }
    }

    /** Tidies once; false when nobody has asked again meanwhile. */
    private boolean work() {
        int seen = asked.get();
        boolean done = false;
        try {
            tidyNow();
            done = asked.compareAndSet(seen, 0);
        } catch (IOException _) {
            // the next rotation tries again
            done = asked.compareAndSet(seen, 0);
        }
        return !done;
    }

    private void tidyNow() throws IOException {
        List<Path> files = all();
        int tooMany = files.size() - rotation.maxFiles();
        for (int i = 0; i < files.size(); i++) {
            Path found = files.get(i);
            if (i < tooMany || tooOld(found)) {
                Files.deleteIfExists(found);
            } else if (rotation.compress() && !found.toString().endsWith(COMPRESSED)) {
                compress(found);
            }
        }
    }

    /** The old files, oldest first; what a crash left unfinished is removed. */
    private List<Path> all() throws IOException {
        Path folder = file.getParent();
        if (folder == null) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(folder)) {
            List<Path> ours =
                    found.filter(path -> stamp(path).isPresent()).sorted().toList();
            for (Path path : ours) {
                if (path.toString().endsWith(UNFINISHED)) {
                    Files.deleteIfExists(path);
                }
            }
            return ours.stream()
                    .filter(path -> !path.toString().endsWith(UNFINISHED))
                    .toList();
        }
    }

    private boolean tooOld(Path path) {
        return !rotation.maxAge().isZero()
                && stamp(path).orElseThrow().isBefore(clock.instant().minus(rotation.maxAge()));
    }

    private Optional<Instant> stamp(Path path) {
        String name = path.getFileName().toString();
        String prefix = file.getFileName() + ".";
        if (!name.startsWith(prefix) || name.length() < prefix.length() + STAMP_LENGTH) {
            return Optional.empty();
        }
        try {
            String stamp = name.substring(prefix.length(), prefix.length() + STAMP_LENGTH);
            return Optional.of(STAMP.parse(stamp, Instant::from));
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    private static void compress(Path source) throws IOException {
        Path target = compressed(source);
        Path part = target.resolveSibling(target.getFileName() + UNFINISHED);
        Files.deleteIfExists(part);
        Files.createFile(part);
        if (part.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            // who may not read the log may not read its past
            Files.setPosixFilePermissions(part, Files.getPosixFilePermissions(source));
        }
        try (InputStream in = Files.newInputStream(source);
                OutputStream out = new GZIPOutputStream(Files.newOutputStream(part), 64 * 1024)) {
            in.transferTo(out);
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(source);
    }

    private static Path compressed(Path path) {
        return path.resolveSibling(path.getFileName() + COMPRESSED);
    }
}
