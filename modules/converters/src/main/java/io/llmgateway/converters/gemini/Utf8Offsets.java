package io.llmgateway.converters.gemini;

import java.util.Arrays;

/**
 * Turns positions in UTF-8 bytes, which Gemini counts, into positions in characters, without keeping the text: only
 * where a character has more than one byte is kept. Beyond a limit positions are too late, never negative. Confined to
 * one answer.
 */
final class Utf8Offsets {
    private static final int MAX_WIDE = 64 * 1024;
    private static final int INITIAL = 16;

    private int[] at = new int[0];
    private int[] surplus = new int[0];
    private int wide;
    private int bytes;
    private int characters;

    /** Takes more of the text. */
    void take(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int size = size(text, i);
            i += size == 4 ? 1 : 0;
            if (c >= 0x80 && wide < MAX_WIDE) {
                if (wide == at.length) {
                    int larger = Math.clamp(wide * 2L, INITIAL, MAX_WIDE);
                    at = Arrays.copyOf(at, larger);
                    surplus = Arrays.copyOf(surplus, larger);
                }
                at[wide] = bytes;
                surplus[wide] = size - 1 + (wide == 0 ? 0 : surplus[wide - 1]);
                wide++;
            }
            bytes += size;
            characters++;
        }
    }

    private static int size(String text, int i) {
        char c = text.charAt(i);
        if (c < 0x80) {
            return 1;
        }
        if (c < 0x800) {
            return 2;
        }
        boolean pair =
                Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
        return pair ? 4 : 3;
    }

    /** How many characters the text has. */
    int characters() {
        return characters;
    }

    /** How many characters stand before a byte; all of them when the text has fewer bytes. */
    int characters(int byteOffset) {
        if (byteOffset >= bytes) {
            return characters;
        }
        int found = Arrays.binarySearch(at, 0, wide, byteOffset);
        int before = found >= 0 ? found : -found - 1;
        return Math.clamp(byteOffset - (before == 0 ? 0 : surplus[before - 1]), 0, characters);
    }
}
