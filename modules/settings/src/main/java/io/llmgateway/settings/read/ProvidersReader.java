package io.llmgateway.settings.read;

import io.llmgateway.files.TlsIdentity;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.Secret;
import io.llmgateway.settings.BaseUrl;
import io.llmgateway.settings.Conversion;
import io.llmgateway.settings.ErrorRule;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.InstanceSettings.StaticHeader;
import io.llmgateway.settings.PoolSettings;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.settings.ProviderType;
import io.llmgateway.settings.ProxySettings;
import io.llmgateway.settings.RetrySettings;
import io.llmgateway.settings.SelectionSettings;
import io.llmgateway.settings.TlsTrust;
import io.llmgateway.settings.UpstreamTimeouts;
import io.llmgateway.settings.reference.SettingSpec.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the mapping {@code providers} and the defaults in {@code upstream}. Confined to one load. */
final class ProvidersReader {
    private static final Map<String, ProviderType> TYPES = words(ProviderType.values(), ProviderType::wire);
    private static final Map<String, Conversion> CONVERSIONS = words(Conversion.values(), Conversion::wire);
    private static final List<String> API_VERSIONS = Stream.of(ProviderType.values())
            .flatMap(type -> type.apiVersions().stream())
            .distinct()
            .toList();
    static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
    static final Duration MAX_TIMEOUT = Duration.ofDays(1);
    private static final int MAX_CONNECTIONS = 100_000;

    private final Set<InstanceName> instanceNames = new HashSet<>();
    private final Conversion conversion;
    private final int choices;
    private final UpstreamTimeouts timeouts;
    private final PoolSettings pool;

    private ProvidersReader(Section root) {
        this.conversion = root.choice("conversion", CONVERSIONS).orElse(Conversion.LENIENT);
        this.choices = choices(root.section("choices"), ProviderSettings.DEFAULT_CHOICES);
        Section upstream = root.section("upstream");
        this.timeouts = timeouts(upstream.section("timeouts"), UpstreamTimeouts.DEFAULT);
        this.pool = pool(upstream.section("pool"), PoolSettings.DEFAULT);
    }

    static List<ProviderSettings> read(Section root) {
        ProvidersReader reader = new ProvidersReader(root);
        List<ProviderSettings> providers = new ArrayList<>();
        Map<String, Section> named = root.named("providers");
        named.forEach((name, section) -> {
            ProviderSettings provider = reader.provider(name, section);
            if (provider != null) {
                providers.add(provider);
            }
        });
        if (named.isEmpty()) {
            root.problemAt("providers", "at least one provider is needed");
        }
        return providers;
    }

    private @Nullable ProviderSettings provider(String name, Section section) {
        ProviderName providerName = name(name, section);
        ProviderType type = section.choice("type", TYPES).required();
        Value<String> apiVersion = apiVersion(section, type);
        Conversion own = section.choice("conversion", CONVERSIONS).orElse(conversion);
        int ownChoices = choices(section.section("choices"), choices);
        List<ModelName> models = models(section);
        PoolSettings ownPool = pool(section.section("pool"), pool);
        TlsTrust tls = tls(section.section("tls"));
        Optional<ProxySettings> proxy = proxy(section.section("proxy"));
        RetrySettings retries = retries(section.section("retries"));
        Base base = base(type, section);
        Value<Boolean> discover = section.flag("discover");
        List<InstanceSettings> instances = instances(section, base);
        boolean near =
                !instances.isEmpty() && instances.stream().allMatch(instance -> OwnNetwork.holds(instance.baseUrl()));
        SelectionSettings selection = SelectionReader.read(section, near);
        String version = type == null ? "" : version(section, type, apiVersion, base.versions());
        boolean asked = discover.orElse(near);
        if (providerName == null || type == null || instances.isEmpty()) {
            return null;
        }
        return new ProviderSettings(
                providerName,
                type,
                version,
                own,
                ownChoices,
                models,
                asked,
                ownPool,
                tls,
                proxy,
                selection,
                retries,
                instances);
    }

    private static @Nullable ProviderName name(String name, Section section) {
        try {
            return new ProviderName(name);
        } catch (IllegalArgumentException e) {
            section.problem(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static List<ModelName> models(Section section) {
        return section.items("models", new Kind.Text("model name"), ModelName::new).stream()
                .map(Section.Item::value)
                .distinct()
                .toList();
    }

    private Base base(@Nullable ProviderType type, Section section) {
        return new Base(
                type,
                new HashSet<>(),
                timeouts(section.section("timeouts"), timeouts),
                ErrorsReader.statusOverrides(section, Map.of()),
                ErrorsReader.rules(section, List.of()));
    }

    private static int choices(Section section, int base) {
        return section.integer("max", 1, ProviderSettings.MOST_CHOICES).orElse(base);
    }

    /** The version that is written, else the one that all instances name in their URLs, when it can be spoken. */
    private static String version(Section section, ProviderType type, Value<String> written, Set<String> ofUrls) {
        String version = written.orElse(ofUrls.stream()
                .filter(each -> ofUrls.size() == 1 && type.apiVersions().contains(each))
                .findFirst()
                .orElse(type.defaultApiVersion()));
        ofUrls.stream()
                .filter(each -> !each.equals(version))
                .forEach(other -> section.warningAt(
                        "instances",
                        "a base-url names version " + other + ", but " + version
                                + " is called: api-version says which"));
        return version;
    }

    private static Value<String> apiVersion(Section section, @Nullable ProviderType type) {
        return section.parsed("api-version", new Kind.Choice(API_VERSIONS), text -> {
            if (type != null && !type.apiVersions().contains(text)) {
                throw new IllegalArgumentException(
                        "must be one of: " + String.join(", ", type.apiVersions()) + " for type " + type.wire());
            }
            return text;
        });
    }

    private List<InstanceSettings> instances(Section section, Base base) {
        List<InstanceSettings> instances = new ArrayList<>();
        List<Section> written = section.sections("instances");
        for (Section each : written) {
            InstanceSettings instance = instance(each, base);
            if (instance != null) {
                instances.add(instance);
            }
        }
        if (written.isEmpty()) {
            section.problemAt("instances", "at least one instance is needed");
        }
        return instances;
    }

    private @Nullable InstanceSettings instance(Section section, Base base) {
        InstanceName name = section.parsed("name", "name", InstanceName::new)
                .check(instanceNames::add, "another instance has this name, names are unique over all providers")
                .required();
        BaseUrl baseUrl = section.parsed("base-url", "URL", BaseUrl::parse).required();
        Secret apiKey = Secret.of(section.secret("api-key").orElse(""));
        int priority = section.integer("priority", 1, 100).orElse(InstanceSettings.DEFAULT_PRIORITY);
        int weight = section.integer("weight", 0, InstanceSettings.MAX_WEIGHT).orElse(InstanceSettings.DEFAULT_WEIGHT);
        boolean enabled = section.flag("enabled").orElse(InstanceSettings.DEFAULT_ENABLED);
        int maxConcurrent = section.integer("max-concurrent", 1, 100_000).orElse(InstanceSettings.UNLIMITED);
        UpstreamTimeouts timeouts = timeouts(section.section("timeouts"), base.timeouts());
        Map<Integer, ErrorKind> statusOverrides = ErrorsReader.statusOverrides(section, base.statusOverrides());
        List<ErrorRule> errors = ErrorsReader.rules(section, base.errors());
        List<StaticHeader> headers = headers(section.section("headers"));
        if (name == null || baseUrl == null) {
            return null;
        }
        if (baseUrl.secure() && baseUrl.host().indexOf('_') >= 0) {
            // javax.net.ssl.SNIHostName knows names of letters, digits and hyphens only
            section.warningAt(
                    "base-url", "TLS cannot check a certificate for a host with an underscore, give it another name");
        }
        return new InstanceSettings(
                name,
                base.url(baseUrl),
                apiKey,
                priority,
                weight,
                enabled,
                maxConcurrent,
                timeouts,
                headers,
                statusOverrides,
                errors);
    }

    /** What a provider gives its instances, and the versions that their URLs name. */
    private record Base(
            @Nullable ProviderType type,
            Set<String> versions,
            UpstreamTimeouts timeouts,
            Map<Integer, ErrorKind> statusOverrides,
            List<ErrorRule> errors) {
        /** What is meant by the URL; the version in it is noted. */
        BaseUrl url(BaseUrl written) {
            if (type == null) {
                return written;
            }
            BasePath meant = BasePath.of(type, written);
            if (!meant.version().isEmpty()) {
                versions.add(meant.version());
            }
            return meant.url();
        }
    }

    /** Header fields with values that may be secrets. */
    static List<StaticHeader> headers(Section section) {
        List<StaticHeader> headers = new ArrayList<>();
        for (String name : section.names()) {
            if (!StaticHeader.isName(name)) {
                section.problemWithKey(name, "a header name must hold letters, digits and - _ . only");
            }
            if (StaticHeader.belongsToConnection(name)) {
                section.problemWithKey(name, "this header belongs to the connection and cannot be set");
            }
            section.referenced(name)
                    .optional()
                    .ifPresent(value -> headers.add(new StaticHeader(name, Secret.of(value))));
        }
        return headers;
    }

    private static UpstreamTimeouts timeouts(Section section, UpstreamTimeouts base) {
        return new UpstreamTimeouts(
                section.duration("connect", MIN_TIMEOUT, MAX_TIMEOUT).orElse(base.connect()),
                section.duration("first-token", MIN_TIMEOUT, MAX_TIMEOUT).orElse(base.firstToken()),
                section.duration("idle", MIN_TIMEOUT, MAX_TIMEOUT).orElse(base.idle()),
                section.duration("total", MIN_TIMEOUT, MAX_TIMEOUT).orElse(base.total()));
    }

    private static PoolSettings pool(Section section, PoolSettings base) {
        Duration shortest = Duration.ofSeconds(1);
        return new PoolSettings(
                section.integer("max-active", 1, MAX_CONNECTIONS).orElse(base.maxActive()),
                section.integer("max-idle", 0, MAX_CONNECTIONS).orElse(base.maxIdle()),
                section.duration("idle-timeout", shortest, Duration.ofDays(1)).orElse(base.idleTimeout()),
                section.duration("max-age", shortest, Duration.ofDays(7)).orElse(base.maxAge()));
    }

    private static RetrySettings retries(Section section) {
        RetrySettings base = RetrySettings.DEFAULT;
        return new RetrySettings(
                section.integer("max-attempts", 1, RetrySettings.MOST_ATTEMPTS).orElse(base.maxAttempts()),
                section.integer("budget-percent", 0, 100).orElse(base.budgetPercent()),
                section.integer("budget-minimum", 0, 10_000).orElse(base.budgetMinimum()));
    }

    private static Optional<ProxySettings> proxy(Section section) {
        Optional<BaseUrl> url = section.parsed("url", "URL", BaseUrl::parse)
                .check(parsed -> !parsed.secure() && parsed.path().isEmpty(), "must be http:// with host and port only")
                .optional();
        Secret authorization = Secret.of(section.secret("authorization").orElse(""));
        if (url.isEmpty() && !authorization.isEmpty()) {
            section.problemHere("url", "is needed, authorization alone means nothing");
        }
        return url.map(found -> new ProxySettings(found, authorization));
    }

    private static TlsTrust tls(Section section) {
        Optional<Path> trust = TlsReader.file(section, "ca-certificates").optional();
        Optional<TlsIdentity> identity = TlsReader.identity(section, "client-certificate", "client-key");
        boolean insecure = section.flag("insecure-skip-verify").orElse(TlsTrust.DEFAULT.insecureSkipVerify());
        if (insecure) {
            section.warningAt(
                    "insecure-skip-verify", "every certificate is taken: keys and prompts can be read on the way");
        }
        return TlsTrust.of(trust, identity, insecure);
    }

    private static <T> Map<String, T> words(T[] values, Function<T, String> word) {
        Map<String, T> words = new LinkedHashMap<>();
        for (T value : values) {
            words.put(word.apply(value), value);
        }
        return words;
    }
}
