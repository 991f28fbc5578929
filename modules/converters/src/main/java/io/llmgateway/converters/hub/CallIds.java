package io.llmgateway.converters.hub;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Tool call ids as a provider or a client accepts them. A changed id depends on the old one alone, so calls and results
 * stay together without any memory. Stateless, thread-safe.
 */
public final class CallIds {
    /** OpenAI's limit on chat completions. */
    public static final int OPENAI_MAX = 40;

    /** Long enough for every id that is in use. */
    public static final int ANTHROPIC_MAX = 128;

    private static final int HASH = 10;

    /** What an id begins with that stands for one with other characters than clients accept. */
    private static final String PACKED = "gwid_";

    private static final Base64.Encoder PACKING = Base64.getUrlEncoder().withoutPadding();

    private CallIds() {}

    /**
     * The id for a client that accepts characters of {@code [a-zA-Z0-9_-]} only. One with others is packed, so that
     * {@link #unpacked} gives it back when the client sends its history: some models read their own ids.
     */
    public static String packed(String id) {
        if (isValid(id) && !id.startsWith(PACKED)) {
            return id;
        }
        String packed = PACKED + PACKING.encodeToString(id.getBytes(StandardCharsets.UTF_8));
        return packed.length() <= ANTHROPIC_MAX ? packed : valid(id, ANTHROPIC_MAX);
    }

    /** The provider's id for one that a client sends back; itself when it was never packed. */
    public static String unpacked(String id) {
        if (!id.startsWith(PACKED) || id.length() > ANTHROPIC_MAX) {
            return id;
        }
        try {
            String unpacked =
                    new String(Base64.getUrlDecoder().decode(id.substring(PACKED.length())), StandardCharsets.UTF_8);
            return packed(unpacked).equals(id) ? unpacked : id;
        } catch (IllegalArgumentException e) {
            // somebody else's id that happens to begin so
            return id;
        }
    }

    /** The id for servers of OpenAI's protocol: any characters; OpenAI itself takes at most 40. */
    public static String forOpenAi(String id, boolean official) {
        return id.isEmpty() || (official && id.length() > OPENAI_MAX) ? valid(id, OPENAI_MAX) : id;
    }

    /** Another id for the same one used again: the id, and which use it is. */
    public static String again(String id, int use) {
        return id + '_' + use;
    }

    /** The id with characters of {@code [a-zA-Z0-9_-]} only and at most {@code max} of them. */
    public static String valid(String id, int max) {
        if (id.length() <= max && isValid(id)) {
            return id;
        }
        StringBuilder valid = new StringBuilder(max);
        for (int i = 0; i < Math.min(id.length(), max - HASH - 1); i++) {
            valid.append(isValid(id.charAt(i)) ? id.charAt(i) : '_');
        }
        return valid.append('_').append(Digests.hex(id, HASH)).toString();
    }

    /** An id for a call of the history that has none. */
    public static String derived(int turn, int call, String name, String arguments) {
        return "call_" + Digests.hex(turn + "/" + call + "/" + name + "/" + arguments, 24);
    }

    private static boolean isValid(String id) {
        for (int i = 0; i < id.length(); i++) {
            if (!isValid(id.charAt(i))) {
                return false;
            }
        }
        return !id.isEmpty();
    }

    private static boolean isValid(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }
}
