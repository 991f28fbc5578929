package io.llmgateway.settings.reference;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * What every setting means, in words: the only thing about a setting that the code which reads it does not know. A text
 * may stand under the end of a path and then holds wherever paths end so. Confined to one use.
 */
public final class SettingDescriptions {
    private static final String RESOURCE = "settings.properties";

    private final Properties texts;
    private final Set<String> used = new TreeSet<>();
    private final Set<String> missing = new TreeSet<>();

    private SettingDescriptions(Properties texts) {
        this.texts = texts;
    }

    public static SettingDescriptions load() {
        Properties texts = new Properties();
        try (InputStream in = SettingDescriptions.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing");
            }
            Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8);
            texts.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SettingDescriptions(texts);
    }

    /** The text for a path, by its longest end that has one; empty, and noted, when there is none. */
    String of(String path) {
        String end = path;
        while (true) {
            String text = texts.getProperty(end);
            if (text != null) {
                used.add(end);
                return text;
            }
            int dot = end.indexOf('.');
            if (dot < 0) {
                break;
            }
            end = end.substring(dot + 1);
        }
        if (!path.isEmpty() && !path.endsWith("[]") && !path.endsWith(SettingSpec.ANY)) {
            missing.add(path);
        }
        return "";
    }

    /** Paths that were asked for and have no text. */
    public Set<String> missing() {
        return missing;
    }

    /** Texts that nobody asked for. */
    public Set<String> unused() {
        Set<String> unused = new TreeSet<>(texts.stringPropertyNames());
        unused.removeAll(used);
        return unused;
    }
}
