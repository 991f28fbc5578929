package io.llmgateway.it.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What upstreams say, so that a client can tell whether an answer is its own: every request carries a marker, and the
 * text of every answer follows from it. Stateless.
 */
final class Texts {
    /** Stands in everything that no client may ever see: bytes behind an answer. */
    static final String FOREIGN = "FOREIGN";

    /** Counted tokens are this and the number of the request, so that they tell whose they are. */
    static final int COUNT_BASE = 10_000_000;

    private static final char MARK = '~';
    private static final int MOST_PIECES = 24;
    private static final int HUGE_PIECE = 700_000;
    private static final int LARGE_PIECE = 60_000;
    private static final int LARGE_PIECES = 40;

    private Texts() {}

    /** The marker of a request. */
    static String marker(long number) {
        return MARK + "c" + number + MARK;
    }

    /** The number of the request whose marker stands in this text; -1 when there is none. */
    static long number(String text) {
        int from = text.indexOf(MARK + "c");
        int to = from < 0 ? -1 : text.indexOf(MARK, from + 2);
        try {
            return to < 0 ? -1 : Long.parseLong(text, from + 2, to, 10);
        } catch (NumberFormatException e) {
            // a mark of something else
            return -1;
        }
    }

    /** The pieces of the answer to a request. */
    static List<String> pieces(long number) {
        Random random = new Random(number * 31);
        List<String> pieces = new ArrayList<>();
        pieces.add(marker(number));
        int words = 1 + random.nextInt(MOST_PIECES);
        for (int i = 0; i < words; i++) {
            pieces.add(" w" + i + "-" + random.nextInt(1000));
        }
        pieces.add(" end" + marker(number));
        return pieces;
    }

    /** The whole text of the answer to a request. */
    static String text(long number) {
        return String.join("", pieces(number));
    }

    /** Pieces of some megabytes in total, many or few of them, that begin as the ordinary ones do. */
    static List<String> bulky(long number, boolean few) {
        List<String> pieces = new ArrayList<>(pieces(number));
        for (int i = 0; i < (few ? 3 : LARGE_PIECES); i++) {
            pieces.add("z".repeat(few ? HUGE_PIECE : LARGE_PIECE));
        }
        return pieces;
    }

    /** Why this cannot be the text of an answer to the request; empty when it can be. */
    static String fault(String text, long number, boolean complete) {
        String whole = text(number);
        if (text.contains(FOREIGN)) {
            return "bytes from behind an answer";
        }
        String begin = text.length() > whole.length() ? text.substring(0, whole.length()) : text;
        if (!whole.startsWith(begin)) {
            return "text of another answer, or mixed: " + clip(text) + " instead of " + clip(whole);
        }
        if (complete && begin.length() < whole.length()) {
            return "said to be complete and is not: " + clip(text);
        }
        return text.substring(begin.length()).chars().allMatch(letter -> letter == 'z') ? "" : "text behind the end";
    }

    /** Short enough for a line. */
    static String clip(String text) {
        String line = text.replace("\r", "\\r").replace("\n", "\\n");
        return line.length() < 400 ? line : line.substring(0, 300) + "..." + line.substring(line.length() - 90);
    }
}
