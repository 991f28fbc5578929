package io.llmgateway.settings.read;

import io.llmgateway.settings.BaseUrl;
import io.llmgateway.settings.ByteSize;
import io.llmgateway.settings.GenAiConventions;
import io.llmgateway.settings.LogLevel;
import io.llmgateway.settings.LoggingSettings;
import io.llmgateway.settings.LoggingSettings.Format;
import io.llmgateway.settings.LoggingSettings.Output;
import io.llmgateway.settings.LoggingSettings.Requests;
import io.llmgateway.settings.LoggingSettings.Rotation;
import io.llmgateway.settings.TracingSettings;
import io.llmgateway.settings.reference.SettingSpec.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Reads the sections {@code logging} and {@code tracing}. Stateless. */
final class TelemetryReader {
    private static final Map<String, Output> OUTPUTS = words(Output.values());
    private static final Map<String, Format> FORMATS = words(Format.values());
    private static final Map<String, Requests> REQUESTS = words(Requests.values());
    private static final Map<String, LogLevel> LEVELS = words(LogLevel.values());
    private static final Map<String, GenAiConventions> CONVENTIONS = words(GenAiConventions.values());
    private static final Duration SHORTEST_PERIOD = Duration.ofMinutes(1);
    private static final Duration LONGEST_PERIOD = Duration.ofDays(31);
    private static final int ALL = 100;

    private TelemetryReader() {}

    static LoggingSettings logging(Section section) {
        LoggingSettings defaults = LoggingSettings.DEFAULT;
        Path folder = section.context().folder();
        Value<Path> file = section.parsed("file", "file", folder::resolve);
        Value<Output> output = section.choice("output", OUTPUTS);
        if (file.written() && output.written()) {
            section.problemAt("output", "means nothing when logging.file is set, leave one of them out");
        }
        return new LoggingSettings(
                file.optional(),
                output.orElse(defaults.output()),
                section.choice("format", FORMATS).orElse(defaults.format()),
                section.choice("requests", REQUESTS).orElse(defaults.requests()),
                section.choice("level", LEVELS).orElse(defaults.level()),
                levels(section.section("levels")),
                section.size("body-limit", new ByteSize(0), ByteSize.ofMiB(1)).orElse(defaults.bodyLimit()),
                rotation(section.section("rotation")));
    }

    private static Map<String, LogLevel> levels(Section section) {
        Map<String, LogLevel> levels = new LinkedHashMap<>();
        for (String logger : section.names()) {
            section.choice(logger, LEVELS).optional().ifPresent(level -> levels.put(logger, level));
        }
        return levels;
    }

    private static Rotation rotation(Section section) {
        Rotation defaults = Rotation.DEFAULT;
        return new Rotation(
                section.size("size", ByteSize.ofMiB(1), ByteSize.ofMiB(100 * 1_024))
                        .orElse(defaults.size()),
                section.duration("rotate-every", Duration.ZERO, LONGEST_PERIOD)
                        .check(
                                every -> every.isZero() || every.compareTo(SHORTEST_PERIOD) >= 0,
                                "must be 1m to 31d, or 0s for never")
                        .orElse(defaults.rotateEvery()),
                section.integer("max-files", 0, 10_000).orElse(defaults.maxFiles()),
                section.duration("max-age", Duration.ZERO, Duration.ofDays(10_000))
                        .orElse(defaults.maxAge()),
                section.flag("compress").orElse(defaults.compress()));
    }

    static GenAiConventions conventions(Section root) {
        return root.choice("gen-ai-conventions", CONVENTIONS).orElse(GenAiConventions.V1);
    }

    static TracingSettings tracing(Section section) {
        TracingSettings defaults = TracingSettings.DEFAULT;
        return new TracingSettings(
                section.parsed("endpoint", "URL", TelemetryReader::endpoint).optional(),
                ProvidersReader.headers(section.section("headers")),
                section.parsed("sample-percent", new Kind.Decimal("0 to 100"), TelemetryReader::percent)
                        .orElse(defaults.samplePercent()),
                section.flag("parent-based").orElse(defaults.parentBased()),
                section.text("service-name").orElse(defaults.serviceName()),
                section.duration("timeout", Duration.ofMillis(100), Duration.ofMinutes(1))
                        .orElse(defaults.timeout()));
    }

    private static BaseUrl endpoint(String text) {
        BaseUrl url = BaseUrl.parse(text);
        return url.path().isEmpty()
                ? new BaseUrl(url.scheme(), url.host(), url.port(), TracingSettings.DEFAULT_PATH)
                : url;
    }

    private static double percent(String text) {
        try {
            double percent = Double.parseDouble(text);
            if (percent >= 0 && percent <= ALL) {
                return percent;
            }
        } catch (NumberFormatException _) {
            // told below, as a number that is out of range
        }
        throw new IllegalArgumentException("must be 0 to 100");
    }

    private static <E extends Enum<E>> Map<String, E> words(E[] constants) {
        return SelectionReader.words(constants, constant -> constant.name().toLowerCase(Locale.ROOT));
    }
}
