package io.llmgateway.converters.openai.chat;

import io.llmgateway.converters.RelayedAnswer;
import io.llmgateway.model.Usage;
import org.jspecify.annotations.Nullable;

/** Relays a whole chat completion and reads its usage on the way. Confined to one answer. */
final class OpenAiChatAnswerRelay extends RelayedAnswer {
    private static final int USAGE = 0;
    private static final int ERROR = 1;

    private @Nullable Usage usage;
    private boolean decoded;

    OpenAiChatAnswerRelay() {
        super("usage", "error");
    }

    @Override
    protected boolean isError() {
        byte[] error = field(ERROR);
        return error != null && error[0] != 'n';
    }

    /** Read once, when the answer has come to its end. */
    @Override
    public @Nullable Usage usage() {
        if (!decoded) {
            decoded = true;
            byte[] value = field(USAGE);
            usage = value == null ? null : OpenAiUsage.decode(value, 0, value.length);
        }
        return usage;
    }

    @Override
    public byte[] errorBody() {
        return objectOf("error", field(ERROR));
    }
}
