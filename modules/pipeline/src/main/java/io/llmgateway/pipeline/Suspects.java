package io.llmgateway.pipeline;

import io.llmgateway.balancing.Lease;
import io.llmgateway.balancing.Suspicion;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.ProviderError;
import io.llmgateway.model.UpstreamFault;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a server's own failure was brought by the request: servers report an image to a model without eyes
 * or an unknown model as an error of theirs, and a firewall in front of one refuses words with a page. The first such
 * failure is held back; when a second instance, which works for other requests, fails in the same words, the request
 * is to blame and no instance. Confined to one request.
 */
final class Suspects {
    /** The status under which servers report whatever they did not expect. */
    private static final int UNEXPECTED = 500;

    /** The status of a firewall's page. */
    private static final int FORBIDDEN = 403;

    private @Nullable Suspicion first;
    private String words = "";
    private boolean requestsOwn;

    /** True when the failure may be the request's. */
    static boolean suspicious(GatewayException e) {
        return e.error() instanceof UpstreamFault.Answered answered
                && ((answered.kind() == ErrorKind.UPSTREAM_SERVER && answered.status() == UNEXPECTED)
                        || firewalls(answered));
    }

    /** A page instead of an error: a firewall refuses the gateway, or what stands in the request. */
    private static boolean firewalls(UpstreamFault.Answered answered) {
        return answered.kind() == ErrorKind.UPSTREAM_AUTHENTICATION
                && answered.status() == FORBIDDEN
                && answered.details()
                        .equals(ProviderError.none(answered.details().protocol()));
    }

    /** Takes a suspicious failure; gives what it is told as. */
    GatewayException judge(Lease lease, GatewayException e) {
        UpstreamFault.Answered answered = (UpstreamFault.Answered) e.error();
        boolean firewalls = firewalls(answered);
        // one page takes no instance out, as a refused key would: a client may have brought it about
        Suspicion now = lease.suspected(firewalls ? ErrorKind.UPSTREAM_SERVER : answered.kind());
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
            return firewalls ? e : new GatewayException(answered.as(ErrorKind.BAD_REQUEST), e);
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
