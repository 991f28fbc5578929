package io.llmgateway.launcher;

import io.llmgateway.files.SmallFile;
import io.llmgateway.imports.LiteLlmImport;
import io.llmgateway.imports.LiteLlmImport.Imported;
import io.llmgateway.imports.LiteLlmKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes over configurations of other gateways. Confined to one thread. */
@Command(
        name = "import",
        description = "Turn a configuration of another gateway into one of ours.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ImportCommand.LiteLlm.class, ImportCommand.LiteLlmKeyTable.class})
final class ImportCommand implements Runnable {
    private static final int MAX_FILE_BYTES = 8 * 1024 * 1024;
    private static final int MAX_TABLE_BYTES = 64 * 1024 * 1024;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is needed: litellm or litellm-keys");
    }

    /** Imports a configuration of LiteLLM's proxy. Confined to one thread. */
    @Command(
            name = "litellm",
            description = {
                "Turn a configuration of LiteLLM's proxy into one of ours: the same names lead to the same models.",
                "",
                "What was changed or has no counterpart is listed on standard error. Secrets are never copied: those",
                "that stand in the file itself become environment variables to set. Prices go into a second file",
                "beside that of --output.",
                "",
                "Example: llm-gateway import litellm config.yaml --output gateway.yaml"
            },
            mixinStandardHelpOptions = true)
    static final class LiteLlm implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "LiteLLM's configuration (YAML)")
        private Path file = Path.of("");

        @CommandLine.Mixin
        private Destination destination = new Destination();

        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

        @Override
        public Integer call() throws IOException {
            Path output = destination.output;
            PrintWriter err = spec.commandLine().getErr();
            String text = new String(SmallFile.read(file, MAX_FILE_BYTES), StandardCharsets.UTF_8);
            Path prices = output == null ? null : pricesOf(output);
            Imported imported = LiteLlmImport.of(
                    file.toString(),
                    text,
                    System.getenv(),
                    prices == null ? "" : prices.getFileName().toString());
            imported.notes().forEach(note -> err.println("note: " + note));
            if (imported.yaml().isEmpty()) {
                err.println("error: nothing in " + file + " can be taken over");
                err.flush();
                return Main.INVALID;
            }
            if (output == null || prices == null) {
                PrintWriter out = spec.commandLine().getOut();
                out.print(imported.yaml());
                out.flush();
            } else {
                write(output, imported.yaml(), prices, imported.prices());
                err.println("written: " + output + (imported.prices().isEmpty() ? "" : " and " + prices));
            }
            err.println("set these environment variables before the start:");
            new TreeSet<>(imported.variables()).forEach(variable -> err.println("  " + variable));
            err.flush();
            return Main.OK;
        }

        private static Path pricesOf(Path output) {
            String name = String.valueOf(output.getFileName());
            int dot = name.lastIndexOf('.');
            return output.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + "-prices.yaml");
        }

        private static void write(Path output, String yaml, Path prices, String priceList) throws IOException {
            for (Path path : priceList.isEmpty() ? List.of(output) : List.of(output, prices)) {
                if (Files.exists(path)) {
                    throw new IOException(path + " is there already and is not overwritten");
                }
            }
            Files.writeString(output, yaml);
            if (!priceList.isEmpty()) {
                Files.writeString(prices, priceList);
            }
        }
    }

    private static void writeNew(Path path, String text) throws IOException {
        if (Files.exists(path)) {
            throw new IOException(path + " is there already and is not overwritten");
        }
        Files.writeString(path, text);
    }

    /** Imports the keys of LiteLLM's database. Confined to one thread. */
    @Command(
            name = "litellm-keys",
            description = {
                "Turn the keys of LiteLLM's database into ours, from CSV exports of its tables. Only hashes are in",
                "them: everybody keeps the key they have. Names, teams, models, budgets, limits and expiry are taken",
                "over; what is not is listed on standard error.",
                "",
                "Example: psql \"$DATABASE_URL\" --csv -c 'SELECT * FROM \"LiteLLM_VerificationToken\"' > keys.csv",
                "         psql \"$DATABASE_URL\" --csv -c 'SELECT * FROM \"LiteLLM_TeamTable\"' > teams.csv",
                "         llm-gateway import litellm-keys keys.csv --teams teams.csv --output keys.yaml"
            },
            mixinStandardHelpOptions = true)
    static final class LiteLlmKeyTable implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "the table LiteLLM_VerificationToken as CSV with a header")
        private Path file = Path.of("");

        @Option(names = "--teams", paramLabel = "FILE", description = "the table LiteLLM_TeamTable, likewise")
        private @Nullable Path teams;

        @Option(names = "--budgets", paramLabel = "FILE", description = "the table LiteLLM_BudgetTable, likewise")
        private @Nullable Path budgets;

        @CommandLine.Mixin
        private Destination destination = new Destination();

        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

        @Override
        public Integer call() throws IOException {
            Path output = destination.output;
            PrintWriter err = spec.commandLine().getErr();
            Imported imported = LiteLlmKeys.of(file.toString(), text(file), optional(teams), optional(budgets));
            imported.notes().forEach(note -> err.println("note: " + note));
            if (imported.yaml().isEmpty()) {
                err.println("error: there is no key in " + file + " that can be taken over");
            }
            err.flush();
            if (imported.yaml().isEmpty()) {
                return Main.INVALID;
            }
            if (output == null) {
                spec.commandLine().getOut().print(imported.yaml());
                spec.commandLine().getOut().flush();
            } else {
                writeNew(output, imported.yaml());
            }
            return Main.OK;
        }

        private static Optional<String> optional(@Nullable Path path) throws IOException {
            return path == null ? Optional.empty() : Optional.of(text(path));
        }

        private static String text(Path path) throws IOException {
            return new String(SmallFile.read(path, MAX_TABLE_BYTES), StandardCharsets.UTF_8);
        }
    }

    /** Where a result goes, the same option of every import. Confined to one thread. */
    static final class Destination {
        @Option(
                names = {"-o", "--output"},
                paramLabel = "FILE",
                description = "write here instead of to standard output; an existing file is not overwritten")
        private @Nullable Path output;
    }
}
