package io.llmgateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart, rendered: valid manifests, a configuration that loads, a stop that waits for streams. */
class HelmChartTest {
    private static final Path CHART = Path.of(System.getProperty("root.dir"), "deploy/helm/llm-gateway");
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String EVERYTHING = """
            image: {tag: "9.9"}
            imagePullSecrets: [{name: pull}]
            persistence: {enabled: true, storageClass: fast}
            serviceMonitor: {enabled: true}
            networkPolicy: {enabled: true, adminFrom: [{namespaceSelector: {matchLabels: {name: monitoring}}}]}
            podAnnotations: {a: "b"}
            nodeSelector: {disk: ssd}
            tolerations: [{key: x, operator: Exists}]
            affinity: {podAntiAffinity: {}}
            volumes: [{name: tls, secret: {secretName: tls}}]
            volumeMounts: [{name: tls, mountPath: /etc/tls}]
            config: {server: {tls: {certificate: /etc/tls/tls.crt, key: /etc/tls/tls.key}}}
            """;

    private static Map<String, JsonNode> render(String more) throws IOException {
        ObjectNode values = (ObjectNode) YAML.readTree(Files.readString(CHART.resolve("values.yaml")));
        JsonNode over = YAML.readTree(more);
        if (over.isObject()) {
            merge(values, (ObjectNode) over);
        }
        ObjectNode context = YAML.createObjectNode();
        context.set("Values", values);
        context.putObject("Release").put("Name", "gw").put("Service", "Helm");
        context.putObject("Chart").put("AppVersion", "1.2.3");
        HelmTemplates templates = new HelmTemplates(context);
        templates.define(Files.readString(CHART.resolve("templates/_helpers.tpl")));
        Map<String, JsonNode> manifests = new TreeMap<>();
        try (Stream<Path> files = Files.list(CHART.resolve("templates"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".yaml")).toList()) {
                for (String document : templates.render(Files.readString(file)).split("(?m)^---$")) {
                    if (!document.isBlank()) {
                        JsonNode manifest = YAML.readTree(document);
                        manifests.put(
                                manifest.path("kind").asText() + "/"
                                        + manifest.path("metadata").path("name").asText(),
                                manifest);
                    }
                }
            }
        }
        return manifests;
    }

    private static void merge(ObjectNode into, ObjectNode from) {
        from.properties().forEach(field -> {
            if (into.get(field.getKey()) instanceof ObjectNode known && field.getValue() instanceof ObjectNode more) {
                merge(known, more);
            } else {
                into.set(field.getKey(), field.getValue());
            }
        });
    }

    private static Schema schema() throws IOException {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(CHART.resolve("values.schema.json")));
    }

    @Test
    void values_fitTheirSchema() throws IOException {
        assertThat(schema().validate(Files.readString(CHART.resolve("values.yaml")), InputFormat.YAML))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"replicas: -1", "replica: 1", "image: {}", "service: {port: 0}", "config: {keys: []}"})
    void wrongValues_areRefused(String wrong) throws IOException {
        ObjectNode values = (ObjectNode) YAML.readTree(Files.readString(CHART.resolve("values.yaml")));
        values.setAll((ObjectNode) YAML.readTree(wrong));
        assertThat(schema().validate(values.toString(), InputFormat.JSON)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", EVERYTHING})
    void manifests_haveWhatKubernetesDemands(String more) throws IOException {
        Map<String, JsonNode> manifests = render(more);

        assertThat(manifests)
                .containsKeys(
                        "ConfigMap/gw-config",
                        "Service/gw",
                        "Service/gw-admin",
                        "StatefulSet/gw",
                        "PodDisruptionBudget/gw");
        for (JsonNode manifest : manifests.values()) {
            assertThat(manifest.path("apiVersion").asText()).isNotEmpty();
            assertThat(manifest.at("/metadata/labels/app.kubernetes.io~1instance")
                            .asText())
                    .isEqualTo("gw");
        }
        JsonNode set = manifests.get("StatefulSet/gw");
        JsonNode labels = set.at("/spec/template/metadata/labels");
        set.at("/spec/selector/matchLabels")
                .properties()
                .forEach(label -> assertThat(labels.path(label.getKey())).isEqualTo(label.getValue()));
        JsonNode container = set.at("/spec/template/spec/containers/0");
        assertThat(container.path("image").asText()).endsWith(more.isEmpty() ? ":1.2.3" : ":9.9");
        assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/ready");
        assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/health");
        assertThat(container.at("/readinessProbe/httpGet/scheme").asText())
                .isEqualTo(more.isEmpty() ? "HTTP" : "HTTPS");
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean())
                .isFalse();
        assertThat(set.at("/spec/template/spec/securityContext/runAsNonRoot").asBoolean())
                .isTrue();
        assertThat(set.at("/spec/template/spec/securityContext/runAsUser").asInt())
                .isEqualTo(10001);
        assertThat(container.at("/ports/0/containerPort").asInt()).isEqualTo(8080);
        // every mount has its volume
        for (JsonNode mount : container.path("volumeMounts")) {
            String name = mount.path("name").asText();
            boolean volume = Stream.of("/spec/template/spec/volumes", "/spec/volumeClaimTemplates")
                    .flatMap(at -> Stream.iterate(0, i -> i < set.at(at).size(), i -> i + 1)
                            .map(i -> set.at(at).get(i)))
                    .anyMatch(each -> each.path("name").asText().equals(name)
                            || each.at("/metadata/name").asText().equals(name));
            assertThat(volume).as(name).isTrue();
        }
    }

    @Test
    void options_makeTheirManifests() throws IOException {
        assertThat(render("")).doesNotContainKeys("ServiceMonitor/gw", "NetworkPolicy/gw");
        Map<String, JsonNode> manifests = render(EVERYTHING);
        assertThat(manifests
                        .get("ServiceMonitor/gw")
                        .at("/spec/endpoints/0/port")
                        .asText())
                .isEqualTo("admin");
        assertThat(manifests.get("NetworkPolicy/gw").at("/spec/ingress").size()).isEqualTo(2);
        assertThat(manifests
                        .get("StatefulSet/gw")
                        .at("/spec/volumeClaimTemplates/0/spec/storageClassName")
                        .asText())
                .isEqualTo("fast");
    }

    @Test
    void configuration_loads_andThePodWaitsForItsStreams() throws IOException {
        Map<String, JsonNode> manifests = render("");
        String yaml =
                manifests.get("ConfigMap/gw-config").at("/data/gateway.yaml").asText();
        Map<String, String> environment = Map.of(
                "GATEWAY_ADMIN_KEY", "an-admin-key-for-this-test",
                "GATEWAY_CLIENT_KEY", "a-client-key-for-this-test",
                "OPENAI_API_KEY", "a");
        LoadResult result = SettingsLoader.load("gateway.yaml", yaml, Path.of("."), Sources.of(environment));

        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        GatewaySettings settings = ((LoadResult.Loaded) result).settings();
        Duration stop = settings.server()
                .shutdown()
                .acceptPeriod()
                .plus(settings.server().shutdown().gracePeriod());
        assertThat(manifests
                        .get("StatefulSet/gw")
                        .at("/spec/template/spec/terminationGracePeriodSeconds")
                        .asLong())
                .isGreaterThan(stop.toSeconds());
    }

    @Test
    void configurationOfTheOperator_replacesTheSample_andIsNotMergedIntoIt() throws IOException {
        Map<String, JsonNode> manifests = render("""
                config:
                  server: {host: 0.0.0.0, allow-insecure-http: true}
                  keys: [{name: mine, key: {env: MINE}}]
                  providers: {vllm: {type: openai, instances: [{name: v, base-url: "http://vllm:8000/v1"}]}}
                """);
        String yaml =
                manifests.get("ConfigMap/gw-config").at("/data/gateway.yaml").asText();
        LoadResult result = SettingsLoader.load(
                "gateway.yaml", yaml, Path.of("."), Sources.of(Map.of("MINE", "a-client-key-for-this-test")));

        assertThat(result).isInstanceOfSatisfying(LoadResult.Loaded.class, loaded -> {
            assertThat(loaded.settings().providers())
                    .extracting(provider -> provider.name().value())
                    .containsExactly("vllm");
            assertThat(loaded.settings().keys()).hasSize(1);
        });
        assertThat(manifests
                        .get("StatefulSet/gw")
                        .at("/spec/template/spec/containers/0/env")
                        .toString())
                .contains("{\"name\":\"GATEWAY_SERVER_PORT\",\"value\":\"8080\"}");
    }

    @Test
    void renderer_knowsNothingElse() {
        HelmTemplates templates = new HelmTemplates(YAML.createObjectNode());
        assertThatThrownBy(() -> templates.render("{{ range .Values.x }}{{ end }}"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
