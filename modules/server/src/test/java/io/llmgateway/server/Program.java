package io.llmgateway.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Another program that speaks to a test: what it is told, and all it says so far. Thread-safe. */
final class Program implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long POLL_NANOS = 1_000_000;

    private final Process process;
    private final StringBuilder said = new StringBuilder();
    private final Thread reader;

    private Program(Process process) {
        this.process = process;
        this.reader = Thread.ofPlatform().daemon().start(this::listen);
    }

    /** True when it is on the path; CI wants it in any case, and fails without. */
    static boolean isThere(String name) {
        return "required".equals(System.getenv("SDK_TESTS"))
                || Arrays.stream(System.getenv("PATH").split(":", -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }

    static Program start(List<String> command) throws IOException {
        return new Program(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** Runs it to its end with this as its input; all that it said. */
    static String run(String input, String... command) throws Exception {
        try (Program program = start(List.of(command))) {
            try (OutputStream out = program.process.getOutputStream()) {
                out.write(input.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                // it has ended before it read all of it: what it said tells why
                program.reader.join();
            }
            if (!program.process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("it does not end: " + program.said());
            }
            program.reader.join();
            return program.said();
        }
    }

    private void listen() {
        try (InputStream in = process.getInputStream();
                Reader text = new InputStreamReader(in, StandardCharsets.ISO_8859_1)) {
            char[] part = new char[4_096];
            int count = text.read(part);
            while (count >= 0) {
                synchronized (said) {
                    said.append(part, 0, count);
                }
                count = text.read(part);
            }
        } catch (IOException e) {
            if (process.isAlive()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    void tell(String text) throws IOException {
        OutputStream out = process.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    String said() {
        synchronized (said) {
            return said.toString();
        }
    }

    /** Waits until it has said this so many times, or has ended. */
    void awaitSaid(String text, int times) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (count(text) < times && process.isAlive()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it does not say " + text + ": " + said());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private int count(String text) {
        String all = said();
        int count = 0;
        for (int at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + 1)) {
            count++;
        }
        return count;
    }

    boolean alive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
