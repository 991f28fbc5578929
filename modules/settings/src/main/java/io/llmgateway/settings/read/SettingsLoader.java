package io.llmgateway.settings.read;

import io.llmgateway.files.SmallFile;
import io.llmgateway.model.Secret;
import io.llmgateway.settings.AdminSettings;
import io.llmgateway.settings.AuthSettings;
import io.llmgateway.settings.ByteSize;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.GroupSettings;
import io.llmgateway.settings.KeyMaterial;
import io.llmgateway.settings.KeySettings;
import io.llmgateway.settings.LimitSet;
import io.llmgateway.settings.Problem;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.settings.ReloadSettings;
import io.llmgateway.settings.RoutingSettings;
import io.llmgateway.settings.ServerSettings;
import io.llmgateway.settings.UsageSettings;
import io.llmgateway.settings.reference.EffectiveYaml;
import io.llmgateway.settings.reference.SettingDescriptions;
import io.llmgateway.settings.reference.SettingSpec;
import io.llmgateway.settings.tree.Node;
import io.llmgateway.settings.tree.Place;
import io.llmgateway.settings.tree.YamlTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes {@link GatewaySettings} out of a YAML file, the environment and the command line, or reports everything that
 * is wrong with them at once. Thread-safe.
 *
 * <pre>{@code
 * switch (SettingsLoader.load(Path.of("gateway.yaml"), Sources.of(System.getenv()))) {
 *     case LoadResult.Loaded(GatewaySettings settings, var warnings) -> start(settings);
 *     case LoadResult.Invalid(var problems) -> problems.forEach(System.err::println);
 * }
 * }</pre>
 */
public final class SettingsLoader {
    private static final int MAX_FILE_BYTES = 8 * 1024 * 1024;

    private SettingsLoader() {}

    /** Loads a file; relative paths in it start from its folder. */
    public static LoadResult load(Path file, Sources sources) {
        return load(file, sources, new LinkedHashSet<>());
    }

    /**
     * As {@link #load(Path, Sources)}, and tells which files the result depends on: the file itself, secrets,
     * certificates, prices, whether they could be read or not.
     *
     * @param files gets their absolute paths
     */
    public static LoadResult load(Path file, Sources sources, Set<? super Path> files) {
        LoadContext context = new LoadContext(sources.environment(), folderOf(file));
        context.fileUsed(file);
        LoadResult result = load(file, sources, context);
        files.addAll(context.filesUsed());
        return result;
    }

    private static Path folderOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? Path.of("") : folder;
    }

    private static LoadResult load(Path file, Sources sources, LoadContext context) {
        String name = file.toString();
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                return unreadable(name, "the file is not a regular file");
            }
            if (Files.size(file) > MAX_FILE_BYTES) {
                return unreadable(name, "the file is larger than " + new ByteSize(MAX_FILE_BYTES));
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(SmallFile.read(file, MAX_FILE_BYTES)))
                    .toString();
            return load(name, text, sources, context);
        } catch (CharacterCodingException _) {
            return unreadable(name, "the file is not UTF-8 text");
        } catch (IOException e) {
            return unreadable(name, "the file " + reason(file, e));
        }
    }

    private static String reason(Path file, IOException e) {
        if (!Files.exists(file)) {
            return "does not exist";
        }
        return e instanceof AccessDeniedException
                ? "cannot be read: permission denied to the user of this process"
                : "cannot be read: " + e.getMessage();
    }

    /**
     * Loads text that was read already.
     *
     * @param name what problems call the text
     * @param folder what relative paths in the text start from
     */
    public static LoadResult load(String name, String text, Path folder, Sources sources) {
        return load(name, text, sources, new LoadContext(sources.environment(), folder));
    }

    private static LoadResult load(String name, String text, Sources sources, LoadContext context) {
        Node.Mapping tree = YamlTree.read(name, text, context.problems());
        return tree == null ? new LoadResult.Invalid(context.orderedProblems()) : load(tree, sources, context);
    }

    /**
     * Settings without a file: each of {@code OPENAI_API_KEY}, {@code ANTHROPIC_API_KEY} and {@code GEMINI_API_KEY}
     * switches on its provider at its public address.
     *
     * @param key the one client key; show it, since only its digest is kept
     */
    public static LoadResult fromEnvironment(Sources sources, KeyMaterial.GeneratedKey key) {
        LoadContext context = new LoadContext(sources.environment(), Path.of(""));
        if (PublicProvider.in(sources.environment()).isEmpty()) {
            return unreadable(
                    "environment",
                    "no provider: set one of " + PublicProvider.variables() + ", or name a configuration with -c FILE");
        }
        return load(PublicProvider.tree(sources.environment(), key), sources, context);
    }

    /**
     * What holds in the end: the settings of a file with everything laid over it and every default, as a file that can
     * be loaded again. Secrets are shown as where they come from, or as stars.
     */
    public static Effective effective(Path file, Sources sources) {
        LoadContext context = LoadContext.noting(sources.environment(), folderOf(file));
        LoadResult result = load(file, sources, context);
        return new Effective(result, EffectiveYaml.write(context.shape()));
    }

    /**
     * What became of a load, and what holds.
     *
     * @param yaml of no use when the result is not good
     */
    public record Effective(LoadResult result, String yaml) {}

    /** Every setting there is, as the code that reads them knows it. */
    public static SettingSpec reference() {
        return described(SettingDescriptions.load());
    }

    static SettingSpec described(SettingDescriptions meanings) {
        LoadContext context = LoadContext.probe();
        Node.Mapping nothing = new Node.Mapping(Place.of("nothing"), Map.of(), Map.of());
        read(Section.root(context, MergedConfig.of(nothing), nothing));
        return context.shape().described(meanings);
    }

    /** The paths that an environment variable can override; {@code server.port} is {@code GATEWAY_SERVER_PORT}. */
    public static Set<String> overridablePaths() {
        return FixedPaths.ALL;
    }

    private static LoadResult load(Node.Mapping file, Sources sources, LoadContext context) {
        // without a variable of ours nobody needs to know their names, and a start is shorter by half a load
        Set<String> paths = Overrides.hasVariables(sources) ? FixedPaths.ALL : Set.of();
        Node.Mapping tree = Overrides.apply(file, sources, paths, context);
        GatewaySettings settings = read(Section.root(context, MergedConfig.of(tree), tree));
        context.reportUnknownKeys();
        Overrides.reportUnused(sources, paths, context);
        List<Problem> problems = context.orderedProblems();
        return problems.isEmpty()
                ? new LoadResult.Loaded(settings, context.orderedWarnings())
                : new LoadResult.Invalid(problems);
    }

    private static GatewaySettings read(Section root) {
        ServerSettings server = ListenerReader.server(root.section("server"));
        Section adminSection = root.section("admin");
        AdminSettings admin = ListenerReader.admin(adminSection);
        ListenerReader.apart(adminSection, server, admin);
        AuthSettings auth = auth(root.section("auth"));
        List<GroupSettings> groups = GroupsReader.read(root);
        LimitSet limits = LimitsReader.read(root.section("limits"));
        UsageSettings usage = UsageReader.read(root.section("usage"));
        Set<String> groupNames = groups.stream().map(GroupSettings::name).collect(Collectors.toSet());
        List<KeySettings> keys = KeysReader.read(root, auth, groupNames);
        List<ProviderSettings> providers = ProvidersReader.read(root);
        Set<String> providerNames = root.namesUnder("providers");
        RoutingSettings routing = RoutingReader.read(root.section("routing"), providerNames, providers, keys);
        List<LimitSet> sets = limitSets(limits, groups, keys);
        BudgetCheck.warn(root, sets, usage.prices(), providers, routing);
        if (sets.stream().anyMatch(LimitSet::needsMemory) && usage.database().isEmpty()) {
            root.warningAt(
                    "usage",
                    "limits per hour, day or month start anew with every start: set usage.database to keep them");
        }
        return new GatewaySettings(
                server,
                admin,
                auth,
                groups,
                limits,
                usage,
                TelemetryReader.logging(root.section("logging")),
                TelemetryReader.tracing(root.section("tracing")),
                TelemetryReader.conventions(root),
                keys,
                providers,
                routing,
                MetricsReader.read(root.section("metrics")),
                reload(root.section("reload")));
    }

    private static List<LimitSet> limitSets(LimitSet all, List<GroupSettings> groups, List<KeySettings> keys) {
        return Stream.of(
                        Stream.of(all),
                        groups.stream().map(GroupSettings::limits),
                        keys.stream().map(KeySettings::limits))
                .flatMap(each -> each)
                .toList();
    }

    private static AuthSettings auth(Section section) {
        Value<String> pepper = section.secret("pepper")
                .check(text -> text.length() >= KeySettings.MIN_KEY_LENGTH, "must have at least 16 characters");
        return new AuthSettings(
                Secret.of(pepper.orElse("")),
                section.integer("failed-auth-per-minute", 0, 1_000_000)
                        .orElse(AuthSettings.DEFAULT.failedAuthPerMinute()));
    }

    private static ReloadSettings reload(Section section) {
        return new ReloadSettings(
                section.flag("watch").orElse(ReloadSettings.DEFAULT_WATCH),
                section.duration("interval", Duration.ofMillis(100), Duration.ofHours(1))
                        .orElse(ReloadSettings.DEFAULT_INTERVAL));
    }

    private static LoadResult unreadable(String source, String message) {
        return new LoadResult.Invalid(List.of(Place.of(source).problem("", message)));
    }

    /** Every setting whose path holds no name or index of the user's choice: found by reading an empty file. */
    private static final class FixedPaths {
        static final Set<String> ALL = all();

        private static Set<String> all() {
            LoadContext context = new LoadContext(Map.of(), Path.of(""));
            Node.Mapping nothing = new Node.Mapping(Place.of("nothing"), Map.of(), Map.of());
            read(Section.root(context, MergedConfig.of(nothing), nothing));
            return Collections.unmodifiableSet(new TreeSet<>(context.fixedPaths()));
        }
    }
}
