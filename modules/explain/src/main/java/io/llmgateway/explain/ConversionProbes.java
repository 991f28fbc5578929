package io.llmgateway.explain;

import io.llmgateway.converters.Protocols;
import io.llmgateway.converters.Translation;
import io.llmgateway.converters.TranslationRequest;
import io.llmgateway.converters.Translator;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.Protocol;
import io.llmgateway.settings.Conversion;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.wire.MalformedJsonException;
import io.llmgateway.wire.RequestFacts;
import io.llmgateway.wire.RequestWalker;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Finds out what becomes of a request's fields on the way to a model, by carrying small requests there and looking at
 * the warnings: what is told is what the translators do. Stateless, thread-safe.
 */
final class ConversionProbes {
    private static final String BASE =
            "{\"model\":\"m\",\"max_tokens\":4096," + "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],";

    private ConversionProbes() {}

    /**
     * What becomes of a field that does not go through as it is.
     *
     * @param field which one
     * @param outcome {@code dropped:seed}, or why the request would be refused
     */
    record Outcome(String field, String outcome) {}

    /** What is weakened or refused on the way from a client's protocol to a model of a provider. */
    static List<Outcome> outcomes(Protocols protocols, Protocol client, ProviderSettings provider, Way way) {
        List<Outcome> outcomes = new ArrayList<>();
        Translator translator = protocols.between(client, way.upstream()).orElse(null);
        if (translator == null || client == way.upstream()) {
            return outcomes;
        }
        for (String line : lines("probes-" + client.wire() + ".txt")) {
            int tab = line.indexOf('\t');
            String field = line.substring(0, tab);
            byte[] body = (BASE + line.substring(tab + 1) + "}").getBytes(StandardCharsets.UTF_8);
            try {
                Translation translation = translator.begin(request(body, provider, way.model()));
                translation.warnings().forEach(warning -> outcomes.add(new Outcome(field, warning)));
            } catch (GatewayException e) {
                outcomes.add(new Outcome(field, "refused: " + e.error().message()));
            }
        }
        return outcomes;
    }

    /** The protocol of the provider and the model there. */
    record Way(Protocol upstream, ModelName model) {}

    private static TranslationRequest request(byte[] body, ProviderSettings provider, ModelName model) {
        return new TranslationRequest(
                body,
                body.length,
                facts(body),
                model,
                "",
                provider.apiVersion(),
                provider.name(),
                provider.conversion() == Conversion.STRICT,
                false,
                provider.choices(),
                "explain",
                0,
                new SplittableRandom(0));
    }

    private static RequestFacts facts(byte[] body) {
        try {
            return RequestWalker.walk(body, body.length);
        } catch (MalformedJsonException e) {
            throw new IllegalStateException(
                    "a conversion check is no JSON: " + new String(body, StandardCharsets.UTF_8), e);
        }
    }

    private static List<String> lines(String resource) {
        try (InputStream in = ConversionProbes.class.getResourceAsStream(resource)) {
            return in == null
                    ? List.of()
                    : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
