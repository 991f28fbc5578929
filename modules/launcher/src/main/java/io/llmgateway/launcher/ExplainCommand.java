package io.llmgateway.launcher;

import io.llmgateway.explain.Explainer;
import io.llmgateway.explain.Explanation;
import io.llmgateway.explain.ExplanationJson;
import io.llmgateway.explain.ExplanationText;
import io.llmgateway.settings.GatewaySettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
            description = "configuration file (YAML)")
    private @Nullable Path config;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            description = "ask the running gateway whose admin listener is there, instead of a file; the admin key is"
                    + " taken from the environment variable GATEWAY_ADMIN_KEY")
    private @Nullable String admin;

    @Option(names = "--model", paramLabel = "NAME", required = true, description = "the model a client asks for")
    private String model = "";

    @Option(names = "--key", paramLabel = "NAME", description = "the name of its key, never the key itself")
    private @Nullable String key;

    @Option(names = "--protocol", paramLabel = "NAME", description = "openai or anthropic (default: openai)")
    private @Nullable String protocol;

    @Option(names = "--json", description = "write JSON")
    private boolean json;

    @Mixin
    private Inputs inputs = new Inputs();

    @Mixin
    private AdminTrust trust = new AdminTrust();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if ((config == null) == (admin == null)) {
            throw new CommandLine.ParameterException(spec.commandLine(), "give either -c FILE or --admin URL");
        }
        return admin == null ? fromFile(Objects.requireNonNull(config)) : live(admin);
    }

    private int fromFile(Path file) throws IOException {
        Optional<GatewaySettings> settings =
                Configurations.load(file, inputs.sources(), spec.commandLine().getErr());
        if (settings.isEmpty()) {
            return Main.INVALID;
        }
        Explanation explanation;
        try {
            explanation = Explainer.of(settings.get()).explain(model, key, Explainer.protocol(protocol));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        print(json ? ExplanationJson.of(explanation) : ExplanationText.of(explanation));
        return explanation.served() ? Main.OK : Main.FAILED;
    }

    private int live(String url) throws IOException {
        String query = "/explain?model=" + escaped(model)
                + (key == null ? "" : "&key=" + escaped(key))
                + (protocol == null ? "" : "&protocol=" + escaped(protocol))
                + (json ? "" : "&format=text");
        AdminClient.Answer answer = AdminClient.of(url, trust.caFile()).send("GET", query);
        if (answer.status() != 200) {
            spec.commandLine().getErr().println(answer.text().strip());
            spec.commandLine().getErr().flush();
            return Main.FAILED;
        }
        print(answer.text());
        boolean refused = answer.text()
                .lines()
                .anyMatch(line -> line.startsWith("refused: ") || line.strip().equals("\"served\": false,"));
        return refused ? Main.FAILED : Main.OK;
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private void print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }
}
