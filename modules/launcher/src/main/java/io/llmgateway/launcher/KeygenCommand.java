package io.llmgateway.launcher;

import io.llmgateway.model.KeyName;
import io.llmgateway.model.Secret;
import io.llmgateway.settings.KeyDigest;
import io.llmgateway.settings.KeyMaterial;
import io.llmgateway.settings.KeyMaterial.GeneratedKey;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a key. Confined to one thread. */
@Command(
        name = "keygen",
        description = {
            "Make a new random key.",
            "",
            "The key is printed once and never stored; the configuration needs only its hash."
        },
        mixinStandardHelpOptions = true)
final class KeygenCommand implements Callable<Integer> {
    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "my-application",
            description = "name of the key in the configuration (default: ${DEFAULT-VALUE})")
    private String name = "my-application";

    @Option(
            names = "--pepper-env",
            paramLabel = "VARIABLE",
            description = "environment variable with the pepper of auth.pepper, for a hash that needs it")
    private @Nullable String pepperVariable;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() {
        KeyName checked = new KeyName(name);
        GeneratedKey key = KeyMaterial.generate(new SecureRandom());
        PrintWriter out = spec.commandLine().getOut();
        out.println("key (give it to the application, it is not shown again):");
        out.println("  " + key.secret().reveal());
        out.println("entry for the configuration, under 'keys:':");
        out.println("  - name: " + checked);
        out.println("    hash: \"" + hash(key) + "\"");
        out.flush();
        return Main.OK;
    }

    private String hash(GeneratedKey key) {
        if (pepperVariable == null) {
            return key.digest().text();
        }
        String pepper = System.getenv(pepperVariable);
        if (pepper == null || pepper.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "the environment variable " + pepperVariable + " is not set");
        }
        KeyDigest digest = KeyDigest.of(key.secret().reveal(), Secret.of(pepper));
        return KeyDigest.PEPPERED_PREFIX + digest.text().substring(KeyDigest.PREFIX.length());
    }
}
