package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.RelayedAnswer;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonOut;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Relays a whole chat completion and reads its usage on the way. Confined to one answer. */
final class OpenAiChatAnswerRelay extends RelayedAnswer {
    private static final int USAGE = 0;
    private static final int ERROR = 1;
    private static final int CHOICES = 2;
    private static final int BASE_RESP = 3;

    private static final byte[] FAILED =
            "{\"error\":{\"message\":\"finish_reason error\"}}".getBytes(StandardCharsets.UTF_8);

    private OpenAiUsage.@Nullable Counted counted;
    private boolean decoded;

    OpenAiChatAnswerRelay() {
        super(CHOICES, "usage", "error", "choices", "base_resp");
    }

    /** An object with this one member. */
    static byte[] objectOf(String field, JsonNode value) {
        return objectOf(field, JsonOut.text(value).getBytes(StandardCharsets.UTF_8));
    }

    /** MiniMax says in an object of its own what is wrong, also beside choices. */
    @Override
    protected byte @Nullable [] error() {
        byte[] error = field(ERROR);
        if (error != null && (says(error) || (error[0] != 'n' && !isAnswer()))) {
            return objectOf("error", error);
        }
        byte[] own = field(BASE_RESP);
        return own != null && OpenAiEventReader.isFailure(own) ? objectOf("base_resp", own) : null;
    }

    @Override
    protected boolean isAnswer() {
        byte[] choices = field(CHOICES);
        return choices != null && choices[0] == '[' && says(choices);
    }

    @Override
    protected byte @Nullable [] errorInside(JsonNode answer) {
        JsonNode choice = answer.path("choices").path(0);
        JsonNode error = choice.path("error");
        if (error.isObject() && !error.isEmpty()) {
            return objectOf("error", error);
        }
        return "error".equals(choice.path("finish_reason").asText()) ? FAILED.clone() : null;
    }

    @Override
    protected boolean saysNothing(JsonNode answer) {
        for (JsonNode choice : answer.path("choices")) {
            for (var member : choice.path("message").properties()) {
                if (!"role".equals(member.getKey()) && !OpenAiHiddenUsage.isNothing(member.getValue())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Read once, when the answer has come to its end. */
    @Override
    public @Nullable Usage usage() {
        if (!decoded) {
            decoded = true;
            byte[] value = field(USAGE);
            counted = value == null ? null : OpenAiUsage.decode(value, 0, value.length);
        }
        return counted == null ? null : counted.usage();
    }

    @Override
    public boolean usageComplete() {
        return super.usageComplete() && counted != null && counted.sure();
    }
}
