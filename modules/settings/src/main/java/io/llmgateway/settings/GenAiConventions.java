package io.llmgateway.settings;

/**
 * Which generation of OpenTelemetry's names for generative AI is used: the names moved in 2026 and are still in
 * development. Immutable.
 */
public enum GenAiConventions {
    /** The names most tools understand today. */
    V1,
    /** The names of the repository semantic-conventions-genai. */
    V2
}
