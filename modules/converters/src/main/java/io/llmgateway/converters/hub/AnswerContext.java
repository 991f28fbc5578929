package io.llmgateway.converters.hub;

import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.converters.canonical.OutputFormat;
import io.llmgateway.converters.canonical.Tool;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What an answer must know of its request: never the request itself, which would be held as long as the stream lasts.
 * Confined to one attempt.
 *
 * @param model the model's name as the client asked for it
 * @param wishes what the client wants to see of the answer
 * @param names the tool names that were changed
 * @param customTools names of tools that take free text
 * @param estimatedInput about how many tokens the request has
 * @param epochSeconds when the answer began
 * @param random where new ids come from
 * @param losses what of the answer cannot be told
 * @param among which of several answers that are given to the client as one; null for an answer that is all of it
 */
public record AnswerContext(
        String model,
        Wishes wishes,
        ToolNames names,
        Set<String> customTools,
        long estimatedInput,
        long epochSeconds,
        RandomGenerator random,
        Losses losses,
        @Nullable Among among) {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int ID_LENGTH = 24;

    /**
     * What the client wants to see of the answer. Immutable.
     *
     * @param usage true when it wants usage at the end of its stream
     * @param legacyFunctions true when it speaks of functions, not of tools
     * @param formed true when the answer must have a form, free text must not be around it
     * @param thinking true when it asked for reasoning in some way
     * @param thoughts true when it wants to read the reasoning
     */
    public record Wishes(boolean usage, boolean legacyFunctions, boolean formed, boolean thinking, boolean thoughts) {
        /** The wishes of a request. */
        public static Wishes of(ChatRequest request) {
            return new Wishes(
                    request.extent().includeUsage(),
                    request.extent().legacyFunctions(),
                    !(request.format() instanceof OutputFormat.Text),
                    request.thinking().on(),
                    request.thinking().wantsText());
        }
    }

    /** The same for another attempt, of whose answer nothing is known yet. */
    AnswerContext anew() {
        return with(random, among);
    }

    private AnswerContext with(RandomGenerator other, @Nullable Among which) {
        return new AnswerContext(
                model, wishes, names, customTools, estimatedInput, epochSeconds, other, new Losses(), which);
    }

    /**
     * One of several answers that are given to the client as one. Immutable.
     *
     * @param index which one, from 0
     * @param count how many there are
     * @param id the id of them all, without a prefix
     */
    public record Among(int index, int count, String id) {}

    /** How many answers are given to the client as one. */
    public int count() {
        return among == null ? 1 : among.count();
    }

    /** The number of this answer among those that the client gets. */
    public int index() {
        return among == null ? 0 : among.index();
    }

    /** The same for one of several answers that are asked for by themselves. */
    AnswerContext choice(int index, RandomGenerator own) {
        if (among == null) {
            throw new IllegalStateException("there is one response only");
        }
        return with(own, new Among(index, among.count(), among.id()));
    }

    /** The same for so many answers that are asked for by themselves. */
    AnswerContext choices(int count) {
        return with(random, new Among(0, count, newId("")));
    }

    /** The names of a request's tools that take free text. */
    public static Set<String> customTools(ChatRequest request) {
        Set<String> names = new HashSet<>();
        request.tools().stream()
                .filter(tool -> tool.kind() == Tool.Kind.CUSTOM)
                .forEach(tool -> names.add(tool.name()));
        return names;
    }

    /** A new id behind a prefix. */
    public String newId(String prefix) {
        StringBuilder id = new StringBuilder(prefix.length() + ID_LENGTH).append(prefix);
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }

    /** The provider's id behind another prefix, or a new one. */
    public String answerId(String prefix, @Nullable String upstreamId) {
        if (among != null) {
            return prefix + among.id();
        }
        if (upstreamId == null || upstreamId.isEmpty()) {
            return newId(prefix);
        }
        String bare = upstreamId;
        for (String known : new String[] {"chatcmpl-", "msg_"}) {
            bare = bare.startsWith(known) ? bare.substring(known.length()) : bare;
        }
        return prefix + bare;
    }
}
