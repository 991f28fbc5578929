package io.llmgateway.converters.hub;

import io.llmgateway.converters.canonical.Part;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the reasoning that came with tool calls. Providers want it back with the calls on the next turn, while the
 * client's protocol has no place for it. Bounded by entries, characters and age; the oldest is forgotten first.
 * Thread-safe.
 */
public final class ReasoningMemory {
    private static final int MAX_ENTRIES = 50_000;
    private static final long MAX_CHARS = 64L * 1024 * 1024;
    private static final int MAX_CHARS_EACH = 512 * 1024;
    private static final long MAX_AGE_NANOS = 6L * 3600 * 1_000_000_000;

    private final LongSupplier nanoTime;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private long chars;

    /** Measures age with this clock. */
    public ReasoningMemory(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * What is remembered of one call.
     *
     * @param reasoning the reasoning of its turn, in order
     * @param signature the proof that belongs to the call itself; null when there is none
     */
    public record Remembered(List<Part> reasoning, @Nullable String signature) {
        private int chars() {
            int sum = signature == null ? 0 : signature.length();
            for (Part part : reasoning) {
                sum += switch (part) {
                    case Part.Reasoning shown ->
                        shown.text().length() + shown.signature().length();
                    case Part.RedactedReasoning hidden -> hidden.data().length();
                    default -> 0;
                };
            }
            return sum;
        }
    }

    private record Entry(Remembered what, int chars, long at) {}

    /** Remembers; what is too large is not. */
    public void remember(String owner, String callId, Remembered what) {
        int size = what.chars() + callId.length();
        if (size > MAX_CHARS_EACH) {
            return;
        }
        long now = nanoTime.getAsLong();
        synchronized (entries) {
            forget(entries.remove(key(owner, callId)));
            entries.put(key(owner, callId), new Entry(what, size, now));
            chars += size;
            var oldest = entries.entrySet().iterator();
            while (oldest.hasNext() && (entries.size() > MAX_ENTRIES || chars > MAX_CHARS)) {
                Entry entry = oldest.next().getValue();
                oldest.remove();
                forget(entry);
            }
        }
    }

    /** What is remembered of a call; null when nothing is. */
    public @Nullable Remembered recall(String owner, String callId) {
        long now = nanoTime.getAsLong();
        synchronized (entries) {
            Entry entry = entries.get(key(owner, callId));
            return entry == null || now - entry.at() > MAX_AGE_NANOS ? null : entry.what();
        }
    }

    /** How many calls are remembered. */
    public int size() {
        synchronized (entries) {
            return entries.size();
        }
    }

    private void forget(@Nullable Entry entry) {
        chars -= entry == null ? 0 : entry.chars();
    }

    private static String key(String owner, String callId) {
        return owner + '\n' + callId;
    }
}
