package io.llmgateway.launcher;

import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Writes the manual page out of what the commands say of themselves, in the macros of man(7). Confined to one use. */
final class ManPage {
    private final StringBuilder out = new StringBuilder();

    private ManPage() {}

    static String of(CommandLine line) {
        ManPage page = new ManPage();
        page.write(line);
        return page.out.toString();
    }

    private void write(CommandLine line) {
        UsageMessageSpec usage = line.getCommandSpec().usageMessage();
        macro(".TH LLM\\-GATEWAY 1");
        macro(".SH NAME");
        text("llm-gateway - " + lowerFirst(String.join(" ", usage.description())));
        macro(".SH SYNOPSIS");
        macro(".B llm\\-gateway");
        text("COMMAND [OPTIONS]");
        macro(".SH COMMANDS");
        commands("llm-gateway", line);
        macro(".SH EXIT STATUS");
        for (Map.Entry<String, String> code : usage.exitCodeList().entrySet()) {
            macro(".TP");
            macro(".B " + escaped(code.getKey()));
            text(code.getValue());
        }
        macro(".SH FILES");
        macro(".TP");
        macro(".I /etc/llm\\-gateway/gateway.yaml");
        text("the configuration of the service; every setting is in /usr/share/doc/llm-gateway/configuration.md");
        macro(".TP");
        macro(".I /etc/llm\\-gateway/environment");
        text("secrets that the configuration refers to, for --env-file");
    }

    private void commands(String path, CommandLine line) {
        line.getSubcommands().forEach((name, command) -> {
            CommandSpec spec = command.getCommandSpec();
            if (!spec.usageMessage().hidden()) {
                command(path + " " + name, spec);
                commands(path + " " + name, command);
            }
        });
    }

    private void command(String path, CommandSpec spec) {
        macro(".SS " + escaped(path));
        for (String description : spec.usageMessage().description()) {
            if (description.isEmpty()) {
                macro(".PP");
            } else if (description.startsWith("Example:") || description.startsWith("  ")) {
                macro(".br");
                text(description.strip());
            } else {
                text(description);
            }
        }
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            argument("\\fI" + escaped(parameter.paramLabel()) + "\\fR", parameter);
        }
        for (OptionSpec option : spec.options()) {
            if (!option.hidden() && !option.usageHelp() && !option.versionHelp()) {
                String value = option.arity().max() == 0 ? "" : " \\fI" + escaped(option.paramLabel()) + "\\fR";
                argument("\\fB" + escaped(String.join(", ", List.of(option.names()))) + "\\fR" + value, option);
            }
        }
    }

    private void argument(String head, ArgSpec argument) {
        macro(".TP");
        macro(head);
        String value = argument.defaultValue() == null ? "" : argument.defaultValue();
        text(String.join(" ", argument.description()).replace("${DEFAULT-VALUE}", value));
    }

    private void macro(String line) {
        out.append(line).append('\n');
    }

    private void text(String text) {
        out.append(escaped(Ansi.OFF.string(text))).append('\n');
    }

    /** A line whose characters stand for themselves: no dot or quote at its beginning is a macro. */
    private static String escaped(String text) {
        String plain = text.replace("\\", "\\e").replace("-", "\\-");
        return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
    }

    private static String lowerFirst(String text) {
        String first = text.isEmpty() ? "" : text.substring(0, 1).toLowerCase(java.util.Locale.ROOT);
        String rest = text.isEmpty() ? "" : text.substring(1);
        return first + (rest.endsWith(".") ? rest.substring(0, rest.length() - 1) : rest);
    }
}
