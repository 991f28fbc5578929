package io.llmgateway.launcher;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Has a running gateway read its configuration again. Confined to one thread. */
@Command(
        name = "reload",
        description = {
            "Have a running gateway read its configuration again.",
            "",
            "Prints what became of it. A configuration that is not valid changes nothing; the exit code is then 3. The"
                    + " admin key is taken from the environment variable GATEWAY_ADMIN_KEY."
        },
        mixinStandardHelpOptions = true)
final class ReloadCommand implements Callable<Integer> {
    private static final int UNAUTHORIZED = 401;
    private static final int UNPROCESSABLE = 422;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:9090",
            description = "where the gateway's admin listener is (default: ${DEFAULT-VALUE})")
    private String admin = "";

    @Mixin
    private AdminTrust trust = new AdminTrust();

    @Option(names = "--json", description = "print the response of POST /reload as JSON")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        AdminClient.Answer answer =
                AdminClient.of(admin, trust.caFile()).send("POST", json ? "/reload" : "/reload?format=text");
        boolean taken = answer.status() == 200;
        boolean refused = answer.status() == UNPROCESSABLE;
        PrintWriter to =
                taken ? spec.commandLine().getOut() : spec.commandLine().getErr();
        to.println(answer.text().strip());
        if (answer.status() == UNAUTHORIZED) {
            to.println("the key is taken from the environment variable " + AdminClient.KEY_VARIABLE);
        }
        to.flush();
        if (taken) {
            return Main.OK;
        }
        return refused ? Main.INVALID : Main.FAILED;
    }
}
