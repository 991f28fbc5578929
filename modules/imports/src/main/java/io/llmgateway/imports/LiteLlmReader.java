package io.llmgateway.imports;

import io.llmgateway.imports.LiteLlmDeployment.Endpoint;
import io.llmgateway.imports.LiteLlmDeployment.Header;
import io.llmgateway.imports.LiteLlmDeployment.Share;
import io.llmgateway.imports.LiteLlmDeployment.Times;
import io.llmgateway.imports.LiteLlmDeployment.Tls;
import io.llmgateway.model.ModelName;
import io.llmgateway.settings.BaseUrl;
import io.llmgateway.settings.InstanceSettings.StaticHeader;
import io.llmgateway.settings.tree.Redacted;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the entries of {@code model_list}. Confined to one import. */
final class LiteLlmReader {
    private static final String LEFT_OUT = ", the deployment is left out";

    private final LiteLlmNotes notes;
    private final LiteLlmPrices prices;
    private final LiteLlmNode general;
    private final Map<String, LiteLlmNode> credentials = new HashMap<>();

    /**
     * Makes a reader.
     *
     * @param root the whole file
     * @param general its {@code litellm_settings}, which hold where a deployment says nothing
     */
    LiteLlmReader(LiteLlmNode root, LiteLlmNode general, LiteLlmPrices prices, LiteLlmNotes notes) {
        this.notes = notes;
        this.prices = prices;
        this.general = general;
        for (LiteLlmNode credential : root.list("credential_list")) {
            credential.ignore("credential_info");
            LiteLlmNode values = credential.under("credential_values");
            credential.text("credential_name").ifPresent(name -> credentials.put(name, values));
        }
    }

    /** Reads an entry; null, with a note, when it cannot be used here. */
    @Nullable
    LiteLlmDeployment read(LiteLlmNode entry) {
        LiteLlmNode params = entry.under("litellm_params");
        LiteLlmNode info = entry.under("model_info");
        String name = entry.plain("model_name").orElse("");
        String unusable = credential(params).or(() -> mocked(params)).orElse("");
        Optional<String> model = params.plain("model");
        if (!unusable.isEmpty() || model.isEmpty()) {
            return leftOut(entry, unusable.isEmpty() ? "there is no model" : unusable);
        }
        LiteLlmProvider.Named named = LiteLlmProvider.named(model.get(), provider(params));
        Optional<String> notChat = LiteLlmMode.notChat(info.text("mode"), named.provider(), named.model());
        if (notChat.isPresent()) {
            return leftOut(entry, notChat.get());
        }
        Optional<String> base = base(params);
        String known = named.provider().isEmpty() && base.isPresent() ? "openai_like" : named.provider();
        Optional<LiteLlmProvider> provider = LiteLlmProvider.of(known);
        if (provider.isEmpty()) {
            return leftOut(
                    entry,
                    known.isEmpty()
                            ? Redacted.of(model.get()) + " names no provider"
                            : "provider '" + known + "' is not spoken");
        }
        String url = url(params, known, provider.get(), base);
        String wrong = wrong(name, named.model(), url);
        if (!wrong.isEmpty()) {
            return leftOut(entry, wrong);
        }
        String key = key(params, known, provider.get(), url);
        prices.add(named.model(), params, info);
        return new LiteLlmDeployment(
                name, known, named.model(), endpoint(params, provider.get(), url, key), share(params), order(params));
    }

    private @Nullable LiteLlmDeployment leftOut(LiteLlmNode entry, String why) {
        entry.ignoreAll();
        entry.note("litellm_params", why + LEFT_OUT);
        return null;
    }

    /** Puts a named credential behind the parameters; tells why it cannot be done. */
    private Optional<String> credential(LiteLlmNode params) {
        Optional<String> name = params.text("litellm_credential_name");
        LiteLlmNode credential = name.map(credentials::get).orElse(null);
        if (credential != null) {
            params.standsBefore(credential);
        }
        return name.isPresent() && credential == null
                ? Optional.of("credential " + Redacted.of(name.get()) + " is not in this file")
                : Optional.empty();
    }

    private static Optional<String> mocked(LiteLlmNode params) {
        return Stream.of("mock_response", "mock_tool_calls", "mock_timeout")
                .filter(key -> params.keys().contains(key))
                .findFirst()
                .map(key -> "'" + key + "' gets a response without a provider");
    }

    private static Optional<String> provider(LiteLlmNode params) {
        Optional<String> own = params.plain("custom_llm_provider");
        return params.flag("use_litellm_proxy") ? Optional.of("litellm_proxy") : own;
    }

    /** What the parameters say of the address; a reference when its variable is not set. */
    private Optional<String> base(LiteLlmNode params) {
        Optional<String> written = params.text("api_base").filter(text -> !text.isBlank());
        Optional<String> other = params.text("base_url").filter(text -> !text.isBlank());
        return written.or(() -> other).map(value -> resolved(params, value));
    }

    /** An address; the reference that stands there when its variable is not set, which stays an open question. */
    private String resolved(LiteLlmNode node, String value) {
        if (!LiteLlmNotes.isReference(value)) {
            return value;
        }
        String variable = LiteLlmNotes.referred(value);
        if (notes.lookUp(variable).isPresent()) {
            return notes.plain(node, "api_base", value).orElse(value);
        }
        node.note(
                "api_base",
                "variable " + Redacted.reference(variable) + " is not set, so nobody knows this address: write it where"
                        + " base-url is open, or set the variable and import again");
        return value;
    }

    private String url(LiteLlmNode params, String name, LiteLlmProvider provider, Optional<String> base) {
        if (base.isPresent()) {
            return LiteLlmNotes.isReference(base.get()) ? base.get() : provider.baseUrl(name, base.get());
        }
        Optional<String> all = general.text("api_base").filter(text -> !text.isBlank());
        if (all.isPresent()) {
            params.note("model", "has no api_base: that of litellm_settings is taken");
            String found = resolved(general, all.get());
            return LiteLlmNotes.isReference(found) ? found : provider.baseUrl(name, found);
        }
        for (String variable : LiteLlmProvider.baseVariables(name)) {
            Optional<String> found = notes.lookUp(variable);
            if (found.isPresent()) {
                params.note(
                        "model",
                        "has no api_base: LiteLLM takes that of the variable " + variable
                                + ", whose value is written down");
                return provider.baseUrl(name, found.get());
            }
        }
        return provider.baseUrl(name, "");
    }

    private static String wrong(String name, String model, String url) {
        if (url.isEmpty()) {
            return "an api_base is needed";
        }
        if (!LiteLlmNotes.isReference(url)) {
            try {
                BaseUrl.parse(url);
            } catch (IllegalArgumentException e) {
                return "api_base " + e.getMessage();
            }
        }
        return Stream.of(name, model)
                .filter(each -> each.indexOf('*') < 0)
                .flatMap(each -> ModelName.explain(each).stream())
                .findFirst()
                .orElse("");
    }

    private String key(LiteLlmNode params, String name, LiteLlmProvider provider, String url) {
        Optional<String> written =
                params.text("api_key").filter(value -> !value.isBlank()).or(() -> notes.defined(provider.variable()));
        if (written.filter(notes::isPlaceholder).isPresent()) {
            params.note("api_key", "is a placeholder: requests carry no key");
            return "";
        }
        String own = provider.variable().isEmpty() ? name.toUpperCase(Locale.ROOT) + "_API_KEY" : provider.variable();
        if (written.isPresent()) {
            return notes.variable(params, "api_key", written.get(), own);
        }
        if (!provider.variable().isEmpty() && !url.equals(provider.baseUrl())) {
            params.note(
                    "api_base",
                    "has no api_key: LiteLLM sends " + provider.variable()
                            + " there, and so it is taken over; remove api-key if that is not meant");
        }
        return provider.variable();
    }

    private Endpoint endpoint(LiteLlmNode params, LiteLlmProvider provider, String url, String key) {
        Map<String, Header> headers = new LinkedHashMap<>();
        params.text("organization")
                .ifPresent(value -> headers.put("OpenAI-Organization", header(params, "organization", value)));
        for (String section : List.of("headers", "default_headers", "extra_headers")) {
            LiteLlmNode written = params.under(section);
            for (String header : written.keys()) {
                written.text(header)
                        .filter(_ -> allowed(written, header))
                        .ifPresent(value -> headers.put(header, header(written, header, value)));
            }
        }
        int max = params.number("max_parallel_requests").orElse(0.0).intValue();
        boolean tls = url.startsWith("https:") || LiteLlmNotes.isReference(url);
        return new Endpoint(
                provider.type(),
                url,
                key,
                headers,
                tls ? tls(params) : Tls.DEFAULT,
                Math.clamp(max, 0, 100_000),
                Times.of(params.number("timeout"), params.number("stream_timeout")));
    }

    /** Whether certificates are checked, by the deployment or in general. */
    private Tls tls(LiteLlmNode params) {
        LiteLlmNode node = params.keys().contains("ssl_verify") ? params : general;
        Optional<String> text = node.plain("ssl_verify");
        String value = text.orElse("true");
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "" -> Tls.DEFAULT;
            case "false" -> new Tls(true, "");
            default -> new Tls(false, value);
        };
    }

    private static Share share(LiteLlmNode params) {
        return new Share(
                params.number("weight").orElse(0.0),
                params.number("rpm").orElse(0.0),
                params.number("tpm").orElse(0.0));
    }

    private static int order(LiteLlmNode params) {
        return Math.clamp(params.number("order").orElse(1.0).intValue(), 1, 100);
    }

    private static boolean allowed(LiteLlmNode section, String header) {
        boolean allowed = StaticHeader.isName(header) && !StaticHeader.belongsToConnection(header);
        if (!allowed) {
            section.note(header, "a header of this name cannot be set, left out");
        }
        return allowed;
    }

    private Header header(LiteLlmNode node, String name, String value) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean secret = LiteLlmNotes.isReference(value)
                || Stream.of("key", "token", "auth", "secret", "cookie").anyMatch(lower::contains)
                || Redacted.of(value).endsWith("***'");
        if (!secret) {
            return new Header(value, false);
        }
        String own = "HEADER_" + name.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
        return new Header(notes.variable(node, name, value, own), true);
    }
}
