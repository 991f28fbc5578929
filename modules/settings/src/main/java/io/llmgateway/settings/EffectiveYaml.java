package io.llmgateway.settings;

import java.util.ArrayList;
import java.util.List;

/** Writes what readers noted as a configuration file; every value says where it comes from. Stateless. */
final class EffectiveYaml {
    private EffectiveYaml() {}

    static String write(Shape root) {
        YamlOut out = new YamlOut();
        for (Shape part : root.nodes()) {
            if (!isEmpty(part)) {
                node(part, out);
            }
        }
        return out.text();
    }

    private static void node(Shape shape, YamlOut out) {
        switch (shape.form()) {
            case LEAF -> out.entry(shape.name(), raw(shape), shape.origin());
            case PART, NAMED -> {
                out.open(shape.name());
                children(shape, out);
                out.close();
            }
            case LIST -> {
                out.open(shape.name());
                for (Shape element : shape.nodes()) {
                    if (element.form() == Shape.Form.LEAF) {
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

    private static void children(Shape shape, YamlOut out) {
        // single values first: an element of a list must begin with one
        List<Shape> parts = new ArrayList<>();
        for (Shape child : shape.nodes()) {
            if (isEmpty(child)) {
                continue;
            }
            if (child.form() == Shape.Form.LEAF) {
                node(child, out);
            } else {
                parts.add(child);
            }
        }
        parts.forEach(part -> node(part, out));
    }

    private static String raw(Shape leaf) {
        return leaf.effective().orElseThrow();
    }

    private static boolean isEmpty(Shape shape) {
        if (shape.form() == Shape.Form.LEAF) {
            return shape.effective().isEmpty();
        }
        for (Shape child : shape.nodes()) {
            if (!isEmpty(child)) {
                return false;
            }
        }
        return true;
    }
}
