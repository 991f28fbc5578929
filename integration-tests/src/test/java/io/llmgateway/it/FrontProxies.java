package io.llmgateway.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Real nginx and HAProxy, each with one port per server behind it. */
final class FrontProxies implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(20);

    private final List<Process> processes = new ArrayList<>();
    private final int[] nginx;
    private final int[] haproxy;

    private FrontProxies(int[] nginx, int[] haproxy) {
        this.nginx = nginx;
        this.haproxy = haproxy;
    }

    /** True when both are installed; CI wants them in any case, and fails without. */
    static boolean areThere() {
        return "required".equals(System.getenv("SDK_TESTS"))
                || (program("nginx").isPresent() && program("haproxy").isPresent());
    }

    private static Optional<String> program(String name) {
        return Stream.concat(
                        Arrays.stream(System.getenv("PATH").split(":", -1)), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    /** Starts both in front of servers at these ports. */
    static FrontProxies start(Path folder, int... behind) throws Exception {
        FrontProxies proxies = new FrontProxies(free(behind.length), free(behind.length));
        Path nginx = Files.writeString(folder.resolve("nginx.conf"), proxies.nginxText(folder, behind));
        Path haproxy = Files.writeString(folder.resolve("haproxy.cfg"), proxies.haproxyText(behind));
        proxies.run(folder, program("nginx").orElseThrow(), "-c", nginx.toString(), "-p", folder.toString());
        proxies.run(folder, program("haproxy").orElseThrow(), "-db", "-q", "-f", haproxy.toString());
        for (int i = 0; i < behind.length; i++) {
            proxies.await(folder, proxies.nginx[i]);
            proxies.await(folder, proxies.haproxy[i]);
        }
        return proxies;
    }

    /**
     * Starts HAProxy in front of a gateway, handing connections on as they are.
     *
     * @param option how it says whose they are: {@code send-proxy} or {@code send-proxy-v2}
     */
    static FrontProxies announcing(Path folder, String option, int behind) throws Exception {
        FrontProxies proxies = new FrontProxies(new int[0], free(1));
        Path file =
                Files.writeString(folder.resolve(option + ".cfg"), """
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 20s
                  timeout server 20s
                listen l
                  bind 127.0.0.1:%d
                  server s 127.0.0.1:%d %s
                """.formatted(proxies.haproxy[0], behind, option));
        proxies.run(folder, program("haproxy").orElseThrow(), "-db", "-q", "-f", file.toString());
        proxies.await(folder, proxies.haproxy[0]);
        return proxies;
    }

    /** Starts both with files as the documents show them; in the texts PORT is where each listens. */
    static FrontProxies documented(Path folder, String nginxText, String haproxyText) throws Exception {
        FrontProxies proxies = new FrontProxies(free(1), free(1));
        Path nginx = Files.writeString(
                folder.resolve("nginx.conf"), nginxText.replace("PORT", Integer.toString(proxies.nginx[0])));
        Path haproxy = Files.writeString(
                folder.resolve("haproxy.cfg"), haproxyText.replace("PORT", Integer.toString(proxies.haproxy[0])));
        String here = "daemon off; pid " + folder.resolve("nginx.pid") + ";";
        String errors = folder.resolve("nginx.log").toString();
        proxies.run(folder, program("nginx").orElseThrow(), "-e", errors, "-c", nginx.toString(), "-g", here);
        proxies.run(folder, program("haproxy").orElseThrow(), "-db", "-q", "-f", haproxy.toString());
        proxies.await(folder, proxies.nginx[0]);
        proxies.await(folder, proxies.haproxy[0]);
        return proxies;
    }

    int nginx(int behind) {
        return nginx[behind];
    }

    int haproxy(int behind) {
        return haproxy[behind];
    }

    private static int[] free(int count) throws IOException {
        List<ServerSocket> taken = new ArrayList<>();
        int[] ports = new int[count];
        for (int i = 0; i < count; i++) {
            taken.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            ports[i] = taken.get(i).getLocalPort();
        }
        for (ServerSocket socket : taken) {
            socket.close();
        }
        return ports;
    }

    private String nginxText(Path folder, int[] behind) {
        StringBuilder text = new StringBuilder("""
                daemon off;
                master_process off;
                pid %1$s/nginx.pid;
                error_log %1$s/nginx.log crit;
                events { worker_connections 1024; }
                http {
                  access_log off;
                  client_body_temp_path %1$s/nginx-body;
                  proxy_temp_path %1$s/nginx-proxy;
                  fastcgi_temp_path %1$s/nginx-fastcgi;
                  uwsgi_temp_path %1$s/nginx-uwsgi;
                  scgi_temp_path %1$s/nginx-scgi;
                  client_header_timeout 1s;
                  keepalive_timeout 1s;
                  client_body_timeout 1s;
                  lingering_close off;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                  proxy_next_upstream off;
                  proxy_ignore_client_abort on;
                """.formatted(folder));
        for (int i = 0; i < behind.length; i++) {
            text.append(
                    "  upstream u%1$d { server 127.0.0.1:%2$d max_fails=0; keepalive 8; }%n".formatted(i, behind[i]));
            text.append("  server { listen 127.0.0.1:%2$d; location / { proxy_pass http://u%1$d; } }%n"
                    .formatted(i, nginx[i]));
        }
        return text.append("}\n").toString();
    }

    private String haproxyText(int[] behind) {
        StringBuilder text = new StringBuilder("""
                defaults
                  mode http
                  timeout connect 5s
                  timeout client 1s
                  timeout server 10s
                  timeout http-request 1s
                  timeout http-keep-alive 1s
                  retries 0
                """);
        for (int i = 0; i < behind.length; i++) {
            text.append("listen l%1$d%n  bind 127.0.0.1:%2$d%n  server s 127.0.0.1:%3$d%n"
                    .formatted(i, haproxy[i], behind[i]));
        }
        return text.toString();
    }

    private void run(Path folder, String... command) throws IOException {
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("proxies.log").toFile()))
                .start());
    }

    private void await(Path folder, int port) throws Exception {
        long end = System.nanoTime() + START.toNanos();
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(1);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end || processes.stream().anyMatch(each -> !each.isAlive())) {
                    throw new AssertionError("no proxy: " + Files.readString(folder.resolve("proxies.log")), e);
                }
                processes.getFirst().waitFor(50, TimeUnit.MILLISECONDS);
            }
        }
    }

    @Override
    public void close() {
        // nginx's workers are children of its master
        processes.forEach(process -> process.descendants().forEach(ProcessHandle::destroyForcibly));
        processes.forEach(Process::destroyForcibly);
    }
}
