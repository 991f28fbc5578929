package io.llmgateway.upstream;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Uses up its file descriptors and writes into a file what becomes of exchanges. Run by {@link DescriptorsTest}. */
final class ExhaustedProcess {
    private static final String GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";

    private ExhaustedProcess() {}

    public static void main(String[] arguments) throws Exception {
        StringBuilder out = new StringBuilder();
        report(out);
        Files.writeString(Path.of(arguments[0]), out);
    }

    private static void report(StringBuilder out) throws Exception {
        try (HttpTransport transport = new HttpTransport(System::nanoTime);
                ScriptedServer server = ScriptedServer.open((socket, number) -> {
                    ScriptedServer.send(socket, GOOD);
                    return true;
                })) {
            ConnectionPool warm = server.pool(transport);
            ConnectionPool byAddress = pool(transport, server, "127.0.0.1");
            ConnectionPool byName = pool(transport, server, "gateway.test.invalid");
            out.append("before: " + ScriptedServer.exchange(transport, warm)).append("\n");
            // everything that a failure needs is loaded before no file can be opened any more
            out.append("unreachable: " + said(transport, byName)).append("\n");
            assert !Descriptors.exhausted(new SocketException("x"));
            out.append("loaded: " + Descriptors.overloaded().kind()).append("\n");

            List<FileInputStream> all = new ArrayList<>();
            useUp(all, out);
            out.append("address: " + said(transport, byAddress)).append("\n");
            out.append("name: " + said(transport, byName)).append("\n");
            out.append("shortages: " + transport.descriptorShortages()).append("\n");
            out.append("reused: " + ScriptedServer.exchange(transport, warm)).append("\n");
            for (FileInputStream one : all) {
                one.close();
            }
            out.append("afterwards: " + ScriptedServer.exchange(transport, byAddress))
                    .append("\n");
        }
    }

    private static ConnectionPool pool(HttpTransport transport, ScriptedServer server, String host) throws IOException {
        return transport.pool(new Origin(
                new InstanceName("a"),
                false,
                host,
                server.port(),
                "",
                Duration.ofSeconds(10),
                new Origin.PoolLimits(4, 2, Duration.ofSeconds(60), Duration.ofMinutes(10)),
                Origin.TlsOptions.SYSTEM));
    }

    private static String said(HttpTransport transport, ConnectionPool pool) {
        try {
            return ScriptedServer.exchange(transport, pool);
        } catch (GatewayException e) {
            return e.error().kind().wire() + ", "
                    + (e.error().message().contains("ulimit -n")
                            ? "ulimit named"
                            : e.error().message());
        }
    }

    private static void useUp(List<FileInputStream> all, StringBuilder out) {
        try {
            while (true) {
                all.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException e) {
            // none is left
            out.append(all.size()).append(" files are open").append("\n");
        }
    }
}
