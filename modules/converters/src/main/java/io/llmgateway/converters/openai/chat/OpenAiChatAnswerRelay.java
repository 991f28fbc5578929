package io.llmgateway.converters.openai.chat;

import io.llmgateway.converters.RelayedAnswer;
import io.llmgateway.model.Usage;
import org.jspecify.annotations.Nullable;

/** Relays a whole chat completion and reads its usage on the way. Confined to one answer. */
final class OpenAiChatAnswerRelay extends RelayedAnswer {
    private static final int USAGE = 0;
    private static final int ERROR = 1;

    OpenAiChatAnswerRelay() {
        super("usage", "error");
    }

    @Override
    protected boolean isError() {
        byte[] error = field(ERROR);
        return error != null && error[0] != 'n';
    }

    @Override
    public @Nullable Usage usage() {
        byte[] usage = field(USAGE);
        return usage == null ? null : OpenAiUsage.decode(usage, 0, usage.length);
    }

    @Override
    public byte[] errorBody() {
        return objectOf("error", field(ERROR));
    }
}
