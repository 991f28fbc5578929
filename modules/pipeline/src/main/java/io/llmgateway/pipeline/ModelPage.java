package io.llmgateway.pipeline;

import io.llmgateway.converters.ClientProtocol.ListedModel;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A part of the list of models, as Anthropic's clients ask for it: {@code limit}, {@code after_id}, {@code before_id}.
 * Immutable.
 *
 * @param models of this page, sorted by name
 * @param more whether more follow in the direction that was asked for
 */
record ModelPage(List<ListedModel> models, boolean more) {
    private static final int MOST = 1_000;

    /**
     * Cuts the page out of the whole list; a model that is not there any more still marks its place.
     *
     * @param all sorted by name
     * @param query raw, empty for none; without a limit a page holds 1,000 models
     * @throws GatewayException when a parameter cannot be meant
     */
    static ModelPage of(List<ListedModel> all, String query) {
        int limit = MOST;
        String after = null;
        String before = null;
        for (String part : query.split("&", -1)) {
            int equals = part.indexOf('=');
            String value = equals < 0 ? "" : decoded(part.substring(equals + 1));
            switch (equals < 0 ? part : part.substring(0, equals)) {
                case "limit" -> limit = limit(value);
                case "after_id" -> after = value;
                case "before_id" -> before = value;
                default -> {
                    // such as beta=true, which the SDK sends everywhere
                }
            }
        }
        if (after != null && before != null) {
            throw wrong("after_id", "after_id and before_id cannot be used together");
        }
        int from = 0;
        int to = all.size();
        if (before != null) {
            to = place(all, before, false);
            from = Math.max(0, to - limit);
            return new ModelPage(all.subList(from, to), from > 0);
        }
        from = after == null ? 0 : place(all, after, true);
        to = Math.min(all.size(), from + limit);
        return new ModelPage(all.subList(from, to), to < all.size());
    }

    private static int limit(String text) {
        boolean number = !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int limit = number ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MOST) {
            throw wrong("limit", "limit must be a number from 1 to " + MOST);
        }
        return limit;
    }

    /** How many models stand before the name; with the one of the name itself. */
    private static int place(List<ListedModel> all, String id, boolean itself) {
        int count = 0;
        while (count < all.size() && all.get(count).id().compareTo(id) < (itself ? 1 : 0)) {
            count++;
        }
        return count;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw wrong("query", "the query is badly escaped");
        }
    }

    private static GatewayException wrong(String field, String message) {
        return new GatewayException(new CallerFault.InvalidField(field, message));
    }
}
