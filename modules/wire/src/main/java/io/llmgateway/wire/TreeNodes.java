package io.llmgateway.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.NumericNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Makes the nodes of one tree: refuses numbers out of range, charges what each node takes and counts it. Without meter
 * and budget it only refuses, and is thread-safe; with them it is confined to one document.
 */
final class TreeNodes extends JsonNodeFactory {
    private static final long serialVersionUID = 1L;

    // measured on a 64-bit JVM; a document of many small objects takes 23 bytes of tree per byte of text
    private static final int SLOT = 44;
    private static final int OBJECT = 152;
    private static final int ARRAY = 104;
    private static final int TEXT = 56;
    private static final int NUMBER = 56;
    private static final int CHARGED_AT_ONCE = 16 * 1024;

    private final transient @Nullable MemoryMeter meter;
    private final transient @Nullable WorkBudget work;
    private long pending;

    TreeNodes(@Nullable MemoryMeter meter, @Nullable WorkBudget work) {
        super(false);
        this.meter = meter;
        this.work = work;
    }

    /** Charges what is left. */
    void settle() {
        if (meter != null && pending > 0) {
            meter.charge(pending);
            pending = 0;
        }
    }

    private void made(long bytes) {
        if (work != null) {
            work.step(1);
        }
        if (meter != null) {
            pending += SLOT + bytes;
            if (pending >= CHARGED_AT_ONCE) {
                settle();
            }
        }
    }

    @Override
    public ObjectNode objectNode() {
        made(OBJECT);
        return super.objectNode();
    }

    @Override
    public ArrayNode arrayNode() {
        made(ARRAY);
        return super.arrayNode();
    }

    @Override
    public TextNode textNode(String text) {
        made(meter == null ? 0 : TEXT + size(text));
        return super.textNode(text);
    }

    /** One byte a character, two as soon as one of them is beyond Latin-1. */
    private static long size(String text) {
        int all = 0;
        for (int i = 0; i < text.length(); i++) {
            all |= text.charAt(i);
        }
        return all <= 0xff ? text.length() : 2L * text.length();
    }

    @Override
    public NumericNode numberNode(int value) {
        made(NUMBER);
        return super.numberNode(value);
    }

    @Override
    public NumericNode numberNode(long value) {
        made(NUMBER);
        return super.numberNode(value);
    }

    @Override
    public ValueNode numberNode(@Nullable BigInteger value) {
        made(NUMBER + Json.MAX_NUMBER_LENGTH / 2);
        return super.numberNode(value);
    }

    @Override
    public ValueNode numberNode(@Nullable BigDecimal value) {
        if (value != null && Math.abs((long) value.scale()) > JsonTrees.MAX_EXPONENT + Json.MAX_NUMBER_LENGTH) {
            throw new ArithmeticException("the scale " + value.scale() + " is out of range");
        }
        made(NUMBER + Json.MAX_NUMBER_LENGTH / 2);
        return super.numberNode(value);
    }

    @Override
    public BooleanNode booleanNode(boolean value) {
        made(0);
        return super.booleanNode(value);
    }

    @Override
    public NullNode nullNode() {
        made(0);
        return super.nullNode();
    }
}
