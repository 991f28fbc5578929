package io.llmgateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.admin.ReloadReport;
import io.llmgateway.logs.Logs;
import io.llmgateway.model.Secret;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that ask a running gateway whose certificate only a private CA vouches for. */
class AdminCommandsTest {
    private static final String KEY = "an-admin-key-for-this-test-0123";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private TestCertificate own;
    private Path file;
    private Gateway gateway;

    @BeforeEach
    void start() throws Exception {
        own = TestCertificate.create(folder);
        file = folder.resolve("gateway.yaml");
        Files.writeString(file, yaml(""));
        ConfigSource source = ConfigSource.file(file, Map.of("ADMIN", KEY), Map.of());
        Set<Path> files = new LinkedHashSet<>();
        LoadResult.Loaded loaded = (LoadResult.Loaded) source.load(files);
        gateway = Gateway.start(loaded.settings(), source, files, Logs.none());
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private static String yaml(String more) {
        return """
                server: {port: 0, tls: {certificate: certificate.pem, key: key.pem}}
                admin: {port: 0, key: {env: ADMIN}, tls: {certificate: certificate.pem, key: key.pem}}
                reload: {watch: false}
                keys: [{name: a, key: a-key-for-this-test-1}]
                providers: {p: {type: openai, instances: [{name: i, base-url: "http://127.0.0.1:1/v1"}]}}
                """ + more;
    }

    private String admin() {
        return "https://localhost:" + gateway.adminPort().orElseThrow();
    }

    private AdminClient client() throws IOException {
        return new AdminClient(AdminClient.uri(admin()), Secret.of(KEY), own.certificate());
    }

    private int run(String... arguments) {
        return Main.commandLine(arguments)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    @Test
    void commands_acceptAPrivateCa() {
        String ca = own.certificate().toString();

        assertThat(run("health", "--url", "https://localhost:" + gateway.port(), "--ca-file", ca))
                .as(err.toString())
                .isZero();
        assertThat(run("health", "--ready", "--url", "https://localhost:" + gateway.port(), "--ca-file", ca))
                .as(err.toString())
                .isZero();
        assertThat(run("reload", "--admin", admin(), "--ca-file", ca)).isEqualTo(Main.FAILED);
        assertThat(err.toString()).contains("the admin key is missing", "GATEWAY_ADMIN_KEY");
        assertThat(run("explain", "--admin", admin(), "--ca-file", ca, "--model", "m"))
                .isEqualTo(Main.FAILED);
        assertThat(err.toString()).doesNotContain("--ca-file");
    }

    @Test
    void certificateOfAnUnknownCa_isRefused_andTheOptionIsNamed() {
        assertThat(run("explain", "--admin", admin(), "--model", "m")).isEqualTo(Main.FAILED);
        assertThat(run("health", "--url", "https://localhost:" + gateway.port()))
                .isEqualTo(Main.FAILED);

        assertThat(err.toString()).contains("--ca-file").doesNotContain("Exception");
    }

    @Test
    void portWhereNobodyListens_isSaid() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }

        assertThat(run("health", "--url", "http://127.0.0.1:" + free)).isEqualTo(Main.FAILED);
        assertThat(run("reload", "--admin", "127.0.0.1:" + free)).isEqualTo(Main.FAILED);

        assertThat(err.toString())
                .contains("nobody listens at http://127.0.0.1:" + free, "must be a URL such as http://127.0.0.1:9090")
                .doesNotContain("Exception");
    }

    @Test
    void reload_saysInWordsWhatBecameOfIt() throws IOException {
        assertThat(client().send("POST", "/reload?format=text").text())
                .startsWith("configuration 2 is active, nothing differs from the one before\nwarning: " + file)
                .endsWith("better {env: NAME} or {file: PATH}\n");
        Files.writeString(file, yaml("limits: {concurrent: 5}\ngen-ai-conventions: v2\n"));
        assertThat(client().send("POST", "/reload?format=text").text())
                .contains("configuration 3 is active:", "  limits.concurrent added", "with the next start only");
        Files.writeString(file, yaml("limits: {concurent: 5}\n"));
        AdminClient.Answer refused = client().send("POST", "/reload?format=text");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("refused, configuration 3 stays active:", "did you mean");
    }

    @Test
    void renewedCertificate_isReported() throws Exception {
        TestCertificate next = TestCertificate.create(folder, "next-", "san=dns:localhost,ip:127.0.0.1", "-1d", 9);
        Files.copy(next.certificate(), own.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(next.key(), own.key(), StandardCopyOption.REPLACE_EXISTING);

        ReloadReport report = gateway.reload("test").orElseThrow();

        assertThat(report.taken()).isTrue();
        assertThat(report.waiting()).isEmpty();
        assertThat(report.differences())
                .hasSize(2)
                .allMatch(text -> text.contains("tls.certificate (content) changed from valid until "))
                .anyMatch(text -> text.startsWith("server."))
                .anyMatch(text -> text.startsWith("admin."));
    }

    @Test
    void certificateThatDoesNotMatchItsKey_isRefused_andTheOldOneStays() throws Exception {
        TestCertificate next = TestCertificate.create(folder, "next-", "san=dns:localhost", "-1d", 9);
        Files.copy(next.certificate(), own.certificate(), StandardCopyOption.REPLACE_EXISTING);

        ReloadReport report = gateway.reload("test").orElseThrow();

        assertThat(report.taken()).isFalse();
        assertThat(report.problems())
                .extracting(problem -> problem.path() + ": " + problem.message())
                .allMatch(text -> text.contains("tls.key: ") && text.contains("do not belong together"))
                .hasSize(2);
    }

    @Test
    void statusAfterTheStart_hasTheWarningsOfTheStart() throws IOException {
        assertThat(client().send("GET", "/config/status").text())
                .contains("\"trigger\":\"start\"")
                .contains("a secret stands in the configuration itself");
    }

    @Test
    void instanceWithoutABound_hasNone() throws IOException {
        assertThat(client().send("GET", "/instances").text()).contains("\"max_concurrent\":null");
    }

    @Test
    void variablesOfAFile_andSettingsOfTheCommandLine_areLaidOverTheConfiguration() throws IOException {
        Path env = Files.writeString(folder.resolve("environment"), """
                # secrets of the service
                ADMIN="%s"
                export OTHER='x'
                """.formatted(KEY));

        assertThat(run("validate", "-c", file.toString())).isEqualTo(Main.INVALID);
        assertThat(run("validate", "-c", file.toString(), "--env-file", env.toString()))
                .as(err.toString())
                .isZero();
        assertThat(run("validate", "-c", file.toString(), "--env-file", env.toString(), "--set", "server.port=x"))
                .isEqualTo(Main.INVALID);
        assertThat(run(
                        "config",
                        "print",
                        "-c",
                        file.toString(),
                        "--env-file",
                        env.toString(),
                        "--set",
                        "server.port=7"))
                .isZero();
        assertThat(out.toString()).contains("port: 7");
        assertThat(run("run", "-c", file.toString(), "--env-file", env.toString(), "--set", "server.prot=7"))
                .isEqualTo(Main.INVALID);
        assertThat(err.toString()).contains("command line: server.prot").doesNotContain(KEY);
        Files.writeString(env, "no assignment\n");
        assertThat(run("validate", "-c", file.toString(), "--env-file", env.toString()))
                .isEqualTo(Main.FAILED);
        assertThat(err.toString()).contains("environment:1: must be NAME=value");
    }

    @Test
    void sources_areThoseOfTheFileOverTheProcess() throws IOException {
        Path env = Files.writeString(folder.resolve("environment"), "A=1\nB=\n; c\nC=a=b\n");

        assertThat(new Sources(EnvFile.over(Map.of("A", "0", "D", "4"), env), Map.of()).environment())
                .containsExactlyInAnyOrderEntriesOf(Map.of("A", "1", "B", "", "C", "a=b", "D", "4"));
    }
}
