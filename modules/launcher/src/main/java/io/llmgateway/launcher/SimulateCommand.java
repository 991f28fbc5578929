package io.llmgateway.launcher;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the simulator alone. Confined to one thread. */
@Command(
        name = "simulate",
        description = {
            "Start the simulated providers alone: OpenAI, Anthropic and Gemini on one port.",
            "",
            "The model's name says how it behaves, for example sim/echo, sim/slow-first-token-2s,"
                    + " sim/status-429-retry-after-3, sim/cut-after-5-events, sim/tokens-500-every-5ms."
        },
        mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "9000",
            description = "port to listen on, 0 for any free one (default: ${DEFAULT-VALUE})")
    private int port;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        Simulator simulator = Simulator.start(SimulatorOptions.defaults().withPort(port));
        PrintWriter out = spec.commandLine().getOut();
        out.println("simulator " + simulator.baseUri() + " (openai: /v1, anthropic: /v1, gemini: /v1beta)");
        out.flush();
        return GracefulShutdown.await(() -> {
            simulator.close();
            return Main.OK;
        });
    }
}
