package io.llmgateway.converters.hub;

import java.util.ArrayList;
import java.util.List;

/** The texts that end an answer. Stateless, thread-safe. */
public final class StopTexts {
    /** No protocol accepts as many; more are a mistake. */
    public static final int MAX = 40;

    private StopTexts() {}

    /** Without empty ones; refused when there are too many. */
    public static List<String> checked(String field, List<String> texts, Warnings warnings) {
        if (texts.size() > MAX) {
            throw Warnings.refused(
                    field, "'" + field + "' must have at most " + MAX + " texts, it has " + texts.size());
        }
        List<String> filled = new ArrayList<>(texts.size());
        for (String text : texts) {
            if (text.isEmpty()) {
                warnings.dropped(field, "an empty text never ends a response");
            } else {
                filled.add(text);
            }
        }
        return filled;
    }

    /** At most so many, with a warning for the rest. */
    public static List<String> atMost(int max, String field, List<String> texts, Warnings warnings) {
        if (texts.size() <= max) {
            return texts;
        }
        warnings.adjusted(field, "the provider accepts at most " + max + " texts");
        return texts.subList(0, max);
    }
}
