package io.llmgateway.converters.anthropic;

import io.llmgateway.converters.hub.Arguments;
import io.llmgateway.converters.hub.CallIds;
import io.llmgateway.converters.hub.JsonProgress;
import io.llmgateway.converters.hub.Losses;
import io.llmgateway.converters.hub.MalformedAnswerException;
import io.llmgateway.wire.JsonOut;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts the pieces of tool calls into an order without interleaving. One call is open at a time and its pieces go out at
 * once; the others wait. A call is closed when its arguments are complete and another one speaks. Arguments that are
 * no object wait for their end, and are then told as in a whole answer. Confined to one stream.
 */
final class AnthropicCallQueue {
    /** A stream that makes more wait is given up; no honest model comes near. */
    static final int MAX_WAITING_CHARS = 4 * 1024 * 1024;

    private final AnthropicBlockStream blocks;
    private final Losses losses;
    private final Map<Integer, Call> calls = new HashMap<>();
    private final Deque<Call> pending = new ArrayDeque<>();
    private final StringBuilder heldText = new StringBuilder();
    private @Nullable Call open;
    private int waiting;

    AnthropicCallQueue(AnthropicBlockStream blocks, Losses losses) {
        this.blocks = blocks;
        this.losses = losses;
    }

    /** One call. Confined to one stream. */
    private static final class Call {
        private final String id;
        private final String name;
        private final @Nullable String proof;
        private final StringBuilder buffer = new StringBuilder();
        private final JsonProgress progress = new JsonProgress();
        private boolean begun;
        private boolean odd;
        private boolean sent;
        private boolean ended;
        private boolean done;

        Call(String id, String name, @Nullable String proof) {
            this.id = id;
            this.name = name;
            this.proof = proof;
        }

        boolean complete() {
            return ended || (!odd && progress.complete());
        }
    }

    private static boolean isBlankBefore(Call call, String json) {
        return !call.begun && json.isBlank();
    }

    /** Sees from its first character whether a value can be an object. */
    private static void look(Call call, String json) {
        if (!call.begun) {
            call.begun = true;
            call.odd = json.stripLeading().charAt(0) != '{';
        }
    }

    void begin(int number, String id, String name, @Nullable String proof) {
        Call call = new Call(CallIds.packed(id), name, proof);
        calls.put(number, call);
        pending.add(call);
        advance();
    }

    void delta(int number, String json) {
        Call call = calls.get(number);
        if (call == null) {
            return;
        }
        if (call.done) {
            if (!json.isBlank()) {
                throw new MalformedAnswerException("arguments came for a tool call that was complete");
            }
            return;
        }
        if (call != open) {
            advance();
        }
        if (isBlankBefore(call, json)) {
            return;
        }
        look(call, json);
        if (!call.odd && call.progress.complete()) {
            // more would make it no JSON
            if (!json.isBlank()) {
                losses.dropped("choices[].message.tool_calls[].function", "arguments");
            }
            return;
        }
        call.progress.take(json);
        if (call == open && !call.odd) {
            call.sent = true;
            blocks.callDelta(json);
        } else {
            wait(call.buffer, json);
        }
    }

    void end(int number) {
        Call call = calls.get(number);
        if (call != null) {
            call.ended = true;
            advance();
        }
    }

    /** True when content other than calls may go out now; closes a complete call to make room. */
    boolean mayLeave() {
        advance();
        if (open != null && open.complete()) {
            close(open);
        }
        return open == null;
    }

    /** Keeps text until the open call is complete. */
    void hold(String text) {
        wait(heldText, text);
    }

    private void wait(StringBuilder buffer, String text) {
        waiting += text.length();
        if (waiting > MAX_WAITING_CHARS) {
            throw new MalformedAnswerException(
                    "the provider mixes tool calls larger than " + MAX_WAITING_CHARS + " characters");
        }
        buffer.append(text);
    }

    /** Closes the open call when it is complete and others wait, and opens the next. */
    private void advance() {
        Call next = next();
        if (open != null && (open.ended || (next != null && open.complete()))) {
            close(open);
        }
        while (open == null && next != null) {
            start(next);
            next = next();
            if (open != null && (open.ended || (next != null && open.complete()))) {
                close(open);
            }
        }
    }

    private @Nullable Call next() {
        return pending.peek();
    }

    private void start(Call call) {
        open = call;
        pending.remove();
        if (call.proof != null) {
            // the block before the call is the only place whose proof typed clients bring back
            blocks.signForCall(call.proof);
        }
        blocks.callStart(call.id, call.name);
        if (!call.odd) {
            send(call, call.buffer.toString());
        }
    }

    /** Sends what has waited, in the form it has got. */
    private void send(Call call, String json) {
        if (!call.buffer.isEmpty()) {
            call.sent = true;
            blocks.callDelta(json);
            waiting -= call.buffer.length();
            call.buffer.setLength(0);
        }
    }

    private void close(Call call) {
        if (call.odd) {
            send(call, JsonOut.text(Arguments.read(call.buffer.toString())));
        }
        if (!call.odd && call.begun && !call.progress.complete()) {
            // its pieces went out as they came, none can be taken back
            losses.adjusted("", "tool_calls");
        }
        if (!call.sent) {
            blocks.callDelta("{}");
        }
        call.done = true;
        blocks.closeBlock();
        open = null;
        if (!heldText.isEmpty() && next() == null) {
            blocks.text(heldText.toString());
            waiting -= heldText.length();
            heldText.setLength(0);
        }
    }

    /** At the end of the answer: everything that waits goes out. */
    void flush() {
        calls.values().forEach(call -> call.ended = true);
        advance();
    }
}
