package io.llmgateway.converters.hub;

import io.llmgateway.converters.canonical.CacheHint;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.canonical.Turn;
import io.llmgateway.converters.canonical.Turn.Role;
import io.llmgateway.wire.WorkBudget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A conversation in the order every provider accepts: no empty texts, neighbours of one role merged, each call followed
 * by its result in the very next user turn, results in the order of their calls and in front of everything else.
 * Immutable.
 *
 * @param system the instructions in front
 * @param turns the turns; at least one of the user
 */
public record Conversation(List<Part.Text> system, List<Turn> turns) {
    private static final String UNKNOWN_CALL = "[tool result for unknown call ";
    private static final String PARAGRAPH = "\n\n";
    private static final String NOT_EXECUTED = "tool call was not executed";

    /**
     * What a provider's protocol demands.
     *
     * @param hoistSystem true when instructions may only stand in front
     * @param dropBlank true when a text of white space alone is refused
     * @param uniqueIds true when an id may name one call of the whole conversation only
     * @param oneText true when all that the assistant says in a turn is one text
     */
    public record Rules(boolean hoistSystem, boolean dropBlank, boolean uniqueIds, boolean oneText) {}

    /** Brings a request's conversation into order. */
    public static Conversation of(ChatRequest request, Rules rules, Warnings warnings, WorkBudget work) {
        Ordering ordering = new Ordering(rules, warnings, work);
        ordering.system.addAll(texts(request.system(), rules));
        request.turns().forEach(ordering::add);
        ordering.finish();
        if (ordering.turns.stream().noneMatch(turn -> turn.role() == Role.USER)) {
            ordering.promoteLoneSystem();
        }
        return new Conversation(List.copyOf(ordering.system), List.copyOf(ordering.turns));
    }

    private static List<Part.Text> texts(List<Part.Text> texts, Rules rules) {
        return texts.stream()
                .filter(text -> !isEmpty(text.text(), rules.dropBlank()))
                .toList();
    }

    private static boolean isEmpty(String text, boolean blankToo) {
        return blankToo ? text.isBlank() : text.isEmpty();
    }

    /** Builds the ordered turns. Confined to one conversion. */
    private static final class Ordering {
        private final Rules rules;
        private final Warnings warnings;
        private final List<Part.Text> system = new ArrayList<>();
        private final List<Turn> turns = new ArrayList<>();
        private final List<Turn> heldBack = new ArrayList<>();

        private final WorkBudget work;
        private final CallUses uses;

        /** The last turn's parts, as long as more of the same role may follow. */
        private @Nullable List<Part> growing;

        private boolean calling;

        Ordering(Rules rules, Warnings warnings, WorkBudget work) {
            this.rules = rules;
            this.warnings = warnings;
            this.work = work;
            this.uses = new CallUses(rules.uniqueIds());
        }

        void add(Turn turn) {
            List<Part> parts = filled(turn.parts());
            if (parts.isEmpty()) {
                return;
            }
            if (turn.role() == Role.SYSTEM) {
                instructions(new Turn(Role.SYSTEM, parts, turn.path()));
                return;
            }
            if (turn.role() == Role.ASSISTANT) {
                settleResults();
            }
            List<Part> open = growing;
            if (open != null && turns.getLast().role() == turn.role()) {
                uses.number(parts);
                merge(open, parts, turn.role());
            } else {
                if (turn.role() == Role.ASSISTANT) {
                    uses.begin();
                }
                uses.number(parts);
                growing = parts;
                calling = false;
                turns.add(new Turn(turn.role(), parts, turn.path()));
            }
            calling |= turn.role() == Role.ASSISTANT && parts.stream().anyMatch(Part.ToolCall.class::isInstance);
        }

        private void merge(List<Part> open, List<Part> parts, Role role) {
            boolean words = open.getLast() instanceof Part.Text && parts.getFirst() instanceof Part.Text;
            if (rules.oneText() && role == Role.ASSISTANT && words) {
                open.add(Part.Text.of(PARAGRAPH));
            }
            open.addAll(parts);
        }

        /** A turn that nothing is merged into any more. */
        private void append(Turn turn) {
            growing = null;
            calling = false;
            turns.add(turn);
        }

        /** Instructions in the middle never come between a call and its result. */
        private void instructions(Turn turn) {
            if (rules.hoistSystem()) {
                for (Part part : turn.parts()) {
                    if (part instanceof Part.Text text) {
                        system.add(text);
                    }
                }
            } else if (turns.isEmpty() || !calling) {
                append(turn);
            } else {
                heldBack.add(turn);
            }
        }

        private List<Part> filled(List<Part> parts) {
            List<Part> filled = new ArrayList<>(parts.size());
            for (Part part : parts) {
                work.step(1);
                if (!(part instanceof Part.Text text) || !isEmpty(text.text(), rules.dropBlank())) {
                    filled.add(part);
                } else if (text.cache() != null && !filled.isEmpty()) {
                    filled.set(filled.size() - 1, withCache(filled.getLast(), text.cache()));
                }
            }
            return filled;
        }

        void finish() {
            if (!turns.isEmpty() && calling) {
                String path = turns.getLast().path();
                throw Warnings.refused(path, "'" + path + "' calls tools, but their results do not follow");
            }
            settleResults();
            heldBack.forEach(this::append);
            heldBack.clear();
        }

        /** Pairs the calls of the last assistant turn with the results of the user turn behind it. */
        private void settleResults() {
            if (turns.isEmpty() || turns.getLast().role() != Role.USER) {
                return;
            }
            Turn user = turns.getLast();
            Turn before = turns.size() > 1 ? turns.get(turns.size() - 2) : null;
            List<Part> results = before == null ? List.of() : results(before, user);
            List<Part> ordered = new ArrayList<>(results);
            Set<String> answered = ids(results);
            for (Part part : user.parts()) {
                work.step(1);
                if (!(part instanceof Part.ToolResult result)) {
                    ordered.add(part);
                } else if (!answered.contains(result.callId())) {
                    warnings.adjusted(result.path(), "it is the result of a call that is not in the turn before");
                    ordered.add(Part.Text.of(UNKNOWN_CALL + result.callId() + "]"));
                    ordered.addAll(result.content());
                }
            }
            turns.set(turns.size() - 1, new Turn(Role.USER, ordered, user.path()));
            growing = null;
            heldBack.forEach(this::append);
            heldBack.clear();
        }

        private static Set<String> ids(List<Part> results) {
            Set<String> ids = new HashSet<>();
            for (Part part : results) {
                if (part instanceof Part.ToolResult result) {
                    ids.add(result.callId());
                }
            }
            return ids;
        }

        private List<Part> results(Turn assistant, Turn user) {
            Map<String, Part.ToolResult> given = new HashMap<>();
            for (Part part : user.parts()) {
                if (part instanceof Part.ToolResult result && given.put(result.callId(), result) != null) {
                    warnings.adjusted(result.path(), "there are several results for one call, the last counts");
                }
            }
            List<Part> ordered = new ArrayList<>();
            for (Part.ToolCall call : calls(assistant)) {
                Part.ToolResult result = given.remove(call.id());
                ordered.add(result == null ? missing(assistant, call) : result);
            }
            return ordered;
        }

        private Part missing(Turn assistant, Part.ToolCall call) {
            warnings.adjusted(assistant.path(), "the call '" + call.id() + "' has no result");
            return new Part.ToolResult(call.id(), List.of(Part.Text.of(NOT_EXECUTED)), true, null, assistant.path());
        }

        void promoteLoneSystem() {
            if (system.isEmpty() && turns.stream().noneMatch(turn -> turn.role() == Role.SYSTEM)) {
                throw Warnings.refused("messages", "messages: at least one user message is required");
            }
            warnings.adjusted("messages", "there are only instructions, they are sent as the user's message");
            List<Part> parts = new ArrayList<>(system);
            turns.stream().filter(turn -> turn.role() == Role.SYSTEM).forEach(turn -> parts.addAll(turn.parts()));
            turns.removeIf(turn -> turn.role() == Role.SYSTEM);
            turns.add(0, new Turn(Role.USER, parts, "messages[0]"));
            system.clear();
        }
    }

    /** The calls of a turn, in order. */
    public static List<Part.ToolCall> calls(Turn turn) {
        if (turn.role() != Role.ASSISTANT) {
            return List.of();
        }
        List<Part.ToolCall> calls = new ArrayList<>();
        for (Part part : turn.parts()) {
            if (part instanceof Part.ToolCall call) {
                calls.add(call);
            }
        }
        return calls;
    }

    /** The part with another wish for the cache; parts that cannot carry one stay as they are. */
    public static Part withCache(Part part, @Nullable CacheHint cache) {
        return switch (part) {
            case Part.Text text -> new Part.Text(text.text(), cache);
            case Part.Image image -> new Part.Image(image.media(), image.detail(), cache);
            case Part.Document document ->
                new Part.Document(document.text(), document.media(), document.title(), document.context(), cache);
            case Part.ToolCall call ->
                new Part.ToolCall(call.id(), call.name(), call.input(), call.custom(), call.signature(), cache);
            case Part.ToolResult result ->
                new Part.ToolResult(result.callId(), result.content(), result.error(), cache, result.path());
            case Part.Audio audio -> audio;
            case Part.Reasoning reasoning -> reasoning;
            case Part.RedactedReasoning redacted -> redacted;
        };
    }

    /** A part's wish for the cache; null for none. */
    public static @Nullable CacheHint cache(Part part) {
        return switch (part) {
            case Part.Text text -> text.cache();
            case Part.Image image -> image.cache();
            case Part.Document document -> document.cache();
            case Part.ToolCall call -> call.cache();
            case Part.ToolResult result -> result.cache();
            case Part.Audio audio -> null;
            case Part.Reasoning reasoning -> null;
            case Part.RedactedReasoning redacted -> null;
        };
    }
}
