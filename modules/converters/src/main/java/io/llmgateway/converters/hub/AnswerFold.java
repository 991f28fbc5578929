package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.canonical.Citation;
import io.llmgateway.converters.canonical.Stop;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.model.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts the steps of an answer together to a whole one. Confined to one answer. */
public final class AnswerFold {
    private final TreeMap<Integer, Choice> choices = new TreeMap<>();
    private @Nullable String upstreamId;
    private @Nullable Usage usage;

    /** One piece of an answer, in order. */
    public sealed interface Piece {
        /** Text, or the text of a refusal. */
        record Said(StringBuilder text, boolean refusal) implements Piece {}

        /** Reasoning. */
        final class Thought implements Piece {
            private final StringBuilder text = new StringBuilder();
            private String signature = "";

            /** The reasoning's text. */
            public String text() {
                return text.toString();
            }

            /** The proof that belongs to it; empty for none. */
            public String signature() {
                return signature;
            }
        }

        /** Something that only the client's extensions can carry, such as a picture; how many there are. */
        record Shown(String field, int count) implements Piece {}

        /** Reasoning only the provider can read. */
        record Redacted(String data) implements Piece {}

        /** A tool call with its arguments as they came. */
        record Call(String id, String name, @Nullable String signature, StringBuilder arguments) implements Piece {}
    }

    /** One answer of possibly several. Confined to one answer. */
    public static final class Choice {
        private final List<Piece> pieces = new ArrayList<>();
        private final Map<Integer, Piece.Call> calls = new LinkedHashMap<>();
        private final Map<String, JsonNode> extras = new LinkedHashMap<>();
        private final List<Citation> citations = new ArrayList<>();
        private @Nullable JsonNode logprobs;
        private Stop stop = Stop.UNKNOWN;
        private @Nullable String detail;

        /** The pieces, in order. */
        public List<Piece> pieces() {
            return pieces;
        }

        /** The calls, in order. */
        public List<Piece.Call> calls() {
            return List.copyOf(calls.values());
        }

        /** What only the client's extensions can carry. */
        public Map<String, JsonNode> extras() {
            return extras;
        }

        /** Where its text has its words from. */
        public List<Citation> citations() {
            return citations;
        }

        /** Probabilities in OpenAI's shape; null for none. */
        public @Nullable JsonNode logprobs() {
            return logprobs;
        }

        /** Why it ended. */
        public Stop stop() {
            return stop;
        }

        /** The stop text or the explanation of a refusal. */
        public @Nullable String detail() {
            return detail;
        }

        /** All text, or all text of a refusal, without anything in between. */
        public String said(boolean refusal) {
            StringBuilder all = new StringBuilder();
            for (Piece piece : pieces) {
                if (piece instanceof Piece.Said said && said.refusal() == refusal) {
                    all.append(said.text());
                }
            }
            return all.toString();
        }

        private void say(String text, boolean refusal) {
            if (!pieces.isEmpty() && pieces.getLast() instanceof Piece.Said said && said.refusal() == refusal) {
                said.text().append(text);
            } else {
                pieces.add(new Piece.Said(new StringBuilder(text), refusal));
            }
        }

        /** Lists are put together, and so is sound that came in pieces. */
        private void show(StreamEvent.Extra extra) {
            JsonNode before = extras.get(extra.field());
            if (before instanceof ArrayNode list && extra.value().isArray()) {
                extra.value().forEach(list::add);
            } else if (before instanceof ObjectNode object && extra.value().has("data")) {
                object.put(
                        "data",
                        joined(
                                object.path("data").asText(),
                                extra.value().path("data").asText()));
                return;
            } else {
                extras.put(extra.field(), extra.value().deepCopy());
            }
            int count = extra.value().isArray() ? extra.value().size() : 1;
            pieces.add(new Piece.Shown(extra.field(), count));
        }

        private static String joined(String first, String second) {
            if (!first.endsWith("=")) {
                return first + second;
            }
            try {
                byte[] a = Base64.getDecoder().decode(first);
                byte[] b = Base64.getDecoder().decode(second);
                byte[] all = Arrays.copyOf(a, a.length + b.length);
                System.arraycopy(b, 0, all, a.length, b.length);
                return Base64.getEncoder().encodeToString(all);
            } catch (IllegalArgumentException e) {
                throw new MalformedAnswerException("the audio of the response is not base64");
            }
        }

        private Piece.Thought thought() {
            if (!pieces.isEmpty() && pieces.getLast() instanceof Piece.Thought thought && thought.signature.isEmpty()) {
                return thought;
            }
            Piece.Thought thought = new Piece.Thought();
            pieces.add(thought);
            return thought;
        }
    }

    /** Takes one step. */
    public void take(StreamEvent event) {
        switch (event) {
            case StreamEvent.Begin begin -> {
                upstreamId = begin.upstreamId();
                usage = begin.usage();
            }
            case StreamEvent.TextDelta text -> choice(text.choice()).say(text.text(), false);
            case StreamEvent.RefusalDelta refusal -> choice(refusal.choice()).say(refusal.text(), true);
            case StreamEvent.ReasoningDelta thought ->
                choice(thought.choice()).thought().text.append(thought.text());
            case StreamEvent.ReasoningSigned signed -> {
                Piece.Thought thought = choice(signed.choice()).thought();
                thought.signature = signed.signature();
            }
            case StreamEvent.ReasoningRedacted redacted ->
                choice(redacted.choice()).pieces.add(new Piece.Redacted(redacted.data()));
            case StreamEvent.CallBegin call -> begin(call);
            case StreamEvent.WholeCall call -> begin(call.begin()).arguments().append(call.json());
            case StreamEvent.CallDelta delta -> {
                Piece.Call call = choice(delta.choice()).calls.get(delta.call());
                if (call != null) {
                    call.arguments().append(delta.json());
                }
            }
            case StreamEvent.CallEnd end -> {
                // a whole answer knows its end
            }
            case StreamEvent.Logprobs logprobs -> choice(logprobs.choice()).logprobs = logprobs.content();
            case StreamEvent.Extra extra -> choice(extra.choice()).show(extra);
            case StreamEvent.Cited cited -> choice(cited.choice()).citations.add(cited.citation());
            case StreamEvent.Used used -> usage = used.usage();
            case StreamEvent.Ended ended -> {
                choice(ended.choice()).stop = ended.stop();
                choice(ended.choice()).detail = ended.detail();
            }
        }
    }

    private Piece.Call begin(StreamEvent.CallBegin call) {
        Piece.Call piece = new Piece.Call(call.id(), call.name(), call.signature(), new StringBuilder());
        choice(call.choice()).calls.put(call.call(), piece);
        choice(call.choice()).pieces.add(piece);
        return piece;
    }

    /** All answers, by their number. */
    public Map<Integer, Choice> choices() {
        return choices;
    }

    /** One answer; begins it when it is not there. */
    public Choice choice(int index) {
        return choices.computeIfAbsent(index, i -> new Choice());
    }

    /** The provider's id; null when it gave none. */
    public @Nullable String upstreamId() {
        return upstreamId;
    }

    /** The token counters; none when the provider reported none. */
    public Usage usage() {
        return usage == null ? Usage.NONE : usage;
    }
}
