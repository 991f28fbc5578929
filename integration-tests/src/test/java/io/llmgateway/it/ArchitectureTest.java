package io.llmgateway.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the compiler cannot hold: one owner for each library, and no class that runs what it is given. */
class ArchitectureTest {
    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.llmgateway");
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
        "java.util.logging.., logs|launcher",
        "javax.net.ssl.., model|server|upstream"
    })
    void library_isUsedByItsOwnersOnly(String library, String owners) {
        String[] packages = java.util.Arrays.stream(owners.split("\\|"))
                .map(owner -> "io.llmgateway." + owner + "..")
                .toArray(String[]::new);

        noClasses()
                .that()
                .resideOutsideOfPackages(packages)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(classes);
    }

    @ParameterizedTest
    @CsvSource({
        "limits, auth|routing|balancing|upstream|converters|pipeline|server|ledger",
        "ledger, auth|routing|balancing|upstream|converters|pipeline|server|limits|settings",
        "logs, auth|routing|balancing|upstream|converters|pipeline|server|limits|ledger|metrics|traces",
        "traces, auth|routing|balancing|upstream|converters|pipeline|server|limits|ledger|metrics|logs",
        "auth, routing|balancing|upstream|converters|pipeline|server|metrics",
        "routing, auth|balancing|upstream|converters|pipeline|server|metrics",
        "balancing, auth|routing|upstream|converters|pipeline|server",
        "upstream, auth|routing|balancing|converters|pipeline|server|settings",
        "converters, auth|routing|balancing|upstream|pipeline|server|settings|metrics",
        "pipeline, server|launcher|simulator",
        "server, launcher|simulator|upstream|balancing",
        "model, wire|settings|metrics|auth|http",
        "http, model|wire|settings|metrics|auth|upstream|pipeline|server"
    })
    void module_doesNotKnowItsSiblingsOrWhatIsAbove(String module, String others) {
        String[] packages = java.util.Arrays.stream(others.split("\\|"))
                .map(other -> "io.llmgateway." + other + "..")
                .toArray(String[]::new);

        noClasses()
                .that()
                .resideInAPackage("io.llmgateway." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .check(classes);
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
