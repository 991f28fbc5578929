package io.llmgateway.upstream;

import io.llmgateway.model.ModelName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.Secret;
import java.util.List;

/**
 * One type of provider: its paths, how it wants to be authenticated, which of the client's headers it may see. A new
 * type is one class and one {@code provides} line. Stateless, thread-safe.
 */
public interface Provider {
    /** The name in the configuration, for example {@code openai}. */
    String type();

    /** The protocol it speaks. */
    Protocol protocol();

    /**
     * The path of a request, behind the instance's base URL; with a query where one is needed. A model's name in it
     * must not be able to lead anywhere else.
     *
     * @throws io.llmgateway.model.GatewayException with a caller's fault when the model's name cannot be used
     */
    String path(Operation operation, ModelName model, String apiVersion);

    /** Adds credentials and version; an empty key adds none, for servers that want none. */
    void authenticate(Headers headers, Secret apiKey, String apiVersion);

    /** Lower-case names of the client's headers that go on to the provider; all others stay here. */
    List<String> forwardedRequestHeaders();

    /**
     * What is added to the field {@code anthropic-beta} when the client's model name asks for the long context; empty
     * when the provider knows no such thing.
     */
    default String longContextBeta() {
        return "";
    }

    /** Lower-case names of the provider's response headers that go on to the client; all others stay here. */
    List<String> forwardedResponseHeaders();

    /** What is asked of a provider. */
    enum Operation {
        /** A whole answer. */
        GENERATE,
        /** A streamed answer. */
        STREAM,
        /** The number of tokens of a conversation. */
        COUNT_TOKENS,
        /** The shortest list of models; cheap, so it serves as a probe. */
        LIST_MODELS,
        /** The whole list of models, as far as one page of it goes. */
        DISCOVER_MODELS
    }
}
