package io.llmgateway.pipeline;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.ModelName;
import io.llmgateway.pipeline.Snapshot.ProviderRuntime;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.upstream.Call;
import io.llmgateway.upstream.Headers;
import io.llmgateway.upstream.Provider.Operation;
import java.util.List;

/** The question for an instance's models, which every provider answers. Stateless. */
final class ModelQuestion {
    private static final ModelName ANY = new ModelName("any");

    private ModelQuestion() {}

    /**
     * The question.
     *
     * @param operation one of those that list models
     * @param deadline monotonic time in nanoseconds until which all of the answer must be there
     */
    static Call to(ProviderRuntime provider, InstanceSettings instance, Operation operation, long deadline) {
        String version = provider.settings().apiVersion();
        Headers headers = new Headers()
                .add("Accept", "application/json")
                .add("Accept-Encoding", "identity")
                .add("User-Agent", "llm-gateway");
        provider.type().authenticate(headers, instance.apiKey(), version);
        instance.headers()
                .forEach(header -> headers.add(header.name(), header.value().reveal()));
        String path = provider.type().path(operation, ANY, version);
        return new Call("GET", path, headers, List.of(), ErrorKind.TIMEOUT_FIRST_TOKEN, deadline, deadline);
    }
}
