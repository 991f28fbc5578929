package io.llmgateway.settings.reference;

import io.llmgateway.settings.tree.YamlOut;
import java.util.ArrayList;
import java.util.List;

/** Writes what readers noted as a configuration file; every value says where it comes from. Stateless. */
public final class EffectiveYaml {
    private EffectiveYaml() {}

    public static String write(SettingRecorder root) {
        YamlOut out = new YamlOut();
        for (SettingRecorder part : root.nodes()) {
            if (!isEmpty(part)) {
                node(part, out);
            }
        }
        return out.text();
    }

    private static void node(SettingRecorder shape, YamlOut out) {
        switch (shape.form()) {
            case LEAF -> out.entry(shape.name(), raw(shape), shape.origin());
            case PART, NAMED -> {
                out.open(shape.name());
                children(shape, out);
                out.close();
            }
            case LIST -> {
                out.open(shape.name());
                for (SettingRecorder element : shape.nodes()) {
                    if (element.form() == SettingRecorder.Form.LEAF) {
                        out.item(raw(element));
                    } else {
                        out.element();
                        children(element, out);
                        out.close();
                    }
                }
                out.close();
            }
        }
    }

    private static void children(SettingRecorder shape, YamlOut out) {
        // single values first: an element of a list must begin with one
        List<SettingRecorder> parts = new ArrayList<>();
        for (SettingRecorder child : shape.nodes()) {
            if (isEmpty(child)) {
                continue;
            }
            if (child.form() == SettingRecorder.Form.LEAF) {
                node(child, out);
            } else {
                parts.add(child);
            }
        }
        parts.forEach(part -> node(part, out));
    }

    private static String raw(SettingRecorder leaf) {
        return leaf.effective().orElseThrow();
    }

    private static boolean isEmpty(SettingRecorder shape) {
        if (shape.form() == SettingRecorder.Form.LEAF) {
            return shape.effective().isEmpty();
        }
        for (SettingRecorder child : shape.nodes()) {
            if (!isEmpty(child)) {
                return false;
            }
        }
        return true;
    }
}
