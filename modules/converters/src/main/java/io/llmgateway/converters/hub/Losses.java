package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What of a provider's answer could not be told in the client's protocol, by place and field. The names come from
 * outside: they are bounded, and what no header may hold is replaced. Confined to one answer.
 */
public final class Losses {
    /** Most characters of all warnings, joined with {@code ", "}. */
    public static final int MAX_CHARS = 1_024;

    private static final int MAX_FIELDS = 64;
    private static final int MAX_NAME = 48;
    private static final int ENDING_CHARS = 32;

    private final Map<String, Set<String>> dropped = new LinkedHashMap<>();
    private final Map<String, Set<String>> adjusted = new LinkedHashMap<>();
    private int fields;
    private int beyond;

    /** The field is left out. */
    public void dropped(String place, String field) {
        add(dropped, place, field);
    }

    /** The field is told in a weaker form. */
    public void adjusted(String place, String field) {
        add(adjusted, place, field);
    }

    /** The same of a field that may be there: one that is no object has no members. */
    public void others(JsonNode holder, String field, Set<String> known, String place) {
        JsonNode object = holder.path(field);
        if (object.isObject()) {
            others(object, known, place.isEmpty() ? field : place + "." + field);
        }
    }

    /** All members of an object that have a value and are not known are left out. */
    public void others(JsonNode object, Set<String> known, String place) {
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            if (!known.contains(member.getKey()) && hasValue(member.getValue())) {
                add(dropped, place, member.getKey());
            }
        }
    }

    private static boolean hasValue(JsonNode value) {
        if (value.isContainerNode()) {
            return !value.isEmpty();
        }
        return !value.isNull() && !(value.isTextual() && value.textValue().isEmpty());
    }

    private void add(Map<String, Set<String>> verdict, String place, String name) {
        String field = name.length() > MAX_NAME ? name.substring(0, MAX_NAME) : name;
        Set<String> names = verdict.get(place);
        if (names != null && names.contains(field)) {
            return;
        }
        if (fields >= MAX_FIELDS) {
            beyond++;
            return;
        }
        fields++;
        verdict.computeIfAbsent(place, p -> new HashSet<>()).add(field);
    }

    /** What was lost, each as {@code dropped:response.place.field} or {@code adjusted:response.place.field}. */
    public List<String> all() {
        if (fields == 0) {
            return List.of();
        }
        List<String> all = new ArrayList<>();
        int chars = told("dropped:response.", dropped, all, 0);
        told("adjusted:response.", adjusted, all, chars);
        int left = fields - all.size() + beyond;
        if (left > 0) {
            all.add("and " + left + " more of the response");
        }
        return List.copyOf(all);
    }

    private static int told(String verdict, Map<String, Set<String>> places, List<String> all, int before) {
        int chars = before;
        for (Map.Entry<String, Set<String>> place : places.entrySet()) {
            for (String field : place.getValue().stream().sorted().toList()) {
                String text = verdict + place.getKey() + (place.getKey().isEmpty() ? "" : ".") + printable(field);
                if (chars + text.length() + 2 <= MAX_CHARS - ENDING_CHARS) {
                    all.add(text);
                    chars += text.length() + 2;
                }
            }
        }
        return chars;
    }

    private static String printable(String field) {
        StringBuilder name = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            name.append(plain || c == '_' || c == '-' || c == '.' || c == '[' || c == ']' ? c : '?');
        }
        return name.toString();
    }
}
