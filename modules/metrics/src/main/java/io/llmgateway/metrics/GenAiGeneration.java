package io.llmgateway.metrics;

/** Which of OpenTelemetry's names for generative AI are used. */
public enum GenAiGeneration {
    /** The names most tools understand today. */
    V1,
    /** The names of the repository semantic-conventions-genai. */
    V2
}
