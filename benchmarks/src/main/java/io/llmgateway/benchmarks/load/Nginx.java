package io.llmgateway.benchmarks.load;

import io.llmgateway.model.Protocol;
import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** nginx in its two parts: the upstream with whole answers, and the proxy to compare with. Stateless. */
final class Nginx {
    private static final String COMMON = """
            daemon off;
            user %3$s;
            pid %1$s/%2$s.pid;
            error_log %1$s/%2$s-error.log;
            worker_processes 2;
            worker_rlimit_nofile 20000;
            events { worker_connections 16384; }
            http {
              access_log off;
              client_body_temp_path %1$s/%2$s-body;
              proxy_temp_path %1$s/%2$s-proxy;
              fastcgi_temp_path %1$s/%2$s-fastcgi;
              uwsgi_temp_path %1$s/%2$s-uwsgi;
              scgi_temp_path %1$s/%2$s-scgi;
              keepalive_requests 100000000;
              keepalive_timeout 600s;
              tcp_nodelay on;
              client_max_body_size 64m;
              client_body_buffer_size 2m;
            """;

    private Nginx() {}

    /** Serves answers of every protocol and size: {@code /o10k/...} is 10 KB of OpenAI's. */
    static Server answers(Path nginx, Path folder) throws IOException {
        Path files = Files.createDirectories(folder.resolve("answers"));
        StringBuilder config = new StringBuilder(COMMON.formatted(folder, "answers", System.getProperty("user.name")));
        int port = Server.freePort();
        config.append("  open_file_cache max=100;\n  open_file_cache_valid 600s;\n  sendfile on;\n  server {\n");
        config.append("    listen 127.0.0.1:")
                .append(port)
                .append(" backlog=4096;\n    root ")
                .append(files);
        config.append(";\n    location /files/ { internal; default_type application/json; }\n");
        Files.createDirectories(files.resolve("files"));
        for (Protocol protocol : Protocol.values()) {
            for (Bodies.Size size : Bodies.SIZES) {
                String name = Bodies.letter(protocol) + size.name();
                Files.writeString(
                        files.resolve("files").resolve(name + ".json"), Bodies.answer(protocol, size.bytes()));
                config.append("    location /").append(name).append("/ { error_page 405 =200 /files/");
                config.append(name).append(".json; return 405; }\n");
            }
        }
        config.append("  }\n}\n");
        return start(nginx, folder, "answers", config.toString(), port);
    }

    /** A proxy: whole answers on its port, streams on the next one. */
    static Server proxy(Path nginx, Path folder, int answers, int streams) throws IOException {
        int port = Server.freePort();
        String config = COMMON.formatted(folder, "proxy", System.getProperty("user.name"))
                + """
                  upstream answers { server 127.0.0.1:%1$d; keepalive 1024; %5$s }
                  upstream streams { server 127.0.0.1:%2$d; keepalive 1024; %5$s }
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_buffering off;
                  server { listen 127.0.0.1:%3$d backlog=4096; location / { proxy_pass http://answers; } }
                  server { listen 127.0.0.1:%4$d backlog=4096; location / { proxy_pass http://streams; } }
                }
                """.formatted(
                        answers, streams, port, port + 1, "keepalive_requests 100000000; keepalive_timeout 600s;");
        return start(nginx, folder, "proxy", config, port);
    }

    /** TLS in front of both upstreams: whole answers on its port, streams on the next one. */
    static Server tls(Path nginx, Path folder, int answers, int streams) throws IOException {
        TestCertificate certificate;
        try {
            certificate = TestCertificate.create(folder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        int port = Server.freePort();
        String upstream = "  upstream %s { server 127.0.0.1:%d; keepalive 1024; keepalive_requests 100000000; }\n";
        String server = "  server { listen 127.0.0.1:%d ssl backlog=4096; location / { proxy_pass http://%s; } }\n";
        String config = COMMON.formatted(folder, "tls", System.getProperty("user.name"))
                + "  proxy_http_version 1.1;\n  proxy_set_header Connection \"\";\n  proxy_buffering off;\n"
                + "  ssl_certificate " + certificate.certificate() + ";\n  ssl_certificate_key " + certificate.key()
                + ";\n"
                + upstream.formatted("answers", answers) + upstream.formatted("streams", streams)
                + server.formatted(port, "answers") + server.formatted(port + 1, "streams") + "}\n";
        return start(nginx, folder, "tls", config, port);
    }

    private static Server start(Path nginx, Path folder, String name, String config, int port) throws IOException {
        Path file = Files.writeString(folder.resolve(name + ".conf"), config);
        List<String> command =
                List.of(nginx.toString(), "-c", file.toString(), "-e", folder + "/" + name + "-start.log");
        return Server.start("nginx-" + name, folder, command, Map.of(), port);
    }
}
