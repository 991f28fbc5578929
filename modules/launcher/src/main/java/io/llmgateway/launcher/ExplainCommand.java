package io.llmgateway.launcher;

import io.llmgateway.settings.GatewaySettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what would become of a request, without sending it. Confined to one thread. */
@Command(
        name = "explain",
        description = {
            "Show what would become of a request, without calling anything: what matches the model's name, targets and",
            "fallbacks in order, their instances with the reasons why they are not used, conversion, prices, limits.",
            "",
            "Example: llm-gateway explain -c gateway.yaml --model fast --key search-team",
            "Exit code 1 says that the request would be refused."
        },
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            required = true,
            description = "configuration file (YAML)")
    private Path config = Path.of("");

    @Option(names = "--model", paramLabel = "NAME", required = true, description = "the model a client asks for")
    private String model = "";

    @Option(names = "--key", paramLabel = "NAME", description = "the name of its key, never the key itself")
    private @Nullable String key;

    @Option(names = "--protocol", paramLabel = "NAME", description = "openai or anthropic (default: openai)")
    private @Nullable String protocol;

    @Option(names = "--json", description = "write JSON")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() {
        Optional<GatewaySettings> settings =
                Configurations.load(config, Map.of(), spec.commandLine().getErr());
        if (settings.isEmpty()) {
            return Main.INVALID;
        }
        Explanation explanation;
        try {
            explanation = Explainer.of(settings.get()).explain(model, key, Explainer.protocol(protocol));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? ExplanationJson.of(explanation) : ExplanationText.of(explanation));
        out.flush();
        return explanation.served() ? Main.OK : Main.FAILED;
    }
}
