package io.llmgateway.launcher;

import io.llmgateway.files.SmallFile;
import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the files of a configuration and has it read again when their content is another one and stands still for
 * one interval. Files are looked at by name, through links, so that every way of replacing them is noticed: rewriting,
 * renaming over them, swapping the folder behind a link. Thread-safe.
 */
final class ConfigWatch implements AutoCloseable {
    private static final int MAX_FILE_BYTES = 8 * 1024 * 1024;
    private static final String ABSENT = "absent";

    private final Reloader reloader;
    private final Loop loop;
    private Map<Path, String> seen;
    private @Nullable Map<Path, String> moving;
    private Map<Path, String> content;

    /** Begins to look; the files are those that the active configuration was read from. */
    ConfigWatch(Reloader reloader, Duration interval) {
        this.reloader = reloader;
        this.seen = states();
        this.content = contents(seen);
        this.loop = Loop.every(LoopName.CONFIG_WATCH, interval, this::look);
    }

    private void look() {
        Map<Path, String> now = states();
        if (moving == null && now.equals(seen)) {
            return;
        }
        if (!now.equals(moving)) {
            // whoever writes may not be done yet
            moving = now;
            return;
        }
        moving = null;
        seen = now;
        Map<Path, String> current = contents(now);
        if (!current.equals(content)) {
            // what changes from here on, even before it is read, differs from what is remembered and is noticed
            content = current;
            reloader.reload("file");
            alsoLookAt(states());
        }
    }

    /** The new configuration may name other files; those it named before are remembered as they were before it. */
    private void alsoLookAt(Map<Path, String> found) {
        Map<Path, String> foundContents = contents(found);
        Map<Path, String> states = new TreeMap<>();
        Map<Path, String> contents = new TreeMap<>();
        for (Map.Entry<Path, String> entry : found.entrySet()) {
            Path file = entry.getKey();
            boolean known = content.containsKey(file);
            states.put(file, known ? String.valueOf(seen.get(file)) : entry.getValue());
            contents.put(file, String.valueOf(known ? content.get(file) : foundContents.get(file)));
        }
        seen = states;
        content = contents;
    }

    /** What tells cheaply that a file may have changed: which file it is, its size, when it was written or moved. */
    private Map<Path, String> states() {
        Map<Path, String> states = new TreeMap<>();
        for (Path file : reloader.files()) {
            states.put(file, state(file));
        }
        return states;
    }

    private static String state(Path file) {
        try {
            String attributes = Files.getFileStore(file).supportsFileAttributeView("unix")
                    ? "unix:ino,dev,size,lastModifiedTime,ctime"
                    : "size,lastModifiedTime";
            return new TreeMap<>(Files.readAttributes(file, attributes, new LinkOption[0])).toString();
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return Files.exists(file) ? "unreadable" : ABSENT;
        }
    }

    private static Map<Path, String> contents(Map<Path, String> states) {
        Map<Path, String> contents = new TreeMap<>();
        for (Path file : states.keySet()) {
            contents.put(file, digest(bytes(file)));
        }
        return contents;
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return SmallFile.read(file, MAX_FILE_BYTES);
        } catch (IOException e) {
            return new byte[0];
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
