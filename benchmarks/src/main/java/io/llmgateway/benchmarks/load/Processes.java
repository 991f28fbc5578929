package io.llmgateway.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What Linux tells about running processes in {@code /proc}. Stateless. */
final class Processes {
    private static final Path PROC = Path.of("/proc");

    private Processes() {}

    /**
     * CPU time of a set of processes, thread by thread.
     *
     * @param byThread nanoseconds by thread id
     * @param names names of the threads
     */
    record CpuSample(Map<Long, Long> byThread, Map<Long, String> names) {
        /** Nanoseconds used since the earlier sample by all threads. */
        long since(CpuSample earlier) {
            return sum(earlier, false);
        }

        /** Nanoseconds used since the earlier sample by the threads of the compilers and the collector. */
        long overheadSince(CpuSample earlier) {
            return sum(earlier, true);
        }

        private long sum(CpuSample earlier, boolean overheadOnly) {
            long sum = 0;
            for (Map.Entry<Long, Long> thread : byThread.entrySet()) {
                if (!overheadOnly || overhead(names.getOrDefault(thread.getKey(), ""))) {
                    sum += thread.getValue() - earlier.byThread.getOrDefault(thread.getKey(), 0L);
                }
            }
            return sum;
        }

        private static boolean overhead(String name) {
            return name.startsWith("C1 Comp")
                    || name.startsWith("C2 Comp")
                    || name.startsWith("G1 ")
                    || name.startsWith("GC Thread")
                    || name.startsWith("VM Thread")
                    || name.startsWith("ZDriver")
                    || name.startsWith("ZWorker");
        }
    }

    /** The CPU time of these processes and of their children. */
    static CpuSample cpu(List<ProcessHandle> processes) {
        Map<Long, Long> times = new HashMap<>();
        Map<Long, String> names = new HashMap<>();
        for (ProcessHandle process : processes) {
            cpu(process.pid(), times, names);
            process.descendants().forEach(child -> cpu(child.pid(), times, names));
        }
        return new CpuSample(times, names);
    }

    private static void cpu(long pid, Map<Long, Long> times, Map<Long, String> names) {
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(PROC.resolve(Long.toString(pid), "task"))) {
            for (Path task : tasks) {
                long id = Long.parseLong(task.getFileName().toString());
                String stat = text(task.resolve("schedstat"));
                if (!stat.isEmpty()) {
                    times.put(id, Long.parseLong(stat.substring(0, stat.indexOf(' '))));
                    names.put(id, text(task.resolve("comm")));
                }
            }
        } catch (NoSuchFileException e) {
            // the process has ended; what it used is not known any more
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        } catch (IOException e) {
            // threads come and go
            return "";
        }
    }

    /** Resident memory of these processes and their children in bytes. */
    static long resident(List<ProcessHandle> processes) {
        long sum = 0;
        for (ProcessHandle process : processes) {
            sum += field(process.pid(), "VmRSS:");
            sum += process.descendants()
                    .mapToLong(child -> field(child.pid(), "VmRSS:"))
                    .sum();
        }
        return sum * 1024;
    }

    /** How many threads of the system a process has. */
    static long threads(ProcessHandle process) {
        return field(process.pid(), "Threads:");
    }

    private static long field(long pid, String name) {
        for (String line : text(PROC.resolve(Long.toString(pid), "status")).split("\n", -1)) {
            if (line.startsWith(name)) {
                String value = line.substring(name.length()).strip();
                int end = value.indexOf(' ');
                return Long.parseLong(end < 0 ? value : value.substring(0, end));
            }
        }
        return 0;
    }

    /** How many file descriptors a process has open. */
    static long descriptors(ProcessHandle process) {
        long count = 0;
        try (DirectoryStream<Path> open = Files.newDirectoryStream(PROC.resolve(Long.toString(process.pid()), "fd"))) {
            for (Path _ : open) {
                count++;
            }
        } catch (IOException e) {
            return 0;
        }
        return count;
    }
}
