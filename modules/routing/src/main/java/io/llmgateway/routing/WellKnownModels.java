package io.llmgateway.routing;

import io.llmgateway.model.ModelName;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.settings.ProviderType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The names that providers at their own public addresses are known to serve. Stateless, thread-safe. */
final class WellKnownModels {
    private static final Map<ProviderType, String> HOSTS = Map.of(
            ProviderType.OPENAI, "api.openai.com",
            ProviderType.ANTHROPIC, "api.anthropic.com",
            ProviderType.GEMINI, "generativelanguage.googleapis.com");

    private WellKnownModels() {}

    /** Those of the provider; none when it is anywhere else. */
    static List<ModelName> of(ProviderSettings provider) {
        String host = HOSTS.get(provider.type());
        // a region of OpenAI is eu.api.openai.com
        boolean own = host != null
                && provider.instances().stream()
                        .map(instance -> instance.baseUrl().host())
                        .allMatch(each -> each.equals(host) || each.endsWith("." + host));
        String start = provider.type().wire() + " ";
        return own
                ? lines().stream()
                        .filter(line -> line.startsWith(start))
                        .map(line -> new ModelName(line.substring(start.length())))
                        .toList()
                : List.of();
    }

    private static List<String> lines() {
        try (InputStream in = WellKnownModels.class.getResourceAsStream("well-known-models.txt")) {
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
