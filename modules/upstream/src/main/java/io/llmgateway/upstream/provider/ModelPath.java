package io.llmgateway.upstream.provider;

import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.ModelName;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HexFormat;

/**
 * The name of a model as a part of a path. Whoever stands between may bring a path into its shortest form, so that a
 * name with {@code ..} in it would lead to another model than the one that was allowed, limited and priced. Stateless.
 */
final class ModelPath {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final String UNRESERVED = "-._~/";
    /** What begins something else in a path, also for those who decode it twice: a verb, a query, an escape. */
    private static final String REFUSED = ":?#%\\;";

    private ModelPath() {}

    /**
     * The name with everything percent-encoded that could mean something in a path, but for the slashes.
     *
     * @throws GatewayException with a caller's fault when the name has an empty segment, one of dots alone, or a
     *     character that begins something else in a path, such as a colon
     */
    static String of(ModelName model) {
        String name = model.value();
        check(name, name);
        if (!Normalizer.isNormalized(name, Normalizer.Form.NFKC)) {
            // wide dots and slashes are plain ones to those who bring text into its common form
            check(name, Normalizer.normalize(name, Normalizer.Form.NFKC));
        }
        StringBuilder out = new StringBuilder(name.length() + 16);
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            encode(b, out);
        }
        return out.toString();
    }

    private static void check(String name, String read) {
        int start = 0;
        for (int i = 0; i <= read.length(); i++) {
            if (i == read.length() || read.charAt(i) == '/') {
                if (isDots(read, start, i)) {
                    throw unusable(name, "a part of it is empty or made of dots alone");
                }
                start = i + 1;
            } else if (REFUSED.indexOf(read.charAt(i)) >= 0) {
                throw unusable(name, "it has the character '" + read.charAt(i) + "'");
            }
        }
    }

    private static void encode(byte b, StringBuilder out) {
        char c = (char) (b & 0xff);
        boolean plain = (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || UNRESERVED.indexOf(c) >= 0;
        if (plain) {
            out.append(c);
        } else {
            out.append('%').append(HEX.toHexDigits(b));
        }
    }

    /** True for an empty segment as well. */
    private static boolean isDots(String name, int from, int to) {
        for (int i = from; i < to; i++) {
            if (name.charAt(i) != '.') {
                return false;
            }
        }
        return true;
    }

    private static GatewayException unusable(String name, String why) {
        return new GatewayException(new CallerFault.InvalidField(
                "model", "the model name '" + name + "' cannot be used with this provider: " + why));
    }
}
