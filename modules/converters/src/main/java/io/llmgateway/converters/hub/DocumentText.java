package io.llmgateway.converters.hub;

import io.llmgateway.converters.canonical.Part;
import org.jspecify.annotations.Nullable;

/** Text documents for protocols that have none: their text between tags that name them. Stateless, thread-safe. */
public final class DocumentText {
    private DocumentText() {}

    /** The document as one text. */
    public static String of(Part.Document document) {
        StringBuilder text = new StringBuilder("<document");
        attribute(text, "title", document.title());
        attribute(text, "context", document.context());
        return text.append(">\n")
                .append(document.text())
                .append("\n</document>")
                .toString();
    }

    /** What is said about a file, for protocols that have no place for it; null when nothing is. */
    public static @Nullable String about(Part.Document document) {
        if (document.context() == null) {
            return null;
        }
        StringBuilder text = new StringBuilder("<document");
        attribute(text, "title", document.title());
        attribute(text, "context", document.context());
        return text.append("/>").toString();
    }

    private static void attribute(StringBuilder text, String name, @Nullable String value) {
        if (value != null) {
            text.append(' ')
                    .append(name)
                    .append("=\"")
                    .append(value.replace('"', '\''))
                    .append('"');
        }
    }
}
