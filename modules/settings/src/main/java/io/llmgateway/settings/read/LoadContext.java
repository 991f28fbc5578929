package io.llmgateway.settings.read;

import io.llmgateway.settings.Problem;
import io.llmgateway.settings.reference.SettingRecorder;
import io.llmgateway.settings.tree.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What the readers of one load share: the problems found so far, and where secrets come from. Confined to one load. */
final class LoadContext {
    // written out: the comparators that the JDK composes are serializable, and the AOT cache cannot hold such lambdas
    private static final Comparator<Problem> IN_ORDER_OF_THE_FILE = (one, other) -> one.line() == other.line()
            ? Integer.compare(one.column(), other.column())
            : Integer.compare(one.line(), other.line());

    private final Map<String, String> environment;
    private final Path folder;
    private final SettingRecorder shape;
    private final boolean probing;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private final List<Section> sections = new ArrayList<>();
    private final Set<Path> filesUsed = new LinkedHashSet<>();
    private final Set<String> variablesUsed = new LinkedHashSet<>();
    private final Set<String> fixedPaths = new LinkedHashSet<>();

    LoadContext(Map<String, String> environment, Path folder) {
        this(environment, folder, SettingRecorder.off(), false);
    }

    private LoadContext(Map<String, String> environment, Path folder, SettingRecorder shape, boolean probing) {
        this.environment = environment;
        this.folder = folder;
        this.shape = shape;
        this.probing = probing;
    }

    /** A load that also writes down what holds in the end. */
    static LoadContext noting(Map<String, String> environment, Path folder) {
        return new LoadContext(environment, folder, SettingRecorder.root(), false);
    }

    /** Not a load: every list has one empty element and every map one name, so that all settings are asked for. */
    static LoadContext probe() {
        return new LoadContext(Map.of(), Path.of(""), SettingRecorder.root(), true);
    }

    /** Where readers write down what they ask for. */
    SettingRecorder shape() {
        return shape;
    }

    boolean probing() {
        return probing;
    }

    void problem(Place place, String path, String message) {
        if (problems.size() < Problem.MAX_PROBLEMS) {
            problems.add(place.problem(path, message));
        }
    }

    void warning(Place place, String path, String message) {
        if (warnings.size() < Problem.MAX_PROBLEMS) {
            warnings.add(place.problem(path, message));
        }
    }

    /** Problems so far, open to more: the YAML reader adds its own. */
    List<Problem> problems() {
        return problems;
    }

    Map<String, String> environment() {
        return environment;
    }

    /** What relative paths in the file start from. */
    Path folder() {
        return folder;
    }

    void opened(Section section) {
        sections.add(section);
    }

    /** Notes a file whose content the settings depend on, whether it could be read or not. */
    void fileUsed(Path file) {
        filesUsed.add(file.toAbsolutePath());
    }

    Set<Path> filesUsed() {
        return filesUsed;
    }

    void variableUsed(String name) {
        variablesUsed.add(name);
    }

    Set<String> variablesUsed() {
        return variablesUsed;
    }

    /** Notes a single value whose path holds no name or index of the user's choice. */
    void fixedPath(String path) {
        fixedPaths.add(path);
    }

    Set<String> fixedPaths() {
        return fixedPaths;
    }

    /** Reports every key that no reader asked for. */
    void reportUnknownKeys() {
        sections.forEach(Section::reportUnknownKeys);
    }

    List<Problem> orderedProblems() {
        List<Problem> found = ordered(problems.stream());
        if (problems.size() < Problem.MAX_PROBLEMS) {
            return found;
        }
        String more = "these are the first " + Problem.MAX_PROBLEMS + " problems, there are more";
        return Stream.concat(found.stream(), Stream.of(Place.of("configuration").problem("", more)))
                .toList();
    }

    List<Problem> orderedWarnings() {
        return ordered(warnings.stream());
    }

    private static List<Problem> ordered(Stream<Problem> problems) {
        return problems.distinct().sorted(IN_ORDER_OF_THE_FILE).toList();
    }
}
