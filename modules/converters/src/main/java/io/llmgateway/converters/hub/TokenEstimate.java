package io.llmgateway.converters.hub;

import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.canonical.Tool;
import io.llmgateway.converters.canonical.Turn;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.WorkBudget;

/**
 * About how many tokens a request has, for providers that do not count before they answer: four characters to a token,
 * one and a half where characters stand for syllables or words, and fixed numbers for turns and media. Stateless,
 * thread-safe.
 */
public final class TokenEstimate {
    private static final int PER_TURN = 4;
    private static final int PER_MEDIA = 1_500;
    private static final char FIRST_WIDE = '\u2e80';

    private TokenEstimate() {}

    /** The estimate for a whole request; at least 1. */
    public static long of(ChatRequest request, WorkBudget work) {
        double tokens = 0;
        for (Part.Text text : request.system()) {
            tokens += text(text.text());
        }
        for (Turn turn : request.turns()) {
            tokens += PER_TURN;
            for (Part part : turn.parts()) {
                work.step(1);
                tokens += part(part);
            }
        }
        for (Tool tool : request.tools()) {
            tokens += text(tool.name())
                    + text(tool.description())
                    + JsonOut.text(tool.schema()).length() / 4.0;
        }
        return Math.max(1, (long) Math.ceil(tokens));
    }

    private static double part(Part part) {
        return switch (part) {
            case Part.Text text -> text(text.text());
            case Part.Image image -> PER_MEDIA;
            case Part.Audio audio -> PER_MEDIA;
            case Part.Document document -> document.text() == null ? PER_MEDIA : text(document.text());
            case Part.ToolCall call -> text(call.name()) + text(JsonOut.text(call.input()));
            case Part.ToolResult result ->
                result.content().stream().mapToDouble(TokenEstimate::part).sum();
            case Part.Reasoning reasoning -> text(reasoning.text());
            case Part.RedactedReasoning redacted -> 0;
        };
    }

    private static double text(String text) {
        int wide = wide(text);
        return (text.length() - wide) / 4.0 + wide / 1.5;
    }

    private static int wide(String text) {
        int wide = 0;
        for (int i = 0; i < text.length(); i++) {
            wide += text.charAt(i) >= FIRST_WIDE && !Character.isSurrogate(text.charAt(i)) ? 1 : 0;
        }
        return wide;
    }

    /** The estimate for a piece of an answer, in twelfths of a token so that small pieces add up. */
    static long twelfths(String text) {
        int wide = wide(text);
        return (text.length() - wide) * 3L + wide * 8L;
    }

    /** Whole tokens of so many twelfths, rounded up. */
    static long ofTwelfths(long twelfths) {
        return (twelfths + 11) / 12;
    }
}
