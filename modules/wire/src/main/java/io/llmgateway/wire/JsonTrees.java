package io.llmgateway.wire;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.function.Predicate;

/**
 * Reads documents that others wrote into trees. Beyond the limits of {@link Json}, a number's exponent and its digits
 * behind the point are bounded, so that no arithmetic on a tree can take long; a large document is read in pieces, so
 * that its thread looks at the time between them, and its tree is charged as it grows. Stateless, thread-safe.
 */
public final class JsonTrees {
    /** Most digits a number may be moved by its exponent, in either direction; doubles end at 308. */
    public static final int MAX_EXPONENT = 1_000;

    private static final int LARGE = 64 * 1024;
    private static final ObjectReader BOUNDED = Json.mapper().reader().with(new TreeNodes(null, null));

    private static final ObjectReader ONE_OF_SEVERAL = BOUNDED.without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private JsonTrees() {}

    /**
     * Reads a small document, such as one event of a stream.
     *
     * @return a missing node when there is no document
     * @throws IOException when it is not JSON or breaks a limit
     */
    public static JsonNode read(byte[] json, int start, int length) throws IOException {
        try {
            return BOUNDED.readTree(json, start, length);
        } catch (NumberFormatException | ArithmeticException e) {
            throw outOfRange(e);
        }
    }

    /**
     * Reads small documents that may stand one behind the other, as some servers put them into one event.
     *
     * @param each takes a document, a missing node when there is none; gives false when no other is wanted
     * @return false when what follows a document is not JSON
     * @throws IOException when the first is not JSON or breaks a limit
     */
    public static boolean each(byte[] json, int start, int length, Predicate<JsonNode> each) throws IOException {
        int read = 0;
        try (JsonParser parser = ONE_OF_SEVERAL.createParser(json, start, length)) {
            JsonNode tree = ONE_OF_SEVERAL.readTree(parser);
            boolean more = each.test(tree == null ? MissingNode.getInstance() : tree);
            while (tree != null && more) {
                read++;
                tree = ONE_OF_SEVERAL.readTree(parser);
                more = tree != null && each.test(tree);
            }
            return true;
        } catch (JsonProcessingException e) {
            if (read > 0) {
                return false;
            }
            throw e;
        } catch (NumberFormatException | ArithmeticException e) {
            throw outOfRange(e);
        }
    }

    /**
     * Reads a text that stands inside another document.
     *
     * @return a missing node when there is no document
     * @throws IOException when it is not JSON or breaks a limit
     */
    public static JsonNode read(String json) throws IOException {
        try {
            return BOUNDED.readTree(json);
        } catch (NumberFormatException | ArithmeticException e) {
            throw outOfRange(e);
        }
    }

    /**
     * Reads a document of any size.
     *
     * @param meter is charged for the tree of a document over 64 KiB; the caller releases it with the tree; and for
     *     what building its longest text takes, as long as it is read
     * @param work counts every node and the bytes
     * @return a missing node when there is no document
     * @throws IOException when it is not JSON or breaks a limit
     */
    public static JsonNode read(byte[] json, int start, int length, MemoryMeter meter, WorkBudget work)
            throws IOException {
        if (length <= LARGE) {
            work.bytes(length);
            return read(json, start, length);
        }
        // taken before anything is built: who waits for memory must not hold what is not counted
        long room = TextRoom.needed(json, start, length);
        if (room > 0) {
            meter.charge(room);
        }
        TreeNodes nodes = new TreeNodes(meter, work);
        try (JsonParser parser = Json.factory().createParser(new Pieces(json, start, length, work))) {
            JsonNode tree = Json.mapper().reader().with(nodes).readTree(parser);
            if (tree != null && parser.nextToken() != null) {
                throw new JsonParseException(parser, "there is text after the document");
            }
            nodes.settle();
            return tree == null ? nodes.missingNode() : tree;
        } catch (NumberFormatException | ArithmeticException e) {
            throw outOfRange(e);
        } finally {
            if (room > 0) {
                meter.release(room);
            }
        }
    }

    private static JsonParseException outOfRange(RuntimeException e) {
        return new JsonParseException(
                null, "a number's exponent must be from -" + MAX_EXPONENT + " to " + MAX_EXPONENT, e);
    }
}
