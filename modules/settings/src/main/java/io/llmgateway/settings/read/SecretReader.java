package io.llmgateway.settings.read;

import io.llmgateway.files.SmallFile;
import io.llmgateway.settings.ByteSize;
import io.llmgateway.settings.tree.Node;
import io.llmgateway.settings.tree.Place;
import io.llmgateway.settings.tree.Redacted;
import io.llmgateway.settings.tree.YamlOut;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds the text behind a reference to a secret. Messages name the variable or file, never the value. Thread-safe.
 */
final class SecretReader {
    private static final int MAX_FILE_BYTES = 64 * 1024;
    private static final String EXPECTED = "must be text, {env: NAME} or {file: PATH}, was ";

    private SecretReader() {}

    /** The secret; null, with a report, when there is none to be had. */
    static @Nullable String read(Section section, String key, Node node) {
        LoadContext context = section.context();
        String path = section.pathOf(key);
        return switch (node) {
            case Node.Scalar scalar -> {
                String meant = foreignReference(scalar.text());
                if (!meant.isEmpty()) {
                    context.problem(scalar.place(), path, "references are not written like this here, write " + meant);
                    yield null;
                }
                yield usable(context, scalar.place(), path, "the secret", scalar.text());
            }
            case Node.Mapping mapping -> referred(section.inside(key, mapping), mapping.place(), path);
            case Node.Sequence other -> {
                context.problem(other.place(), path, EXPECTED + other.kind());
                yield null;
            }
            case Node.Empty empty -> {
                context.problem(empty.place(), path, "must have a value");
                yield null;
            }
        };
    }

    /** How a reference is written here, to one that other programs know; empty for a text that is none. */
    private static String foreignReference(String text) {
        String written = text.strip();
        String name = "";
        if (written.startsWith("os.environ/")) {
            name = written.substring("os.environ/".length());
        } else if (written.startsWith("${") && written.endsWith("}")) {
            String inside = written.substring(2, written.length() - 1);
            int end = inside.indexOf(':');
            String first = end < 0 ? inside : inside.substring(0, end);
            boolean prefixed = first.equals("env") && end > 0;
            name = prefixed ? inside.substring(end + 1) : first;
        } else if (written.startsWith("$(") && written.endsWith(")")) {
            name = written.substring(2, written.length() - 1);
        } else if (written.startsWith("env:") || written.startsWith("env/")) {
            name = written.substring("env:".length());
        } else if (written.startsWith("$") && written.equals(written.toUpperCase(Locale.ROOT))) {
            // small letters are more likely part of a password
            name = written.substring(1);
        } else if (written.startsWith("file:") && written.indexOf('/') > 0) {
            return "{file: PATH}";
        }
        boolean variable = !name.isEmpty()
                && !Character.isDigit(name.charAt(0))
                && name.chars().allMatch(c -> c == '_' || (c < 128 && Character.isLetterOrDigit(c)));
        return variable ? "{env: " + name + "}" : "";
    }

    /** What may be shown of it: where it comes from, or stars. */
    static String reference(Node node) {
        String variable = "environment variable ";
        return switch (node) {
            case Node.Mapping mapping
            when mapping.entries().get("env") instanceof Node.Scalar name ->
                "{env: " + YamlOut.scalar(Redacted.reference(name.text())) + "}";
            case Node.Mapping mapping
            when mapping.entries().get("file") instanceof Node.Scalar name ->
                "{file: " + YamlOut.scalar(Redacted.reference(name.text())) + "}";
            case Node.Scalar scalar
            when scalar.place().source().startsWith(variable) ->
                "{env: " + YamlOut.scalar(scalar.place().source().substring(variable.length())) + "}";
            default -> "\"***\"";
        };
    }

    private static @Nullable String referred(Section reference, Place place, String path) {
        Value<String> variable = reference.text("env");
        Value<String> file = reference.text("file");
        if (variable.written() == file.written()) {
            String was = variable.written() ? "both" : "neither";
            reference.context().problem(place, path, "must have env or file, has " + was);
            return null;
        }
        if (variable.written()) {
            return variable.optional()
                    .map(name -> fromEnvironment(reference.context(), place, path, name))
                    .orElse(null);
        }
        return file.optional()
                .map(name -> fromFile(reference.context(), place, path, name))
                .orElse(null);
    }

    private static @Nullable String fromEnvironment(LoadContext context, Place place, String path, String name) {
        context.variableUsed(name);
        String what = "environment variable " + Redacted.reference(name);
        String value = context.environment().get(name);
        if (value == null) {
            context.problem(place, path, what + " is not set");
            return null;
        }
        return usable(context, place, path, what, value);
    }

    private static @Nullable String fromFile(LoadContext context, Place place, String path, String name) {
        String what = "secret file '" + Redacted.reference(name) + "'";
        try {
            Path file = context.folder().resolve(name);
            context.fileUsed(file);
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                context.problem(place, path, what + " is not a regular file");
                return null;
            }
            if (Files.size(file) > MAX_FILE_BYTES) {
                context.problem(place, path, what + " is larger than " + ByteSize.ofKiB(64));
                return null;
            }
            String text = new String(SmallFile.read(file, MAX_FILE_BYTES), StandardCharsets.UTF_8).stripTrailing();
            if (readableByAll(file)) {
                context.warning(place, path, what + " can be read by every user, its mode should be 0600");
            }
            return usable(context, place, path, what, text);
        } catch (NoSuchFileException _) {
            context.problem(place, path, what + " does not exist");
        } catch (IOException | InvalidPathException _) {
            context.problem(place, path, what + " cannot be read");
        }
        return null;
    }

    private static boolean readableByAll(Path file) throws IOException {
        return Files.getFileStore(file).supportsFileAttributeView("posix")
                && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    }

    /** A secret goes into a header field, so it must be able to stand there. */
    private static @Nullable String usable(LoadContext context, Place place, String path, String what, String value) {
        if (value.isEmpty()) {
            context.problem(place, path, what + " is empty");
            return null;
        }
        boolean printable = value.chars().allMatch(c -> c >= ' ' && c <= '~');
        if (!printable || value.startsWith(" ") || value.endsWith(" ")) {
            context.problem(place, path, what + " must be one line of printable ASCII without spaces around it");
            return null;
        }
        return value;
    }
}
