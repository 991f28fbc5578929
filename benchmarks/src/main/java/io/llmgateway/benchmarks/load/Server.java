package io.llmgateway.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A server process of a measurement: started, waited for, ended with it. Used by one thread. */
final class Server implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 10_000;
    // so that two benchmarks do not ask for the same ones at the same time
    private static final AtomicInteger nextPort =
            new AtomicInteger((int) (ProcessHandle.current().pid() % 500) * 20);

    private final String name;
    private final Process process;
    private final Path log;
    private final int port;

    private Server(String name, Process process, Path log, int port) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /**
     * Starts a command and waits until something listens on the port.
     *
     * @param environment variables besides the inherited ones
     */
    static Server start(String name, Path folder, List<String> command, Map<String, String> environment, int port)
            throws IOException {
        Server server = launch(name, folder, command, environment, port);
        server.awaitPort();
        return server;
    }

    /** Starts a command without waiting. */
    static Server launch(String name, Path folder, List<String> command, Map<String, String> environment, int port)
            throws IOException {
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new Server(name, builder.start(), log, port);
    }

    private void awaitPort() throws IOException {
        long end = System.nanoTime() + START.toNanos();
        while (!listens()) {
            if (System.nanoTime() > end || !process.isAlive()) {
                close();
                throw new IOException(name + " did not start: " + tail());
            }
            LockSupport.parkNanos(20_000_000L);
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(address(), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private String tail() {
        try {
            String text = Files.readString(log);
            return text.substring(Math.max(0, text.length() - 2000));
        } catch (IOException e) {
            return "no output";
        }
    }

    /** Sends one request on a connection of its own; gives the status, 0 when there was no answer. */
    static int statusOf(InetSocketAddress to, byte[] request) {
        try (Socket socket = new Socket()) {
            socket.connect(to, 2000);
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request);
            try (BufferedReader in = new BufferedReader(
                    new java.io.InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
                String line = in.readLine();
                return line == null ? 0 : Integer.parseInt(line.substring(9, 12));
            }
        } catch (IOException e) {
            return 0;
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), port);
    }

    int port() {
        return port;
    }

    String name() {
        return name;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /**
     * A port that, like the one after it, nobody uses now. It lies below those that the system gives to outgoing
     * connections: thousands of them come and go here, and one could have taken it when its server starts.
     */
    static int freePort() throws IOException {
        IOException last = new IOException("no free port");
        for (int i = 0; i < PORTS; i += 2) {
            int port = FIRST_PORT + Math.floorMod(nextPort.getAndAdd(2), PORTS);
            try (ServerSocket _ = new ServerSocket(port);
                    ServerSocket _ = new ServerSocket(port + 1)) {
                return port;
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
