package io.llmgateway.pipeline;

import io.llmgateway.auth.Principal;
import io.llmgateway.converters.ClientProtocol.ListedModel;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.ModelName;
import io.llmgateway.pipeline.Snapshot.ProviderRuntime;
import io.llmgateway.routing.AdvertisedModel;
import io.llmgateway.routing.Match;
import io.llmgateway.routing.RoutePlan;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The models a key can really use: those the configuration names, and those that providers list themselves as far as
 * the rules lead to them. Thread-safe.
 */
final class ModelLists {
    private final DiscoveredModels discovered;

    ModelLists(Services services) {
        this.discovered = new DiscoveredModels(services);
    }

    /** All of them, sorted by name. */
    List<ListedModel> all(Snapshot snapshot, Principal principal) {
        Map<String, ListedModel> models = new TreeMap<>();
        for (AdvertisedModel model : snapshot.router().models(principal::mayUse)) {
            models.put(model.name().value(), new ListedModel(model.name().value(), model.owner()));
        }
        List<ProviderRuntime> asked = snapshot.providers().values().stream()
                .filter(provider -> provider.settings().discover())
                .toList();
        discovered.keepOnly(snapshot.providers());
        discovered.of(asked).forEach((provider, names) -> {
            for (ModelName name : names) {
                boolean leadsThere = snapshot.router()
                        .providerOf(name)
                        .filter(provider::equals)
                        .isPresent();
                if (leadsThere && principal.mayUse(name)) {
                    models.putIfAbsent(name.value(), new ListedModel(name.value(), provider.value()));
                }
            }
        });
        return List.copyOf(models.values());
    }

    /**
     * One model: whatever a request for a chat would be served for.
     *
     * @param path the name as it stands in the path, escaped or not
     * @throws GatewayException with what such a request would be refused with
     */
    ListedModel one(Snapshot snapshot, Principal principal, String path) {
        String wanted = decoded(path);
        ModelName name = ModelName.parse(wanted)
                .orElseThrow(() -> new GatewayException(
                        wanted.isEmpty()
                                ? new CallerFault.UnknownPath("the path names no model")
                                : new CallerFault.InvalidField(
                                        "model", ModelName.explain(wanted).orElse("the model name is not valid"))));
        RoutePlan plan = snapshot.router().plan(principal.key(), principal::mayUse, name);
        String owner = plan.match() instanceof Match.Alias
                ? AdvertisedModel.GATEWAY
                : plan.targets().getFirst().provider().value();
        return new ListedModel(wanted, owner);
    }

    private static String decoded(String path) {
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            // badly escaped: taken as it is
            return path;
        }
    }
}
