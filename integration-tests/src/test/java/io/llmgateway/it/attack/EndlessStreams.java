package io.llmgateway.it.attack;

import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;

/** A provider whose streams of the model {@code endless} never end, and that answers everything else. Stateless. */
final class EndlessStreams {
    private static final String PART = ProviderAnswers.openAiDelta("y".repeat(16_000));

    private EndlessStreams() {}

    static void serve(ScriptedUpstream.Call call) throws IOException {
        if (!call.body().contains("endless")) {
            ProviderAnswers.serve(call);
            return;
        }
        call.write(ProviderAnswers.STREAM_HEAD);
        while (true) {
            call.chunk(PART);
        }
    }
}
