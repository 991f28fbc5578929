/** Spans of every request and attempt, exported by OTLP. Owns OpenTelemetry. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.traces {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires io.llmgateway.threads;
    requires transitive io.llmgateway.settings;
    requires io.opentelemetry.api;
    requires io.opentelemetry.common;
    requires io.opentelemetry.exporter.otlp;
    requires io.opentelemetry.sdk.common;
    requires io.opentelemetry.sdk.trace;
    // the JDK's HTTP client as OpenTelemetry uses it; nothing names it, so that a runtime image would leave it out
    requires io.opentelemetry.exporter.sender.jdk.internal;

    exports io.llmgateway.traces;

    uses io.opentelemetry.sdk.common.export.HttpSenderProvider;
}
