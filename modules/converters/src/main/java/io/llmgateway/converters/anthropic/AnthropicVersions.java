package io.llmgateway.converters.anthropic;

import java.util.List;

/**
 * What differs between the values of {@code anthropic-version}. Source: Anthropic's versioning page and the SDK majors
 * of October 2026. Stateless, thread-safe.
 */
final class AnthropicVersions {
    /** What a client speaks that sends no version. */
    static final String DEFAULT = "2023-06-01";

    /** Removed by 2026-10-21. */
    static final List<String> SAMPLING = List.of("temperature", "top_p", "top_k");

    private static final String FIRST = "2023-01-01";
    private static final String WITHOUT_SAMPLING = "2026-10-21";

    private AnthropicVersions() {}

    /** The client's version, or what a client speaks that sent none. */
    static String orDefault(String version) {
        return version.isEmpty() ? DEFAULT : version;
    }

    /** True when sampling parameters are refused; dates in this form sort as texts. */
    static boolean refusesSampling(String version) {
        return orDefault(version).compareTo(WITHOUT_SAMPLING) >= 0;
    }

    /** True for the first version, whose streams nobody speaks any more. */
    static boolean isFirst(String version) {
        return FIRST.equals(version);
    }

    /** True when the version is newer than every known one. */
    static boolean isUnknown(String version) {
        return orDefault(version).compareTo(WITHOUT_SAMPLING) > 0;
    }
}
