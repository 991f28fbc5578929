package io.llmgateway.wire;

/** Sets out compact JSON over lines, for people. Stateless. */
public final class PrettyJson {
    private PrettyJson() {}

    public static String of(String compact) {
        StringBuilder out = new StringBuilder(compact.length() * 2);
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < compact.length(); i++) {
            char c = compact.charAt(i);
            if (quoted || c == '"') {
                out.append(c);
                if (c == '\\') {
                    out.append(compact.charAt(++i));
                } else if (c == '"') {
                    quoted = !quoted;
                }
                continue;
            }
            switch (c) {
                case '{', '[' -> {
                    out.append(c);
                    depth++;
                    if ("]}".indexOf(compact.charAt(i + 1)) < 0) {
                        newLine(out, depth);
                    }
                }
                case '}', ']' -> {
                    depth--;
                    if ("{[".indexOf(out.charAt(out.length() - 1)) < 0) {
                        newLine(out, depth);
                    }
                    out.append(c);
                }
                case ',' -> newLine(out.append(c), depth);
                case ':' -> out.append(": ");
                default -> out.append(c);
            }
        }
        return out.append('\n').toString();
    }

    private static void newLine(StringBuilder out, int depth) {
        out.append('\n').append("  ".repeat(depth));
    }
}
