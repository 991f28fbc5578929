package io.llmgateway.launcher;

import io.llmgateway.model.Secret;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks a running gateway how it is, for containers without another program to ask. Confined to one thread. */
@Command(
        name = "health",
        description = {
            "Ask a running gateway whether it is up, as a health check of a container does.",
            "",
            "Exit code 0 says that it is, 1 that it is not. Needs no key.",
            "Example: llm-gateway health --ready --url https://127.0.0.1:8443 --ca-file ca.pem"
        },
        mixinStandardHelpOptions = true)
final class HealthCommand implements Callable<Integer> {
    private static final String PORT_VARIABLE = Ports.variable(Ports.DATA_PATH);

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "where the listener for applications is (default: http://127.0.0.1 with the port of"
                    + " GATEWAY_SERVER_PORT, else 8080)")
    private @Nullable String url;

    @Option(names = "--ready", description = "ask whether it takes requests (/ready), not only whether it runs")
    private boolean ready;

    @Mixin
    private AdminTrust trust = new AdminTrust();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        String port = System.getenv().getOrDefault(PORT_VARIABLE, "8080");
        URI base = AdminClient.uri(url == null ? "http://127.0.0.1:" + port : url);
        AdminClient.Answer answer =
                new AdminClient(base, Secret.of(""), trust.caFile()).send("GET", ready ? "/ready" : "/health");
        boolean good = answer.status() == 200;
        PrintWriter to = good ? spec.commandLine().getOut() : spec.commandLine().getErr();
        to.println(answer.status() + " " + answer.text().strip());
        to.flush();
        return good ? Main.OK : Main.FAILED;
    }
}
