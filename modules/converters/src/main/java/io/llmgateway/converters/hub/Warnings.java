package io.llmgateway.converters.hub;

import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects what a conversion drops or weakens. In strict mode the first of them ends the request instead, with an error
 * that names the field. Confined to one attempt.
 */
public final class Warnings {
    private final boolean strict;
    private final List<String> all = new ArrayList<>();

    /** Collects, or refuses when {@code strict}. */
    public Warnings(boolean strict) {
        this.strict = strict;
    }

    /** True when nothing may be weakened. */
    public boolean strict() {
        return strict;
    }

    /** The field has no counterpart and is left out. */
    public void dropped(String field, String why) {
        warn("dropped", field, why);
    }

    /** The field is carried over in a weaker form. */
    public void adjusted(String field, String why) {
        warn("adjusted", field, why);
    }

    /** The field is not known to any protocol: left out in silence, refused when strict. */
    public void unknown(String field) {
        if (strict) {
            throw refused(field, "'" + field + "' is not a field of this protocol that can be converted");
        }
    }

    /** What was said, each as {@code verdict:field}, in order and without doubles. */
    public List<String> all() {
        return List.copyOf(all);
    }

    private void warn(String verdict, String field, String why) {
        if (strict) {
            throw refused(field, "'" + field + "' cannot be converted exactly: " + why);
        }
        String warning = verdict + ':' + field;
        if (!all.contains(warning)) {
            all.add(warning);
        }
    }

    /** The refusal of a request that cannot be expressed, whatever the mode. */
    public static GatewayException refused(String field, String message) {
        return new GatewayException(new CallerFault.InvalidField(field, message));
    }
}
