package io.llmgateway.converters.hub;

import io.llmgateway.converters.canonical.StreamEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts characters together whose two halves come in two pieces of a text: clients that read each piece alone cannot.
 * A half without its other one becomes U+FFFD. Confined to one answer.
 */
final class SplitCharacters {
    private static final String LOST = "\uFFFD";

    private final Consumer<StreamEvent> next;
    /** First halves by the text they belong to, an event without words: one text, and calls, which are bounded. */
    private final Map<StreamEvent, Character> held = new LinkedHashMap<>();

    SplitCharacters(Consumer<StreamEvent> next) {
        this.next = next;
    }

    /** Hands an event on, without the half at its end. */
    void take(StreamEvent event) {
        String text = text(event);
        if (held.isEmpty() && (text == null || !endsInHalf(text))) {
            next.accept(event);
            return;
        }
        if (text == null || text.isEmpty()) {
            ending(event);
            next.accept(event);
            return;
        }
        StreamEvent whose = with(event, "");
        release(other -> !other.equals(whose) && !(other instanceof StreamEvent.CallDelta));
        Character half = held.remove(whose);
        String joined = text;
        if (half != null) {
            joined = (Character.isLowSurrogate(text.charAt(0)) ? half.toString() : LOST) + text;
        }
        if (endsInHalf(joined)) {
            held.put(whose, joined.charAt(joined.length() - 1));
            joined = joined.substring(0, joined.length() - 1);
        }
        if (!joined.isEmpty()) {
            next.accept(with(event, joined));
        }
    }

    /** Nothing follows: the halves that are held stay alone. */
    void flush() {
        release(any -> true);
    }

    /** Lets go of the halves whose text an event ends. */
    private void ending(StreamEvent event) {
        switch (event) {
            case StreamEvent.Ended _ -> flush();
            case StreamEvent.CallEnd end ->
                release(other -> other instanceof StreamEvent.CallDelta call
                        && call.call() == end.call()
                        && call.choice() == end.choice());
            case StreamEvent.CallBegin _,
                    StreamEvent.WholeCall _,
                    StreamEvent.ReasoningSigned _,
                    StreamEvent.ReasoningRedacted _ -> release(other -> !(other instanceof StreamEvent.CallDelta));
            default -> {
                // comes between two pieces of a text, as the usage so far
            }
        }
    }

    private void release(Predicate<StreamEvent> which) {
        if (held.isEmpty()) {
            return;
        }
        for (StreamEvent other : List.copyOf(held.keySet())) {
            if (which.test(other)) {
                held.remove(other);
                next.accept(with(other, LOST));
            }
        }
    }

    private static boolean endsInHalf(String text) {
        return !text.isEmpty() && Character.isHighSurrogate(text.charAt(text.length() - 1));
    }

    private static @Nullable String text(StreamEvent event) {
        return switch (event) {
            case StreamEvent.TextDelta text -> text.text();
            case StreamEvent.RefusalDelta refusal -> refusal.text();
            case StreamEvent.ReasoningDelta thought -> thought.text();
            case StreamEvent.CallDelta call -> call.json();
            default -> null;
        };
    }

    private static StreamEvent with(StreamEvent event, String text) {
        return switch (event) {
            case StreamEvent.TextDelta old -> new StreamEvent.TextDelta(old.choice(), text);
            case StreamEvent.RefusalDelta old -> new StreamEvent.RefusalDelta(old.choice(), text);
            case StreamEvent.ReasoningDelta old -> new StreamEvent.ReasoningDelta(old.choice(), text);
            case StreamEvent.CallDelta old -> new StreamEvent.CallDelta(old.choice(), old.call(), text);
            default -> event;
        };
    }
}
