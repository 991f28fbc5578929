package io.llmgateway.imports;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a deployment is for: only models that chat become names here. Stateless. */
final class LiteLlmMode {
    private static final Set<String> CHAT = Set.of("chat", "responses");
    private static final List<String> OTHER_WORDS = List.of(
            "embed", "rerank", "whisper", "dall-e", "gpt-image", "stable-diffusion", "moderation", "transcribe");
    private static final List<String> OTHER_STARTS = List.of("tts-", "bge-", "imagen", "e5-", "sora-", "veo-");

    private LiteLlmMode() {}

    /** Why the model is none that chats; empty when it is, or nothing says otherwise. */
    static Optional<String> notChat(Optional<String> mode, String provider, String model) {
        if (mode.isPresent()) {
            return CHAT.contains(mode.get())
                    ? Optional.empty()
                    : Optional.of("a model of mode '" + mode.get() + "' is not for chat");
        }
        if (provider.startsWith("text-completion-")) {
            return Optional.of("a model for text completions is not for chat");
        }
        String lower = model.toLowerCase(Locale.ROOT);
        String last = lower.substring(lower.lastIndexOf('/') + 1);
        boolean other = OTHER_WORDS.stream().anyMatch(lower::contains)
                || OTHER_STARTS.stream().anyMatch(last::startsWith);
        return other
                ? Optional.of("the name of the model '" + model
                        + "' says that it is not for chat (model_info: {mode: chat}" + " says that it is)")
                : Optional.empty();
    }
}
