package io.llmgateway.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * What a request's session is known by, from the surest sign to the weakest: the header {@code x-session-id}, the key
 * of the prompt cache, the user. Keys of different clients never meet. Stateless.
 */
final class SessionIds {
    private static final String HEADER = "x-session-id";
    /** Threads are known to the account alone that began them: those of a key that names no session stay together. */
    private static final String THREADS = "thread";

    private SessionIds() {}

    /** Null when the request tells nothing. */
    static @Nullable String of(RequestContext work) {
        String sign = sign(work);
        return sign == null || sign.isEmpty() ? null : work.principal().key().value() + '/' + sign;
    }

    private static @Nullable String sign(RequestContext work) {
        String header = work.request().header(HEADER);
        if (header != null) {
            return header;
        }
        if (work.facts().promptCacheKey() != null) {
            return work.facts().promptCacheKey();
        }
        String user = work.facts().metadataUserId() == null
                ? work.facts().user()
                : work.facts().metadataUserId();
        return user == null && work.facts().thread() ? THREADS : user;
    }
}
