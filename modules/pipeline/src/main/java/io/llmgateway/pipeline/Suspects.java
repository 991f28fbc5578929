package io.llmgateway.pipeline;

import io.llmgateway.balancing.Lease;
import io.llmgateway.balancing.Suspicion;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.UpstreamFault;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a server's own failure was brought by the request: servers report an image to a model without eyes
 * or an unknown model as an error of theirs. The first such failure is held back; when a second instance, which works
 * for other requests, fails in the same words, the request is to blame and no instance. Confined to one request.
 */
final class Suspects {
    /** The status under which servers report whatever they did not expect. */
    private static final int UNEXPECTED = 500;

    private @Nullable Suspicion first;
    private String words = "";
    private boolean requestsOwn;

    /** True when the failure may be the request's. */
    static boolean suspicious(GatewayException e) {
        return e.error() instanceof UpstreamFault.Answered answered
                && answered.kind() == ErrorKind.UPSTREAM_SERVER
                && answered.status() == UNEXPECTED;
    }

    /** Takes a suspicious failure; gives what it is told as. */
    GatewayException judge(Lease lease, GatewayException e) {
        UpstreamFault.Answered answered = (UpstreamFault.Answered) e.error();
        Suspicion now = lease.suspected(answered.kind());
        String said = words(answered.providerMessage());
        Suspicion before = first;
        if (before == null) {
            first = now;
            words = said;
            return e;
        }
        first = null;
        if (now.worksForOthers() && said.equals(words)) {
            before.acquit();
            now.acquit();
            requestsOwn = true;
            return new GatewayException(answered.as(ErrorKind.BAD_REQUEST), e);
        }
        before.blame();
        now.blame();
        return e;
    }

    /** True when the last failure was the request's own: other instances of the target would say the same. */
    boolean requestsOwn() {
        return requestsOwn;
    }

    /** No second instance of the target will be asked, or one has answered: the first failure was the instance's. */
    void settle() {
        Suspicion before = first;
        first = null;
        requestsOwn = false;
        if (before != null) {
            before.blame();
        }
    }

    /** A message without what differs each time: numbers, ids, addresses. */
    private static String words(String message) {
        List<String> kept = new ArrayList<>();
        for (String word : message.strip().split("\\s+", -1)) {
            if (word.chars().noneMatch(Character::isDigit)) {
                kept.add(word);
            }
        }
        return String.join(" ", kept);
    }
}
