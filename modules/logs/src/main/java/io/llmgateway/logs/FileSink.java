package io.llmgateway.logs;

import io.llmgateway.settings.LoggingSettings.Rotation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file that is closed and begun anew by size and by time, and opened again when somebody moved or removed it. A write
 * that the disk cut short is taken back, so that every line is whole. Devices and pipes are written to but never moved.
 * Confined to the writer's thread.
 */
final class FileSink implements Sink {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration BETWEEN_TRIES = Duration.ofMinutes(1);

    private final Path file;
    private final Rotation rotation;
    private final OldFiles old;
    private final Clock clock;
    private FileChannel channel;
    private @Nullable Object identity;
    private boolean regular;
    private long size;
    private long period;
    private Instant looked;
    private Instant rotateFrom = Instant.MIN;

    /** Opens the file, or makes it and its folder. */
    FileSink(Path file, Rotation rotation, Clock clock) throws IOException {
        this.file = file.toAbsolutePath();
        this.rotation = rotation;
        this.clock = clock;
        this.old = new OldFiles(this.file, rotation, clock);
        this.looked = clock.instant();
        this.channel = open();
        old.tidy();
    }

    private FileChannel open() throws IOException {
        Path folder = file.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Set<StandardOpenOption> options =
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileChannel opened = posix
                ? FileChannel.open(
                        file,
                        options,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")))
                : FileChannel.open(file, options);
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
        identity = found.fileKey();
        regular = found.isRegularFile();
        size = found.size();
        period = period(size == 0 ? clock.instant() : found.lastModifiedTime().toInstant());
        return opened;
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        Instant now = clock.instant();
        if (regular || !channel.isOpen()) {
            look(now);
            rotateIfDue(now, length);
        }
        ByteBuffer rest = ByteBuffer.wrap(bytes, 0, length);
        try {
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            size += length;
        } catch (IOException e) {
            takeBack(rest.position() > 0);
            throw e;
        }
    }

    private void takeBack(boolean begun) throws IOException {
        if (begun && regular) {
            channel.truncate(size);
        }
    }

    /** Opens the file again when it is no longer the one that stands at its path. */
    private void look(Instant now) throws IOException {
        if (channel.isOpen() && now.isBefore(looked.plus(BETWEEN_LOOKS)) && !now.isBefore(looked)) {
            return;
        }
        looked = now;
        if (!channel.isOpen() || !isStillThere()) {
            channel.close();
            channel = open();
        } else {
            // somebody may have emptied it
            size = channel.size();
        }
    }

    private boolean isStillThere() {
        try {
            return Objects.equals(
                    identity,
                    Files.readAttributes(file, BasicFileAttributes.class).fileKey());
        } catch (IOException _) {
            return false;
        }
    }

    private void rotateIfDue(Instant now, int more) throws IOException {
        boolean full = size > 0 && size + more > rotation.size().bytes();
        boolean over = size > 0 && period(now) != period;
        if (!(full || over) || now.isBefore(rotateFrom)) {
            return;
        }
        channel.close();
        if (!old.take(now)) {
            // the folder cannot be written: the file goes on, and this is tried again later
            rotateFrom = now.plus(BETWEEN_TRIES);
        }
        channel = open();
    }

    /** The number of the period in which the moment falls. */
    private long period(Instant moment) {
        long every = rotation.rotateEvery().toSeconds();
        return every == 0 ? 0 : Math.floorDiv(moment.getEpochSecond(), every);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // every line was written already
        }
    }
}
