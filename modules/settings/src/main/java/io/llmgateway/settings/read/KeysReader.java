package io.llmgateway.settings.read;

import io.llmgateway.model.KeyName;
import io.llmgateway.settings.AuthSettings;
import io.llmgateway.settings.KeyDigest;
import io.llmgateway.settings.KeySettings;
import io.llmgateway.settings.LimitSet;
import io.llmgateway.settings.ModelGlob;
import io.llmgateway.settings.Network;
import io.llmgateway.settings.Units;
import io.llmgateway.settings.reference.SettingSpec.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the list {@code keys}. Confined to one load. */
final class KeysReader {
    private final Set<KeyName> names = new HashSet<>();
    private final Map<KeyDigest, KeyName> digests = new HashMap<>();
    private final AuthSettings auth;
    private final Set<String> groups;
    private boolean anyEnabled;

    private KeysReader(AuthSettings auth, Set<String> groups) {
        this.auth = auth;
        this.groups = groups;
    }

    /** Reads the keys; groups are the names they may refer to. */
    static List<KeySettings> read(Section root, AuthSettings auth, Set<String> groups) {
        KeysReader reader = new KeysReader(auth, groups);
        List<KeySettings> keys = new ArrayList<>();
        for (Section section : root.sections("keys")) {
            KeySettings key = reader.key(section);
            if (key != null) {
                keys.add(key);
            }
        }
        if (!reader.anyEnabled && (root.isList("keys") || !root.has("keys"))) {
            root.problemAt("keys", "at least one enabled client key is needed, 'llm-gateway keygen' makes one");
        }
        return keys;
    }

    private @Nullable KeySettings key(Section section) {
        KeyName name = section.parsed("name", "name", KeyName::new)
                .check(names::add, "another key has this name")
                .required();
        boolean enabled = section.flag("enabled").orElse(KeySettings.DEFAULT_ENABLED);
        anyEnabled |= enabled;
        KeyDigest digest = digest(section);
        var expires =
                section.parsed("expires", "date or moment", Units::instant).orElse(KeySettings.NEVER);
        List<ModelGlob> models = models(section);
        boolean peppered = peppered(section);
        Optional<String> group = group(section);
        List<Network> networks = section.items("networks", new Kind.Text("network or address"), Network::parse).stream()
                .map(Section.Item::value)
                .toList();
        if (section.isEmptyList("networks")) {
            section.problemAt("networks", "must have at least one network; leave it out to allow all");
        }
        LimitSet limits = LimitsReader.read(section.section("limits"));
        boolean logBodies = section.flag("log-bodies").orElse(false);
        if (logBodies) {
            section.warningAt("log-bodies", "what this key's requests and responses say is written to the log");
        }
        if (name == null || digest == null) {
            return null;
        }
        KeyName other = digests.putIfAbsent(digest, name);
        if (other != null) {
            section.problem("is the same key as '" + other + "'");
        }
        return new KeySettings(name, digest, enabled, expires, models, peppered, group, networks, limits, logBodies);
    }

    private boolean peppered(Section section) {
        boolean peppered = section.text("hash").orElse("").startsWith(KeyDigest.PEPPERED_PREFIX);
        if (peppered && auth.pepper().isEmpty()) {
            section.problemAt("hash", "was made with a pepper, but auth.pepper is not set");
        }
        return peppered;
    }

    private Optional<String> group(Section section) {
        return section.parsed("group", "name of a group", text -> {
                    if (!groups.contains(text)) {
                        throw new WrongNameException("must be the name of a group", Spelling.hint(text, groups));
                    }
                    return text;
                })
                .optional();
    }

    private static @Nullable KeyDigest digest(Section section) {
        Value<KeyDigest> hash = section.parsed("hash", "hash of a key", KeyDigest::parse);
        Value<String> key = section.secret("key")
                .check(
                        text -> text.length() >= KeySettings.MIN_KEY_LENGTH,
                        "a client key must have at least " + KeySettings.MIN_KEY_LENGTH + " characters")
                .check(text -> text.indexOf(' ') < 0, "a client key must not hold spaces");
        if (hash.written() == key.written()) {
            section.problem("must have hash or key, has " + (hash.written() ? "both" : "neither"));
            return null;
        }
        return hash.optional().or(() -> key.optional().map(KeyDigest::of)).orElse(null);
    }

    private static List<ModelGlob> models(Section section) {
        List<ModelGlob> models =
                section.items("models", new Kind.Text("pattern of model names"), ModelGlob::new).stream()
                        .map(Section.Item::value)
                        .toList();
        if (!models.isEmpty()) {
            return models;
        }
        if (section.isEmptyList("models")) {
            section.problemAt("models", "must have at least one pattern, \"*\" allows every model");
        }
        section.derivedItems("models", "*");
        return KeySettings.DEFAULT_MODELS;
    }
}
