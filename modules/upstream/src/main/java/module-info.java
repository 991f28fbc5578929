/** Performs one HTTP exchange with one instance: transport, pool, deadlines, cancellation, error classification. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.upstream {
    requires static transitive org.jspecify;
    requires io.llmgateway.http;
    requires transitive io.llmgateway.model;
    requires transitive io.llmgateway.files;
    requires io.llmgateway.threads;
    requires transitive io.llmgateway.wire;
    requires com.aayushatharva.brotli4j;
    requires com.github.luben.zstd_jni;

    exports io.llmgateway.upstream;

    uses io.llmgateway.upstream.Provider;

    provides io.llmgateway.upstream.Provider with
            io.llmgateway.upstream.provider.OpenAiProvider,
            io.llmgateway.upstream.provider.AnthropicProvider,
            io.llmgateway.upstream.provider.GeminiProvider;
}
