package io.llmgateway.converters.anthropic;

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
    private static final byte[] ERROR_TYPE = "\"error\"".getBytes(StandardCharsets.US_ASCII);

    private @Nullable AnthropicUsage merged;

    AnthropicAnswerRelay() {
        super("usage", "type", "error", "input_tokens");
    }

    @Override
    protected boolean isError() {
        byte[] error = field(ERROR);
        return Arrays.equals(field(TYPE), ERROR_TYPE) || (field(TYPE) == null && error != null && error[0] == '{');
    }

    @Override
    public @Nullable Usage usage() {
        return merged().usage();
    }

    @Override
    public boolean usageComplete() {
        return merged().complete();
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

    @Override
    public byte[] errorBody() {
        return objectOf("error", field(ERROR));
    }
}
