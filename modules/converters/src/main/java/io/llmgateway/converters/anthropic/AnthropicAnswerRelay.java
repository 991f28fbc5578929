package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.RelayedAnswer;
import io.llmgateway.model.Usage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Relays a whole message and reads its usage on the way. Confined to one answer. */
final class AnthropicAnswerRelay extends RelayedAnswer {
    private static final int USAGE = 0;
    private static final int TYPE = 1;
    private static final int ERROR = 2;
    private static final int INPUT_TOKENS = 3;
    private static final int CONTENT = 4;
    private static final byte[] MESSAGE_TYPE = "\"message\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ERROR_TYPE = "\"error\"".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private @Nullable AnthropicUsage merged;

    AnthropicAnswerRelay() {
        super(CONTENT, "usage", "type", "error", "input_tokens", "content");
    }

    @Override
    protected byte @Nullable [] error() {
        byte[] error = field(ERROR);
        boolean named = Arrays.equals(field(TYPE), ERROR_TYPE);
        if (named || (field(TYPE) == null && error != null && error[0] == '{')) {
            return objectOf("error", error == null ? NULL : error);
        }
        return null;
    }

    /** A message, also of a server that leaves its type out, or the count of a request's tokens. */
    @Override
    protected boolean isAnswer() {
        byte[] content = field(CONTENT);
        return Arrays.equals(field(TYPE), MESSAGE_TYPE)
                || (field(TYPE) == null && content != null && content[0] == '[')
                || field(INPUT_TOKENS) != null;
    }

    @Override
    protected byte @Nullable [] errorInside(JsonNode answer) {
        return null;
    }

    @Override
    protected boolean saysNothing(JsonNode answer) {
        for (JsonNode block : answer.path("content")) {
            boolean text = "text".equals(block.path("type").asText(""));
            if (!text || !block.path("text").asText("").isEmpty()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public @Nullable Usage usage() {
        return merged().usage();
    }

    @Override
    public boolean usageComplete() {
        return merged().complete() && super.usageComplete();
    }

    /** Read once, when the answer has come to its end. */
    private AnthropicUsage merged() {
        AnthropicUsage known = merged;
        if (known == null) {
            known = new AnthropicUsage();
            byte[] usage = field(USAGE);
            if (usage != null && field(INPUT_TOKENS) == null) {
                known.see(usage, 0, usage.length);
            }
            merged = known;
        }
        return known;
    }
}
