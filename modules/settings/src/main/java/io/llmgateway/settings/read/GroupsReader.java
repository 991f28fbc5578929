package io.llmgateway.settings.read;

import io.llmgateway.model.KeyName;
import io.llmgateway.settings.GroupSettings;
import io.llmgateway.settings.LimitSet;
import io.llmgateway.settings.tree.Redacted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the list {@code groups}. Confined to one load. */
final class GroupsReader {
    private final Map<String, GroupSettings> groups = new LinkedHashMap<>();
    private final Map<String, Section> sections = new LinkedHashMap<>();

    private GroupsReader() {}

    static List<GroupSettings> read(Section root) {
        GroupsReader reader = new GroupsReader();
        root.sections("groups").forEach(reader::group);
        reader.checkParents();
        return new ArrayList<>(reader.groups.values());
    }

    private void group(Section section) {
        String name = section.parsed("name", "name", text -> new KeyName(text).value())
                .check(text -> !groups.containsKey(text), "another group has this name")
                .required();
        Optional<String> parent = section.parsed("parent", "name of a group", text -> new KeyName(text).value())
                .optional();
        LimitSet limits = LimitsReader.read(section.section("limits"));
        if (name != null) {
            groups.put(name, new GroupSettings(name, parent, limits));
            sections.put(name, section);
        }
    }

    private void checkParents() {
        sections.forEach((name, section) -> {
            Optional<String> parent = parentOf(name);
            if (parent.isPresent() && !groups.containsKey(parent.get())) {
                section.problemAt("parent", unknown(parent.get(), groups.keySet()));
            }
            List<String> way = new ArrayList<>(List.of(name));
            while (parent.isPresent() && !way.contains(parent.get())) {
                way.add(parent.get());
                parent = parentOf(parent.get());
            }
            if (parent.isPresent() && parent.get().equals(name)) {
                section.problemAt("parent", "groups form a circle: " + String.join(" -> ", way) + " -> " + name);
            }
        });
    }

    private Optional<String> parentOf(String name) {
        return Optional.ofNullable(groups.get(name)).flatMap(GroupSettings::parent);
    }

    static String unknown(String name, Set<String> known) {
        return "must be the name of a group, was " + Redacted.of(name) + Spelling.hint(name, known);
    }
}
