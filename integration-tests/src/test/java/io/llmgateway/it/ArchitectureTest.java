package io.llmgateway.it;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.Source;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the compiler cannot hold: one owner for each library, and no class that runs what it is given. */
class ArchitectureTest {
    private static final int MOST_ARGUMENTS = 6;
    private static final int MOST_PLACES = 3;

    private static final Pattern REQUIRED = Pattern.compile("requires (?:transitive )?io\\.llmgateway\\.(\\w+);");

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.llmgateway");
    }

    private static String[] packages(String names) {
        return Arrays.stream(names.split("\\|"))
                .map(name -> "io.llmgateway." + name)
                .toArray(String[]::new);
    }

    private static String[] under(String names) {
        return Arrays.stream(packages(names)).map(name -> name + "..").toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource({
        "com.fasterxml.., wire|converters|upstream|simulator|testing",
        "io.helidon.webserver.., server|simulator",
        "io.helidon.metrics.., metrics",
        "io.helidon.config.., settings",
        "org.yaml.., settings",
        "picocli.., launcher",
        "io.github.bucket4j.., limits",
        "org.sqlite.., ledger",
        "com.github.luben.., upstream",
        "com.aayushatharva.., upstream",
        "io.opentelemetry.., traces",
        "java.sql.., ledger",
        "java.util.logging.., logs|launcher",
        "javax.net.ssl.., files|server|upstream"
    })
    void library_isUsedByItsOwnersOnly(String library, String owners) {
        noClasses()
                .that()
                .resideOutsideOfPackages(under(owners))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(classes);
    }

    @ParameterizedTest
    @CsvSource({
        "imports, wire|http|metrics|auth|routing|balancing|upstream|converters|pipeline|server|limits|ledger|logs",
        "explain, pipeline|server|admin|ledger|metrics|logs|traces|imports|launcher|simulator",
        "admin, auth|routing|upstream|converters|imports|logs|traces|launcher|simulator",
        "settings, wire|http|metrics|threads|auth|routing|balancing|upstream|converters|pipeline|server|imports",
        "limits, auth|routing|balancing|upstream|converters|pipeline|server|ledger",
        "ledger, auth|routing|balancing|upstream|converters|pipeline|server|limits|settings",
        "logs, auth|routing|balancing|upstream|converters|pipeline|server|limits|ledger|metrics|traces",
        "traces, auth|routing|balancing|upstream|converters|pipeline|server|limits|ledger|metrics|logs",
        "auth, routing|balancing|upstream|converters|pipeline|server|metrics",
        "routing, auth|balancing|upstream|converters|pipeline|server|metrics",
        "balancing, auth|routing|upstream|converters|pipeline|server",
        "upstream, auth|routing|balancing|converters|pipeline|server|settings",
        "converters, auth|routing|balancing|upstream|pipeline|server|settings|metrics",
        "pipeline, server|admin|explain|imports|launcher|simulator",
        "server, admin|explain|imports|launcher|simulator|upstream|balancing",
        "metrics, wire|http|files|settings|auth|limits|routing|balancing|upstream|converters|pipeline|server",
        "wire, http|files|threads|settings|metrics|converters|upstream|pipeline|server",
        "model, wire|settings|metrics|auth|http|files|threads",
        "http, model|wire|settings|metrics|auth|upstream|pipeline|server|files|threads",
        "files, model|wire|http|settings|metrics|threads",
        "threads, model|wire|http|settings|metrics|files"
    })
    void module_doesNotKnowItsSiblingsOrWhatIsAbove(String module, String others) {
        noClasses()
                .that()
                .resideInAPackage("io.llmgateway." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(under(others))
                .check(classes);
    }

    /** The rows of modules in CONTRIBUTING.md are what the module descriptors say, and name every module. */
    @Test
    void modules_useThoseOfTheRowsBelowThem() throws IOException {
        Path root = Path.of(System.getProperty("root.dir", ".."));
        List<String> rows = Files.readString(root.resolve("CONTRIBUTING.md"))
                .lines()
                .dropWhile(line -> !line.equals("## Modules"))
                .dropWhile(line -> !line.equals("```"))
                .skip(1)
                .takeWhile(line -> !line.equals("```"))
                .toList();
        Map<String, Integer> rowOf = new TreeMap<>();
        for (int row = 0; row < rows.size(); row++) {
            for (String word : rows.get(row).strip().split(" +")) {
                if (Files.isDirectory(root.resolve("modules").resolve(word))) {
                    rowOf.put(word, row);
                }
            }
        }
        Set<String> wrong = new TreeSet<>();
        Set<String> found = new TreeSet<>();
        try (Stream<Path> modules = Files.list(root.resolve("modules"))) {
            for (Path descriptor : modules.map(each -> each.resolve("src/main/java/module-info.java"))
                    .filter(Files::exists)
                    .toList()) {
                String name = root.resolve("modules")
                        .relativize(descriptor)
                        .getName(0)
                        .toString();
                found.add(name);
                Matcher required = REQUIRED.matcher(Files.readString(descriptor));
                while (required.find()) {
                    int below = rowOf.getOrDefault(required.group(1), -1);
                    if (!name.equals("testing") && below <= rowOf.getOrDefault(name, Integer.MAX_VALUE)) {
                        wrong.add(name + " uses " + required.group(1));
                    }
                }
            }
        }
        found.remove("testing");

        assertThat(rowOf.keySet()).isEqualTo(found);
        assertThat(wrong).isEmpty();
    }

    /** What is used by all knows nothing of who reads it, and what describes settings nothing of who reads them. */
    @ParameterizedTest
    @CsvSource({
        "settings, settings.read|settings.reference|settings.tree",
        "settings.tree, settings.read|settings.reference",
        "settings.reference, settings.read"
    })
    void packageOfSettings_doesNotKnowWhatIsAbove(String name, String others) {
        noClasses()
                .that()
                .resideInAPackage("io.llmgateway." + name)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages(others))
                .check(classes);
    }

    @Test
    void packages_haveNoCircle() {
        SlicesRuleDefinition.slices()
                .matching("io.llmgateway.(**)")
                .should()
                .beFreeOfCycles()
                // the entrance puts the hub together that works with what the entrance is made of
                .ignoreDependency(
                        resideInAPackage("io.llmgateway.converters"), resideInAPackage("io.llmgateway.converters.hub"))
                .check(classes);
    }

    /** Where files depend on each other in one direction, each is read after the last without looking back. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "admin",
                "explain",
                "files",
                "metrics",
                "settings",
                "settings.reference",
                "settings.tree",
                "threads"
            })
    void files_haveNoCircle(String name) {
        SlicesRuleDefinition.slices()
                .assignedFrom(filesOf("io.llmgateway." + name))
                .should()
                .beFreeOfCycles()
                .check(classes);
    }

    private static SliceAssignment filesOf(String name) {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass found) {
                return found.getPackageName().equals(name)
                        ? SliceIdentifier.of(
                                found.getSource().flatMap(Source::getFileName).orElse(found.getName()))
                        : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "the files of " + name;
            }
        };
    }

    /** Whoever looks for a name must find the one thing that it means. */
    @Test
    void files_haveNamesOfTheirOwn() {
        Map<String, Set<String>> packagesByName = new TreeMap<>();
        for (JavaClass found : classes) {
            if (found.isTopLevelClass() && !found.getSimpleName().equals("package-info")) {
                packagesByName
                        .computeIfAbsent(found.getSimpleName(), _ -> new TreeSet<>())
                        .add(found.getPackageName());
            }
        }

        assertThat(packagesByName)
                .hasSizeGreaterThan(500)
                .allSatisfy((name, packages) -> assertThat(packages).as(name).hasSize(1));
    }

    /** The language that all modules speak: what it says needs no file, no socket and no thread. */
    @Test
    void model_doesNoInputOrOutput() {
        noClasses()
                .that()
                .resideInAPackage("io.llmgateway.model..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.nio.file..",
                        "java.nio.channels..",
                        "java.net..",
                        "javax.net..",
                        "java.util.concurrent..",
                        "java.util.logging..")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.lang\\.(Thread|Process.*|Runtime|System\\$Logger)")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.io\\.(File.*|.*Stream|.*Reader|.*Writer)")
                .check(classes);
    }

    /**
     * What takes many arguments is put together by their order in one method for each protocol at most; where more
     * would do it, each case has a method with a name.
     */
    @Test
    void whatTakesManyArguments_isMadeInFewPlaces() {
        Set<String> wide = new TreeSet<>();
        for (JavaClass found : classes) {
            for (JavaConstructor constructor : found.getConstructors()) {
                long places = constructor.getCallsOfSelf().stream()
                        .filter(call -> !call.getOriginOwner().equals(found))
                        .map(call -> call.getOrigin().getFullName())
                        .distinct()
                        .count();
                if (constructor.getRawParameterTypes().size() > MOST_ARGUMENTS && places > MOST_PLACES) {
                    wide.add(found.getName() + " in " + places + " methods");
                }
            }
        }

        assertThat(wide).isEmpty();
    }

    /**
     * A thread that dies of one exception takes what it looked after with it until the next start; so what lives long
     * is a Loop. Whatever else starts a thread does one thing and ends, and is named here with its reason.
     */
    @Test
    void threadThatLivesLong_isALoop() {
        Set<String> once = Set.of(
                // the thread of a signal, and of the JVM's own end
                "io.llmgateway.launcher.Signals",
                "io.llmgateway.launcher.GracefulShutdown",
                // prepares what a start needs, while the settings are read
                "io.llmgateway.launcher.RunArguments",
                // the warm-up of a start and its clients, over after server.warm-up
                "io.llmgateway.launcher.WarmUp",
                // one look-up of a host; one try of one address
                "io.llmgateway.upstream.Lookups",
                "io.llmgateway.upstream.Dial",
                // one of several answers to one request, joined before the request goes on
                "io.llmgateway.pipeline.ParallelChoices",
                // one probe of one instance; one watch of one client
                "io.llmgateway.pipeline.Prober",
                // one question to one provider for its models
                "io.llmgateway.pipeline.DiscoveredModels",
                "io.llmgateway.server.ClientWatch",
                // tells one client that its request came too late
                "io.llmgateway.server.InterruptDeadline");
        DescribedPredicate<JavaClass> product = DescribedPredicate.describe(
                "are part of the product and neither a Loop nor named",
                found -> !found.getPackageName().matches("io\\.llmgateway\\.(testing|simulator|benchmarks|it)(\\..*)?")
                        && !found.getName().equals("io.llmgateway.threads.Loop")
                        && once.stream()
                                .noneMatch(name -> found.getName().equals(name)
                                        || found.getName().startsWith(name + "$")));

        noClasses()
                .that(product)
                .should()
                .callMethod(Thread.class, "ofPlatform")
                .orShould()
                .callMethod(Thread.class, "ofVirtual")
                .orShould()
                .callMethod(Thread.class, "startVirtualThread", Runnable.class)
                .orShould()
                .callMethod(Thread.class, "start")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.util\\.concurrent\\.(Executors|ThreadPoolExecutor|ForkJoinPool.*)")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Timer")
                .check(classes);
    }

    @Test
    void nothing_runsWhatItIsGiven() {
        // the fixtures of `testing` are never part of the product; one of them has the JDK's keytool make a certificate
        noClasses()
                .that()
                .resideOutsideOfPackage("io.llmgateway.testing..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.ProcessBuilder")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.ObjectInputStream")
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("javax.script..")
                .check(classes);
    }
}
