package io.llmgateway.simulator;

import java.util.ArrayList;
import java.util.List;

/**
 * What the simulated model says, whatever the protocol. Immutable.
 *
 * @param thinking pieces of reasoning, before everything else
 * @param text pieces of text
 * @param calls tool calls, after the text
 * @param end why it ends
 * @param cachedTokens how many input tokens came from a cache
 */
record Reply(List<String> thinking, List<String> text, List<SimulatedRequest.Tool> calls, End end, int cachedTokens) {
    /** Why a model stops. */
    enum End {
        STOP,
        TOOLS,
        LENGTH,
        REFUSAL,
        FILTER
    }

    /** Output tokens: one for every piece, and one for every tool call. */
    int outputTokens() {
        return thinking.size() + text.size() + calls.size();
    }

    static Reply to(SimulatedRequest ask, Script script) {
        List<String> thinking = script.is("thinking") ? pieces("Let me think about this.") : List.of();
        int cached = script.number("cached-", "").orElse(0);
        List<SimulatedRequest.Tool> calls = calls(ask, script);
        if (!calls.isEmpty()) {
            return new Reply(thinking, pieces("Checking."), calls, End.TOOLS, cached);
        }
        Script.Tokens tokens = script.tokens();
        List<String> text;
        if (tokens != null) {
            text = new ArrayList<>();
            for (int i = 0; i < tokens.count(); i++) {
                text.add("t" + i + " ");
            }
        } else {
            int bytes = script.number("bytes-", "").orElse(0);
            text = bytes > 0 ? List.of("x".repeat(bytes)) : pieces(said(ask));
        }
        return new Reply(thinking, text, List.of(), end(script), cached);
    }

    /** The question again, or what fits the schema that was asked for. */
    private static String said(SimulatedRequest ask) {
        if (!ask.wanted().isEmpty()) {
            return ask.wanted();
        }
        return ask.lastText().isEmpty() ? "ok" : ask.lastText();
    }

    private static End end(Script script) {
        if (script.is("max-tokens")) {
            return End.LENGTH;
        }
        if (script.is("refusal")) {
            return End.REFUSAL;
        }
        return script.is("content-filter-end") ? End.FILTER : End.STOP;
    }

    /**
     * Tools are called when the model's name, the text or the choice of tools asks for it, and never after a tool's
     * result, so that an agent comes to its end.
     */
    private static List<SimulatedRequest.Tool> calls(SimulatedRequest ask, Script script) {
        if (ask.answersTool()) {
            return List.of();
        }
        int count =
                script.is("tool-call") ? 1 : script.number("tool-calls-", "").orElse(0);
        String name = "";
        if (script.is("interleaved-tool-calls")) {
            count = 2;
        }
        Script.ToolCalls asked = Script.toolCallsIn(ask.lastText());
        if (count == 0 && asked != null) {
            count = asked.count();
            name = asked.name();
        } else if (count == 0 && !ask.forced().isEmpty()) {
            count = 1;
            name = ask.forced().equals(SimulatedRequest.ANY_TOOL) ? "" : ask.forced();
        }
        List<SimulatedRequest.Tool> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(tool(ask, name, i));
        }
        return calls;
    }

    private static SimulatedRequest.Tool tool(SimulatedRequest ask, String name, int number) {
        if (ask.tools().isEmpty()) {
            return new SimulatedRequest.Tool("get_weather", "{\"city\":\"Oslo\"}");
        }
        return ask.tools().stream()
                .filter(tool -> tool.name().equals(name))
                .findFirst()
                .orElse(ask.tools().get(number % ask.tools().size()));
    }

    /** Cuts a text into pieces of four characters, never inside one. */
    private static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int left = text.codePointCount(from, text.length());
            int to = text.offsetByCodePoints(from, Math.min(4, left));
            pieces.add(text.substring(from, to));
            from = to;
        }
        return pieces;
    }
}
