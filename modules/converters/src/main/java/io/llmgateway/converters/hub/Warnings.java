package io.llmgateway.converters.hub;

import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects what a conversion drops or weakens. In strict mode the first of them ends the request instead, with an error
 * that names the field. Confined to one attempt.
 */
public final class Warnings {
    /** Most characters of all warnings, joined with {@code ", "}: they travel in one header of the answer. */
    public static final int MAX_CHARS = 1_024;

    private static final int MAX_GROUPS = 256;
    private static final int MAX_EXACT = 3;
    private static final int MAX_UNKNOWN_CHARS = 100;
    private static final int ENDING_CHARS = 32;

    private final boolean strict;
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private int beyond;

    /** One verdict about one field, in however many places. */
    private static final class Group {
        private final List<String> exact = new ArrayList<>(1);
        private String last = "";
        private int places;

        void add(String place) {
            if (place.equals(last)) {
                return;
            }
            last = place;
            places++;
            if (places <= MAX_EXACT) {
                exact.add(place);
            }
        }
    }

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

    /** The field is not known to any protocol: left out with a warning, refused when strict. */
    public void unknown(String field) {
        String shown = shown(field);
        if (strict) {
            throw refused(shown, "'" + shown + "' is not a field of this protocol that can be converted");
        }
        warn("dropped", shown, "it is not known");
    }

    /** A name that the caller made up, as it may stand in a header. */
    private static String shown(String field) {
        int length = Math.min(field.length(), MAX_UNKNOWN_CHARS);
        StringBuilder shown = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = field.charAt(i);
            shown.append(c > ' ' && c < 0x7f && c != ',' && c != '"' && c != '\\' ? c : '?');
        }
        return shown.toString();
    }

    /**
     * What was said, each as {@code verdict:field} in order and without doubles; one field in more than three places as
     * {@code verdict:messages[*].name (1000)}. Bounded by {@link #MAX_CHARS}; the last one tells how many
     * were left out.
     */
    public List<String> all() {
        List<String> all = new ArrayList<>();
        int chars = 0;
        int left = beyond;
        for (Map.Entry<String, Group> entry : groups.entrySet()) {
            Group group = entry.getValue();
            List<String> texts =
                    group.places <= MAX_EXACT ? group.exact : List.of(entry.getKey() + " (" + group.places + ")");
            for (String text : texts) {
                boolean fits = chars + text.length() + 2 <= MAX_CHARS - ENDING_CHARS;
                if (fits) {
                    all.add(text);
                    chars += text.length() + 2;
                } else {
                    left++;
                }
            }
        }
        if (left > 0) {
            all.add("and " + left + " more");
        }
        return List.copyOf(all);
    }

    private void warn(String verdict, String field, String why) {
        if (strict) {
            throw refused(field, "'" + field + "' cannot be converted exactly: " + why);
        }
        String key = verdict + ':' + withoutIndexes(field);
        Group group = groups.get(key);
        if (group == null && groups.size() >= MAX_GROUPS) {
            beyond++;
            return;
        }
        if (group == null) {
            group = new Group();
            groups.put(key, group);
        }
        group.add(verdict + ':' + field);
    }

    private static String withoutIndexes(String field) {
        int open = field.indexOf('[');
        if (open < 0) {
            return field;
        }
        StringBuilder bare = new StringBuilder(field.length());
        int from = 0;
        while (open >= 0) {
            int close = field.indexOf(']', open);
            if (close < 0) {
                break;
            }
            bare.append(field, from, open).append("[*]");
            from = close + 1;
            open = field.indexOf('[', from);
        }
        return bare.append(field, from, field.length()).toString();
    }

    /** The refusal of a request that cannot be expressed, whatever the mode. */
    public static GatewayException refused(String field, String message) {
        return new GatewayException(new CallerFault.InvalidField(field, message));
    }
}
