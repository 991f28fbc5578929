package io.llmgateway.launcher;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line {@code llm-gateway}. Confined to one thread. */
@Command(
        name = "llm-gateway",
        description = "One server between all applications and all language models.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Versions.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done; for run, demo and simulate: stopped in order",
            "1:the gateway could not start or failed",
            "2:the command line is wrong",
            "3:the configuration is not valid",
            "4:asked twice to stop: requests in flight were cut"
        },
        footer = {"", "Every command explains itself: llm-gateway COMMAND --help"})
public final class Main implements Runnable {
    /** Everything is in order. */
    static final int OK = 0;
    /** The gateway could not start or failed. */
    static final int FAILED = 1;
    /** The configuration is not valid. */
    static final int INVALID = 3;
    /** Asked twice to stop, so that requests under way were cut. */
    static final int CUT = 4;

    // see the class comment of java.lang.Thread
    private static final String PARALLELISM = "jdk.virtualThreadScheduler.parallelism";
    private static final Map<String, Class<?>> COMMANDS = commands();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    Main() {
        this.spec = CommandLine.Model.CommandSpec.create();
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        oneCarrierMore();
        System.exit(run(arguments));
    }

    /**
     * Lets virtual threads have one carrier more than there are processors, unless somebody has set their number. A
     * carrier looks at what other threads hand in (timers, the poller, the listener) only when it has nothing of its
     * own to do: under more than a machine can do all of them were busy with their own for seconds, while single
     * requests waited. The additional one has little of its own. Must run before the first virtual thread.
     */
    private static void oneCarrierMore() {
        if (System.getProperty(PARALLELISM) == null) {
            System.setProperty(
                    PARALLELISM, Integer.toString(Runtime.getRuntime().availableProcessors() + 1));
        }
    }

    /** Runs one command; gives its exit code. */
    public static int run(String... arguments) {
        Logging.configure();
        Optional<RunArguments> plain = RunArguments.plain(arguments);
        return plain.isPresent() ? run(plain.get()) : commandLine(arguments).execute(arguments);
    }

    /** The gateway, without the library that reads the command line: setting that up takes a fifth of its start. */
    private static int run(RunArguments arguments) {
        PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
        try {
            return arguments.run(new PrintWriter(System.out, true, System.out.charset()), err);
        } catch (IOException | InterruptedException | RuntimeException e) {
            return failed(e, err);
        }
    }

    private static int failed(Exception e, PrintWriter err) {
        err.println("error: " + reason(e));
        err.flush();
        return FAILED;
    }

    /** What is wrong, for people: exceptions about files say only which file. */
    private static String reason(Exception e) {
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + " does not exist";
            case AccessDeniedException denied -> denied.getFile() + " cannot be accessed: permission denied";
            case FileSystemException other when other.getReason() != null -> other.getFile() + ": " + other.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("run", RunCommand.class);
        commands.put("demo", DemoCommand.class);
        commands.put("simulate", SimulateCommand.class);
        commands.put("keygen", KeygenCommand.class);
        commands.put("reload", ReloadCommand.class);
        commands.put("health", HealthCommand.class);
        commands.put("usage", UsageCommand.class);
        commands.put("validate", ValidateCommand.class);
        commands.put("config", ConfigCommand.class);
        commands.put("explain", ExplainCommand.class);
        commands.put("import", ImportCommand.class);
        commands.put("completion", ShellCommand.Completion.class);
        commands.put("man", ShellCommand.Man.class);
        commands.put("version", VersionCommand.class);
        return commands;
    }

    /**
     * The commands, ready to be run. When the arguments begin with the name of one, only that one is set up: setting up
     * all of them takes a third of the gateway's start.
     */
    static CommandLine commandLine(String... arguments) {
        CommandLine line = new CommandLine(new Main());
        Class<?> only = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
        for (Class<?> command : only == null ? COMMANDS.values() : List.<Class<?>>of(only)) {
            line.addSubcommand(command);
        }
        return line.setExecutionExceptionHandler((e, command, _) -> failed(e, command.getErr()));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** The text of {@code --version}. */
    static final class Versions implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"llm-gateway " + Version.text()};
        }
    }
}
