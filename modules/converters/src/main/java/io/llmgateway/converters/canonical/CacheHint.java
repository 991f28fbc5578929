package io.llmgateway.converters.canonical;

/** How long a client wants the prompt up to a place to be kept in the provider's cache. */
public enum CacheHint {
    /** The provider's short default, about five minutes. */
    SHORT,
    /** About an hour or longer. */
    LONG
}
